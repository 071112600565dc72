// How many working days late work is, as Tabula counts them.
#pragma once

#include <chrono>
#include <vector>

namespace handin::domain {

struct WorkingCalendar {
    std::vector<std::chrono::local_days> holidays;  // sorted; weekends need not be in it

    bool works(std::chrono::local_days day) const;
    std::chrono::local_days after(std::chrono::local_days day, int working_days) const;
};

// tabula.md 4.5. Both in the school's own time zone; 0 if `submitted` is not after `deadline`.
int working_days_late(std::chrono::local_seconds deadline, std::chrono::local_seconds submitted,
                      const WorkingCalendar& calendar);

}  // namespace handin::domain
