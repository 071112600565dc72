#include "domain/state.hpp"

#include <algorithm>

#include "domain/lateness.hpp"

namespace handin::domain {

namespace {

bool handed_in(const Submission& submission) {
    return !submission.attempts.empty() && !submission.reclaimed;
}

// Whether something that names a number of attempts is about those that there are now.
bool is_current(const Submission& submission, std::uint32_t attempts) {
    return attempts == submission.attempts.size();
}

}  // namespace

SubmissionState state_of(const Submission& submission) {
    if (submission.reclaimed) return SubmissionState::reclaimed;
    const auto& returned = submission.marking.returned;
    if (returned && is_current(submission, returned->attempts)) return SubmissionState::returned;
    return submission.attempts.empty() ? SubmissionState::created : SubmissionState::submitted;
}

CanvasState canvas_state_of(const Submission& submission) {
    const auto& grade = submission.marking.grade;
    if (grade && is_current(submission, grade->attempt)) return CanvasState::graded;
    return handed_in(submission) ? CanvasState::submitted : CanvasState::unsubmitted;
}

std::optional<Uuid> live_attempt(const Submission& submission) {
    return handed_in(submission) ? std::optional(submission.attempts.back()) : std::nullopt;
}

bool is_grading_complete(const Submission& submission) {
    const auto& marking = submission.marking;
    return marking.excused || (marking.grade && marking.grade->counted.score &&
                               canvas_state_of(submission) == CanvasState::graded);
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

Flags flags_of(const Submission& submission, const Assignment& assignment, Time now) {
    const auto lateness = lateness_of(submission, assignment, now);
    return {.late = lateness.late,
            .missing = lateness.missing,
            .excused = submission.marking.excused,
            .authorised_late = lateness.authorised_late};
}

Flags flags_ungraded(const Submission& submission, const Assignment& assignment, Time now) {
    if (!submission.marking.grade && !submission.marking.excused)
        return flags_of(submission, assignment, now);
    auto ungraded = submission;
    ungraded.marking.grade.reset();
    ungraded.marking.excused = false;
    return flags_of(ungraded, assignment, now);
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
    then.submitted_at = replay.attempts > 0 ? std::optional(replay.submitted_at) : std::nullopt;
    then.updated_at = replay.at;
    const auto marked =
        std::ranges::find(submission.marked_replays, replay.key, &MarkedReplay::key);
    then.marking = {};
    if (marked != submission.marked_replays.end()) {
        auto comments = submission.marking.comments;
        comments.resize(std::min<std::size_t>(marked->comments, comments.size()));
        then.marking = marked->marking;
        then.marking.comments = std::move(comments);
    }
    // What was said of an attempt is of that attempt.
    then.marking.notes = submission.marking.notes;
    std::erase_if(then.marking.notes,
                  [&](const AttemptNote& note) { return note.attempt > then.attempts.size(); });
    return then;
}

}  // namespace handin::domain
