// Inside http/: a connection's stream, what was read from it too early, and its bounds.
#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/task.hpp"
#include "base/time.hpp"
#include "http/reply_pace.hpp"
#include "http/server.hpp"

namespace handin::http {

// The concrete executor is worth 15 % (docs/decisions/0002-beast.md).
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

class Tls;
class Secure;  // secure.hpp

struct Wire {
    // With `tls`, everything but the beginning of open() is encrypted.
    Wire(Stream opened, const Limits& bounds, const Clock& time, const Tls* tls = nullptr);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    // First of all: the TLS handshake, if there is to be one. False if there was none within
    // Limits::head_timeout; the connection is closed then, and a client that spoke plain HTTP has
    // been told what is wrong.
    task<bool> open();
    bool encrypted() const { return secure_ != nullptr; }

    // What has arrived, as an error and a number of bytes. The time that it may take is set on the
    // stream before.
    using Got = std::tuple<boost::system::error_code, std::size_t>;
    task<Got> read_some(std::span<char> into);
    // Whether read_some() would find something at once.
    bool has_arrived();

    // Writes both, one after the other, in as few system calls as the client's window allows.
    // False if the client went away, or was too slow: if nobody calls check_pace(), that is whoever
    // makes no room in the socket for Limits::write_timeout.
    task<bool> write(std::string_view first, std::string_view second);
    // To be called now and then: ends a write for a client that takes nothing, or too little
    // (Limits::write_timeout, reply_rate).
    void check_pace(std::chrono::steady_clock::time_point now);
    bool gave_up() const { return gave_up_; }

    // Closes so that the client sees the last reply although it may still be sending: a plain close
    // would answer those bytes with a reset, which destroys what it has not read yet.
    task<void> close_gently();

    Stream stream;
    const Limits& limits;
    const Clock& clock;
    Inbox inbox;
    std::uint64_t bytes_out = 0;
    bool watched = false;  // somebody calls check_pace()

 private:
    void begin_wait();
    void end_wait();
    task<bool> write_encrypted(std::string_view first, std::string_view second);
    task<void> refuse_plain();

    std::unique_ptr<Secure> secure_;  // null: plain
    ReplyPace pace_;
    bool gave_up_ = false;
};

}  // namespace handin::http
