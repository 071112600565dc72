#include "domain/lateness.hpp"

namespace handin::domain {
namespace {

// The explicit deadline takes the place of the due date; an extension still excuses.
std::optional<Time> deadline_of(const Submission& submission) {
    const auto attempt = static_cast<std::uint32_t>(submission.attempts.size());
    for (const auto& note : submission.marking.notes)
        if (note.attempt == attempt) return note.deadline;
    return std::nullopt;
}

StudentDates judged_by(const LatenessFacts& facts, StudentDates dates) {
    if (!facts.explicit_deadline) return dates;
    dates.due_at = facts.explicit_deadline;
    return dates;
}

std::chrono::seconds seconds_late(const LatenessFacts& facts, const StudentDates& dates, Time now) {
    if (facts.status == LateStatus::late) return facts.seconds_late_override;
    return time_late(dates, facts.submitted_at.value_or(now));
}

bool is_missing(const LatenessFacts& facts, const StudentDates& dates, Time now) {
    if (facts.graded_by_somebody && !facts.status) return false;
    if (facts.status) return facts.status == LateStatus::missing;
    return !facts.submitted_at && facts.expects_work && is_late(dates, now);
}

}  // namespace

Lateness lateness_of(const Submission& submission, const Assignment& assignment, Time now) {
    const auto& marking = submission.marking;
    const bool handed_in = !submission.attempts.empty() && !submission.reclaimed;
    return lateness_of({.submitted_at = handed_in ? submission.submitted_at : std::nullopt,
                        .excused = marking.excused,
                        .status = marking.late_status,
                        .seconds_late_override = marking.late_by,
                        .graded_by_somebody = marking.grade && marking.grade->grader,
                        .expects_work = !assignment.kinds.empty(),
                        .explicit_deadline = deadline_of(submission)},
                       dates_of(assignment, submission), now);
}

Lateness lateness_of(const LatenessFacts& facts, const StudentDates& given, Time now) {
    const auto dates = judged_by(facts, given);
    Lateness result;
    result.seconds_late = seconds_late(facts, dates, now);
    if (facts.submitted_at) result.authorised_late = is_authorised_late(dates, *facts.submitted_at);
    if (facts.excused || facts.custom_status) return result;
    result.late = facts.status ? facts.status == LateStatus::late
                               : facts.submitted_at && result.seconds_late.count() > 0;
    result.missing = is_missing(facts, dates, now);
    return result;
}

}  // namespace handin::domain
