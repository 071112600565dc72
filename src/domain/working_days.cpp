#include "domain/working_days.hpp"

#include <algorithm>

namespace handin::domain {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::local_days;
using std::chrono::local_seconds;

bool WorkingCalendar::works(local_days day) const {
    const std::chrono::weekday weekday(day);
    return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday &&
           !std::ranges::binary_search(holidays, day);
}

local_days WorkingCalendar::after(local_days day, int working_days) const {
    while (working_days > 0) {
        day += days(1);
        if (works(day)) --working_days;
    }
    return day;
}

int working_days_late(local_seconds deadline, local_seconds submitted,
                      const WorkingCalendar& calendar) {
    if (submitted <= deadline) return 0;
    const auto due = floor<days>(deadline);
    const auto came = floor<days>(submitted);
    int count = deadline - due > submitted - came ? -1 : 0;
    for (auto day = due; day <= came; day += days(1))
        if (calendar.works(day)) ++count;
    return calendar.after(due, count) < came ? count + 1 : count;
}

}  // namespace handin::domain
