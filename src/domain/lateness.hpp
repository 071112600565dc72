// Late, missing, and by how much, from the facts about one submission.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "domain/dates.hpp"

namespace handin::domain {

struct LatenessFacts {
    std::optional<Time> submitted_at = {};  // none: nothing is handed in, or it was taken back
    bool excused = false;
    bool custom_status = false;  // a grade status of the school's own
    std::optional<LateStatus> status = {};
    std::chrono::seconds seconds_late_override{0};  // counts with the status `late`
    bool graded_by_somebody = false;                // who graded is known
    bool expects_work = true;                       // there is something to hand in
    std::optional<Time> explicit_deadline = {};     // of this submission alone (tabula.md 3.12)
};

struct Lateness {
    bool late = false;
    bool missing = false;
    bool authorised_late = false;         // tabula.md 4.4
    std::chrono::seconds seconds_late{};  // also of work that is not there yet

    bool operator==(const Lateness&) const = default;
};

// From what its row says. `now`: for work that is not there.
Lateness lateness_of(const Submission& submission, const Assignment& assignment, Time now);

// canvas-live-events.md 4.2; with an explicit deadline tabula.md 4.4, last paragraph.
Lateness lateness_of(const LatenessFacts& facts, const StudentDates& dates, Time now);

}  // namespace handin::domain
