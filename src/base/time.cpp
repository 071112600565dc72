#include "base/time.hpp"

#include <fmt/format.h>

namespace handin {
namespace {

struct Parts {
    int year;
    unsigned month, day, hour, minute, second, milli;
};

Parts split(Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return {int(date.year()),
            unsigned(date.month()),
            unsigned(date.day()),
            static_cast<unsigned>(clock.hours().count()),
            static_cast<unsigned>(clock.minutes().count()),
            static_cast<unsigned>(clock.seconds().count()),
            static_cast<unsigned>(clock.subseconds().count() / 1000)};
}

}  // namespace

std::string iso_seconds(Time time) {
    const auto p = split(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", p.year, p.month, p.day, p.hour,
                       p.minute, p.second);
}

std::string iso_millis(Time time) {
    const auto p = split(time);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", p.year, p.month, p.day, p.hour,
                       p.minute, p.second, p.milli);
}

}  // namespace handin
