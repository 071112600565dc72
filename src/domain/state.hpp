// How facts read as states: the only place that knows (docs/grading.md is this table in words).
#pragma once

#include "domain/coursework.hpp"

namespace handin::domain {

// Edlink's (edlink.md 3.1, 3.6).
enum class SubmissionState : std::uint8_t { created, submitted, reclaimed, returned };
SubmissionState state_of(const Submission& submission);

// Canvas's workflow_state (canvas-live-events.md 4.6), without what quizzes need.
enum class CanvasState : std::uint8_t { unsubmitted, submitted, graded };
CanvasState canvas_state_of(const Submission& submission);

// Tabula has at most one submission of a student, whose id is that of the attempt (DESIGN 5.1a).
std::optional<Uuid> live_attempt(const Submission& submission);

// Whether there is a grade to be told: a score, or that none is needed (canvas-live-events.md 2.6).
bool is_grading_complete(const Submission& submission);

enum class AssignmentState : std::uint8_t { draft, scheduled, open, locked };
AssignmentState state_of(const Assignment& assignment, Time now);

// Whether a student knows of the assignment: published, displayed, and assigned to them.
bool is_visible_to(const Uuid& student, const Assignment& assignment, Time now);

// Judged by the student's own dates, in whole seconds, so that neither our queue nor a client's
// rounding makes anyone late.
struct Flags {
    bool late = false;     // the last attempt came after the due date
    bool missing = false;  // the due date has passed and nothing is handed in
    bool excused = false;
    bool authorised_late = false;  // after the due date, but within an extension (tabula.md 4.4)
};
Flags flags_of(const Submission& submission, const Assignment& assignment, Time now);

// The same without what a grade changes of them: that it was given, or that none is needed.
Flags flags_ungraded(const Submission& submission, const Assignment& assignment, Time now);

// The submission that somebody has before handing anything in: no row, but the same id as later.
Submission untouched(const Assignment& assignment, const Uuid& person, Time enrolled_at);

// The submission as it was right after the command that left `replay`.
Submission as_of(const Submission& submission, const Replay& replay);

}  // namespace handin::domain
