// One keep-alive connection with at most one request under way.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "app/bench/demo_file.hpp"
#include "app/bench/source.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace handin::bench {

// Whom connections over TLS believe: the system's authorities, or anybody.
using Trust = std::shared_ptr<ssl_ctx_st>;
Trust new_trust(bool insecure);

class Connection {
 public:
    using Instant = std::chrono::steady_clock::time_point;
    // Shared by the connections of a thread: an answer mostly arrives in one piece.
    using Scratch = std::array<char, 64 * 1024>;

    enum class Answer { none_yet, complete, closed };

    // Blocks. Throws std::runtime_error if nobody answers there. With `trust` it speaks TLS.
    Connection(const Address& address, ssl_ctx_st* trust);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    int descriptor() const { return descriptor_; }
    Source::Message& message() { return message_; }

    // Begins to send `message()`. False: some of it must wait until the socket takes more.
    bool send(Instant counted_from);
    bool send_more();

    // Takes what has arrived.
    Answer receive(Scratch& scratch);

    // Of the answer that is complete.
    int status() const { return status_; }
    bool closes() const { return closes_; }
    // Of an answer other than 2xx.
    const std::string& body_start() const { return body_start_; }

    Instant counted_from() const { return counted_from_; }

 private:
    void secure(const Address& address, ssl_ctx_st* trust);
    // As send(2) and recv(2) do, -1 and EAGAIN included.
    std::ptrdiff_t put(std::string_view head, std::string_view body);
    // What of the body can be sent at once when so much of it has been.
    std::string_view body_from(std::uint64_t sent) const;
    std::ptrdiff_t take(Scratch& scratch);
    // Whether `text` begins with a whole answer.
    bool whole_answer(std::string_view text);
    void read_head(std::string_view head);

    int descriptor_ = -1;
    ssl_st* tls_ = nullptr;
    Source::Message message_;
    std::uint64_t sent_ = 0;  // bytes, head and body
    Instant counted_from_;
    std::string partial_;  // an answer that came in several pieces
    std::size_t content_length_ = 0;
    int status_ = 0;
    bool closes_ = false;
    std::string body_start_;
};

}  // namespace handin::bench
