// Time is UTC inside, to the microsecond; whoever needs "now" is given a Clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handin {

using Time = std::chrono::sys_time<std::chrono::microseconds>;

class Clock {
 public:
    virtual ~Clock() = default;
    virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
    Time now() const override {
        return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    }
};

inline std::chrono::sys_seconds whole_seconds(Time time) {
    return std::chrono::floor<std::chrono::seconds>(time);
}

// Microseconds since 1970, the form in which times are stored.
inline std::int64_t to_micros(Time time) {
    return time.time_since_epoch().count();
}
inline Time from_micros(std::int64_t micros) {
    return Time(std::chrono::microseconds(micros));
}

// 2025-08-05T23:05:25Z
std::string iso_seconds(Time time);
// 2025-08-05T23:05:25.419Z
std::string iso_millis(Time time);
// 2025-08-05T23:05:25.419083Z
std::string iso_micros(Time time);

// Reads just what iso_micros writes; nullopt otherwise.
std::optional<Time> parse_iso_micros(std::string_view text);

}  // namespace handin
