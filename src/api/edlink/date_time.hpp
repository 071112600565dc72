// Dates in requests (edlink.md 2.3).
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace handin::edlink {

struct DateTime {
    Time at;
    bool has_zone = true;  // else it was taken as UTC
};

// ISO 8601: 2025-08-05, 2025-08-05T23:05, with seconds and any part of one, and with Z or an offset
// such as +01:00. Nullopt for anything else, also for days that there are not, and for what is not
// in the years 0001 to 9999 of UTC.
std::optional<DateTime> parse_date_time(std::string_view text);

}  // namespace handin::edlink
