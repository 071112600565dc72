// When to try again.
#pragma once

#include <algorithm>
#include <chrono>

namespace handin::outbox {

// canvas-live-events.md 3.4: up to four tries over 10 to 20 minutes.
struct RetryPolicy {
    unsigned tries = 4;                                         // then it is dead
    std::chrono::milliseconds pause = std::chrono::minutes(3);  // at most, after the first failure
    std::chrono::milliseconds longest = std::chrono::hours(1);
};

// Full jitter: anything from nothing to twice as long as the time before. `failures` from 1;
// `chance` from 0 to 1. Not shorter than the receiver has asked for.
inline std::chrono::milliseconds pause_after(const RetryPolicy& policy, unsigned failures,
                                             double chance, std::chrono::milliseconds asked) {
    const auto doubled = policy.pause * (1ULL << std::min(failures - 1, 20U));
    const auto most = std::min<std::chrono::milliseconds>(doubled, policy.longest);
    const auto drawn = std::chrono::milliseconds(
        static_cast<std::int64_t>(chance * static_cast<double>(most.count())));
    return std::max(drawn, asked);
}

}  // namespace handin::outbox
