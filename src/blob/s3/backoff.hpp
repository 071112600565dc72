// How long to wait before a request is repeated: exponential, with full jitter, so that many who
// failed together do not come back together.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>

#include "base/random.hpp"

namespace handin::blob::s3 {

class Backoff {
 public:
    using Clock = std::chrono::steady_clock;

    explicit Backoff(std::chrono::milliseconds patience) : end_(Clock::now() + patience) {}

    // Whether it is worth another try, `wait()` from now.
    bool goes_on() {
        std::uint32_t chance = 0;
        fill_random({reinterpret_cast<std::uint8_t*>(&chance), sizeof chance});
        wait_ = std::chrono::milliseconds(chance % static_cast<std::uint32_t>(most_.count() + 1));
        most_ = std::min(2 * most_, kMost);
        return Clock::now() + wait_ < end_;
    }
    std::chrono::milliseconds wait() const { return wait_; }

 private:
    static constexpr std::chrono::milliseconds kFirst{100};
    static constexpr std::chrono::milliseconds kMost{3000};

    Clock::time_point end_;
    std::chrono::milliseconds most_ = kFirst;
    std::chrono::milliseconds wait_{};
};

}  // namespace handin::blob::s3
