// Inside http/: the body of the request that a connection is at.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "http/parser.hpp"
#include "http/request.hpp"
#include "http/wire.hpp"

namespace handin::http {

class WireBody final : public Body {
 public:
    // `buffers`: bytes of the large buffers that all bodies have together; outlives it.
    WireBody(Wire& wire, std::atomic<std::uint64_t>& buffers) : wire_(wire), buffers_(buffers) {}
    ~WireBody() override { drop_buffer(); }
    WireBody(const WireBody&) = delete;
    WireBody& operator=(const WireBody&) = delete;

    // A new request, whose head has been used up from the inbox. `parser` stays for its body.
    void begin(Parser& parser, const Head& head, Time started_at);
    // How many bytes the route takes. Call it before the first read().
    void limit(std::uint64_t bytes) { limit_ = bytes; }
    // After the reply: what was read too far goes back to the inbox.
    void end();

    task<std::string_view> read() override;
    std::optional<std::uint64_t> length() const override { return length_; }
    Time received_at() const override { return received_at_; }

    enum class Failure { none, too_large, malformed, slow, gone };
    Failure failure() const { return failure_; }
    std::string_view reason() const { return parser_->reason(); }

    bool complete() const { return complete_; }
    // Little enough is left, and surely on its way, that reading it is cheaper than a new
    // connection.
    bool worth_discarding() const;
    // Reads what is left. False if the client does not send it promptly.
    task<bool> discard();

    std::uint64_t bytes_read() const { return bytes_read_; }

    // To be called now and then while a request is answered: ends the wait for a client that sends
    // nothing, or too little (Limits::body_idle, body_rate).
    void check_pace(std::chrono::steady_clock::time_point now);

 private:
    task<std::string_view> read_fixed();
    task<std::string_view> read_chunked();
    task<std::size_t> receive(char* into, std::size_t most);
    void make_buffer(std::size_t least, std::size_t most);
    void drop_buffer();
    void count_wait(std::size_t got);
    void credit_pause();
    void fail(Failure failure);
    [[noreturn]] void raise() const;

    Wire& wire_;
    Parser* parser_ = nullptr;
    std::optional<std::uint64_t> length_;
    std::uint64_t limit_ = 0;
    std::uint64_t left_ = 0;  // of a body with a length
    std::uint64_t bytes_read_ = 0;
    bool chunked_ = false;
    bool complete_ = true;
    bool awaits_continue_ = false;
    bool hurried_ = false;
    Failure failure_ = Failure::none;

    // Only while a body is being read. For a chunked one, [begin, end) is not parsed yet.
    std::unique_ptr<char[]> buffer_;
    std::size_t buffer_size_ = 0;
    std::atomic<std::uint64_t>& buffers_;
    bool counted_ = false;  // this buffer, in buffers_
    std::size_t buffer_begin_ = 0;
    std::size_t buffer_end_ = 0;

    // Since when we wait for the client, while we do; and what has come in how long a wait of this
    // window.
    std::optional<std::chrono::steady_clock::time_point> asked_;
    std::chrono::steady_clock::duration waited_{};
    std::uint64_t window_bytes_ = 0;
    bool given_up_ = false;

    Time started_at_;
    Time received_at_;
    Time paused_at_;  // when the last piece was given out
    std::chrono::microseconds withheld_{};
};

}  // namespace handin::http
