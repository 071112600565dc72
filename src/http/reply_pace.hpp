// Inside http/: how fast a client takes what it is sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "http/server.hpp"

namespace handin::http {

// Counts what the client's side has acknowledged, and only while we wait for it. The socket's
// buffer would tell too little: it takes megabytes at once, and then, for a client that is slow but
// honest, nothing for minutes.
class ReplyPace {
 public:
    using Clock = std::chrono::steady_clock;

    explicit ReplyPace(const Limits& limits) : limits_(limits) {}

    // Around each wait for the client.
    void begin_wait(Clock::time_point now) { waiting_ = progressed_ = now; }
    void end_wait(Clock::time_point now);
    bool waiting() const { return waiting_.has_value(); }

    // Of a client that is waited for and has acknowledged so many bytes in all: whether it has
    // taken nothing for Limits::write_timeout, or too little (Limits::reply_rate).
    bool too_slow(Clock::time_point now, std::uint64_t acknowledged);

 private:
    const Limits& limits_;
    std::optional<Clock::time_point> waiting_;  // since when, in this window
    Clock::duration waited_{};                  // in this window, before that
    std::uint64_t at_window_ = 0;               // acknowledged when it began
    std::uint64_t taken_ = 0;                   // acknowledged, as last seen
    Clock::time_point progressed_;              // when that was news, or the wait began
};

// Of everything that was ever sent on a TCP socket; 0 if that is not to be known.
std::uint64_t acknowledged_bytes(int socket);

}  // namespace handin::http
