// How facts read as states: the only place that knows (docs/grading.md is this table in words).
#pragma once

#include "domain/coursework.hpp"

namespace handin::domain {

enum class SubmissionState : std::uint8_t { created, submitted, reclaimed };
SubmissionState state_of(const Submission& submission);

enum class AssignmentState : std::uint8_t { draft, scheduled, open, locked };
AssignmentState state_of(const Assignment& assignment, Time now);

// Whether a student knows of the assignment: published, displayed, and assigned to them.
bool is_visible_to(const Uuid& student, const Assignment& assignment, Time now);

// Judged in whole seconds, so that neither our queue nor a client's rounding makes anyone late.
bool is_late(const Assignment& assignment, Time submitted_at);

struct Flags {
    bool late = false;     // the last attempt came after the due date
    bool missing = false;  // the due date has passed and nothing is handed in
};
Flags flags_of(const Submission& submission, const Assignment& assignment, Time now);

// The submission that somebody has before handing anything in: no row, but the same id as later.
Submission untouched(const Assignment& assignment, const Uuid& person, Time enrolled_at);

// The submission as it was right after the command that left `replay`.
Submission as_of(const Submission& submission, const Replay& replay);

}  // namespace handin::domain
