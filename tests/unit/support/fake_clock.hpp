// A clock that stands still until it is told to move.
#pragma once

#include <atomic>

#include "base/time.hpp"

namespace handin::test {

// The "now" of most tests: Monday, 2025-03-03 09:00:00 UTC.
inline constexpr Time kNow =
    std::chrono::sys_days(std::chrono::March / 3 / 2025) + std::chrono::hours(9);

class FakeClock final : public Clock {
 public:
    explicit FakeClock(Time now = kNow) : micros_(to_micros(now)) {}

    Time now() const override { return from_micros(micros_.load()); }
    void set(Time now) { micros_ = to_micros(now); }
    void advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
    std::atomic<std::int64_t> micros_;
};

}  // namespace handin::test
