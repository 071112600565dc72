// Inside http/: a connection's stream, what was read from it too early, and its bounds.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "base/task.hpp"
#include "base/time.hpp"
#include "http/server.hpp"

namespace handin::http {

// The one place to change for TLS. The concrete executor is worth 15 % (DESIGN 8, stack.md 2).
using Stream = boost::beast::basic_stream<asio::ip::tcp, Executor>;

// Errors as values: a client that goes away is no exception.
inline constexpr auto use_result = asio::as_tuple(use_task);

// Bytes that were read and not yet used. Small inside, so that an idle connection stays small; the
// heads of nearly all requests fit.
class Inbox {
 public:
    std::string_view view() const { return {data() + begin_, end_ - begin_}; }
    // Uses up bytes. They stay where they are until space(), put_back() or shrink().
    void consume(std::size_t bytes) { begin_ += bytes; }

    // Where to read more, so that view() holds at most `most`; empty if it already does. May move
    // what view() shows.
    std::span<char> space(std::size_t most);
    void commit(std::size_t bytes) { end_ += bytes; }

    // Appends bytes that somebody else has read too far.
    void put_back(std::string_view bytes);
    // Gives memory back, if what is left fits without it.
    void shrink();

 private:
    static constexpr std::size_t kSmall = 4096;

    const char* data() const { return large_ ? large_.get() : small_.data(); }
    char* data() { return large_ ? large_.get() : small_.data(); }
    void make_room(std::size_t capacity);

    std::array<char, kSmall> small_;
    std::unique_ptr<char[]> large_;
    std::size_t capacity_ = kSmall;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

struct Wire {
    Wire(Stream opened, const Limits& bounds, const Clock& time);

    // Writes both, one after the other, in as few system calls as the client's window allows.
    // False if the client went away, or took nothing for Limits::write_timeout.
    task<bool> write(std::string_view first, std::string_view second);

    // Closes so that the client sees the last reply although it may still be sending: a plain close
    // would answer those bytes with a reset, which destroys what it has not read yet.
    task<void> close_gently();

    Stream stream;
    const Limits& limits;
    const Clock& clock;
    Inbox inbox;
    std::uint64_t bytes_out = 0;
};

}  // namespace handin::http
