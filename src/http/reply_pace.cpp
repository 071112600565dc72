#include "http/reply_pace.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>

namespace handin::http {

void ReplyPace::end_wait(Clock::time_point now) {
    waited_ += now - *waiting_;
    waiting_.reset();
}

bool ReplyPace::too_slow(Clock::time_point now, std::uint64_t acknowledged) {
    if (acknowledged > taken_) {
        taken_ = acknowledged;
        progressed_ = now;
    }
    if (now - progressed_ >= limits_.write_timeout) return true;
    if (waited_ + (now - *waiting_) < limits_.write_timeout) return false;
    const auto due = limits_.reply_rate * static_cast<std::uint64_t>(limits_.write_timeout.count());
    if (taken_ - at_window_ < due) return true;
    waiting_ = now;
    waited_ = {};
    at_window_ = taken_;
    return false;
}

std::uint64_t acknowledged_bytes(int socket) {
    // tcpi_bytes_acked of the kernel's tcp_info (Linux 4.1, RFC 4898), for which the C library's is
    // too short.
    constexpr std::size_t at = 15;
    std::array<std::uint64_t, at + 1> info{};
    socklen_t size = sizeof info;
    const bool known = ::getsockopt(socket, IPPROTO_TCP, TCP_INFO, info.data(), &size) == 0;
    return known && size == sizeof info ? info[at] : 0;
}

}  // namespace handin::http
