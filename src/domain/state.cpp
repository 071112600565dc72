#include "domain/state.hpp"

#include <algorithm>

namespace handin::domain {

SubmissionState state_of(const Submission& submission) {
    if (submission.attempts.empty()) return SubmissionState::created;
    return submission.reclaimed ? SubmissionState::reclaimed : SubmissionState::submitted;
}

AssignmentState state_of(const Assignment& assignment, Time now) {
    if (!assignment.published) return AssignmentState::draft;
    const auto second = whole_seconds(now);
    if (assignment.locked || (assignment.close_at && second > whole_seconds(*assignment.close_at)))
        return AssignmentState::locked;
    const auto opens = assignment.open_at ? assignment.open_at : assignment.display_at;
    if (opens && second < whole_seconds(*opens)) return AssignmentState::scheduled;
    return AssignmentState::open;
}

bool is_visible_to(const Uuid& student, const Assignment& assignment, Time now) {
    return assignment.published && assignment.assigned_to(student) &&
           (!assignment.display_at || *assignment.display_at <= now);
}

bool is_late(const Assignment& assignment, Time submitted_at) {
    return assignment.due_at && whole_seconds(submitted_at) > whole_seconds(*assignment.due_at);
}

Flags flags_of(const Submission& submission, const Assignment& assignment, Time now) {
    const bool handed_in = state_of(submission) == SubmissionState::submitted;
    return {.late = handed_in && submission.submitted_at &&
                    is_late(assignment, *submission.submitted_at),
            .missing = !handed_in && is_late(assignment, now)};
}

Submission untouched(const Assignment& assignment, const Uuid& person, Time enrolled_at) {
    const auto since = std::max(assignment.created_at, enrolled_at);
    return {.id = submission_id(assignment.id, person),
            .assignment_id = assignment.id,
            .person_id = person,
            .attempts = {},
            .reclaimed = false,
            .submitted_at = std::nullopt,
            .created_at = since,
            .updated_at = since,
            .version = 0,
            .replays = {}};
}

Submission as_of(const Submission& submission, const Replay& replay) {
    auto then = submission;
    then.attempts.resize(std::min<std::size_t>(replay.attempts, then.attempts.size()));
    then.reclaimed = replay.reclaimed;
    then.submitted_at = replay.submitted_at;
    then.updated_at = replay.at;
    return then;
}

}  // namespace handin::domain
