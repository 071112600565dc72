#include "domain/grade_rules.hpp"

#include <algorithm>

#include "domain/attempt_limit.hpp"
#include "domain/lateness.hpp"
#include "domain/state.hpp"
#include "domain/text.hpp"

namespace handin::domain {
namespace {

std::uint32_t attempts_of(const Submission& submission) {
    return static_cast<std::uint32_t>(submission.attempts.size());
}

std::expected<Judgement, GradeProblem> judgement_of(const Assignment& assignment,
                                                    const NewGrade& grade) {
    if (grade.kind == NewGrade::Kind::mark) {
        const auto grading = grading_of(assignment);
        if (grading.type == GradingType::not_graded)
            return std::unexpected(GradeProblem::not_graded);
        return Judgement{.score = grade.score,
                         .grade = grade.text.empty() && grade.score
                                      ? render_grade(grading, *grade.score)
                                      : grade.text};
    }
    if (grade.kind != NewGrade::Kind::typed) return Judgement{};
    return parse_grade(grading_of(assignment), grade.text, grade.prefer_points);
}

void check_grade(const Scene& scene, const NewGrade& grade, Refusals& refusals) {
    if (grade.attempt && *grade.attempt > scene.submission.attempts.size())
        refusals.push_back({Reason::no_such_attempt, "attempt", "There is no such attempt."});
    const auto judgement = judgement_of(scene.assignment, grade);
    if (judgement) return;
    if (judgement.error() == GradeProblem::not_graded)
        refusals.push_back({Reason::not_graded, "grade", "This assignment is not graded."});
    else
        refusals.push_back({Reason::grade_not_valid, "grade",
                            "'" + grade.text + "' is no grade that this assignment knows."});
}

OwnDates changed(OwnDates dates, const NewDates& given) {
    if (given.open) dates.open = *given.open;
    if (given.due) dates.due = *given.due;
    if (given.close) dates.close = *given.close;
    return dates;
}

// A due date of one's own that is after the closing date would be worth nothing: that one goes
// along, unless it is given, too.
OwnDates with_close(OwnDates dates, const Assignment& assignment) {
    const auto close = dates.close.set ? dates.close.at : assignment.close_at;
    if (dates.due.set && dates.due.at && close && *dates.due.at > *close)
        dates.close = DateChange::to(dates.due.at);
    return dates;
}

OwnDates new_dates(const Scene& scene, const NewDates& given) {
    auto dates = changed(scene.submission.marking.dates, given);
    // Who takes the due date back has the closing date back that came with it.
    const auto& before = scene.submission.marking.dates;
    if (given.due && !given.close && before.close.set && before.close == before.due)
        dates.close = {};
    return given.close ? dates : with_close(dates, scene.assignment);
}

void check_dates(const Scene& scene, const NewDates& given, Refusals& refusals) {
    const auto dates = new_dates(scene, given);
    const auto& assignment = scene.assignment;
    const auto open = dates.open.set ? dates.open.at : assignment.open_at;
    const auto due = dates.due.set ? dates.due.at : assignment.due_at;
    const auto close = dates.close.set ? dates.close.at : assignment.close_at;
    const auto after = [](const std::optional<Time>& a, const std::optional<Time>& b) {
        return a && b && *a > *b;
    };
    if (dates != OwnDates{} && (after(open, due) || after(due, close) || after(open, close)))
        refusals.push_back({Reason::dates_not_valid, "dates",
                            "Work cannot be due before it is taken, nor be taken only until before "
                            "it is due."});
    const auto& extension = given.extension;
    if (extension && extension->state == Extension::State::approved && !extension->until)
        refusals.push_back(
            {Reason::dates_not_valid, "extension", "An extension is until some time."});
}

// Which work a grade judges tells how late it was; of earlier attempts that is not known any more.
Judgement after_lateness(const Scene& scene, const Submission& after, const Grade& grade,
                         Time now) {
    if (!grade.entered.score || grade.attempt != attempts_of(after)) return grade.counted;
    const auto& assignment = scene.assignment;
    const auto lateness = lateness_of(after, assignment, now);
    const auto deducted = deduct(scene.klass.late_policy, assignment.rules.grading,
                                 *grade.entered.score, assignment.points_possible,
                                 lateness.late ? lateness.seconds_late : std::chrono::seconds(0));
    if (deducted.points_deducted == 0) return grade.entered;
    return {.score = deducted.score, .grade = render_grade(grading_of(assignment), deducted.score)};
}

// canvas-live-events.md 4.5, 4.6.
void give_grade(const Scene& scene, const NewGrade& given, const std::optional<Grader>& grader,
                Time now, Submission& after) {
    auto& marking = after.marking;
    if (given.kind == NewGrade::Kind::not_excused) {
        marking.excused = false;
        return;
    }
    const auto attempt = given.attempt.value_or(attempts_of(after));
    const auto judgement = *judgement_of(scene.assignment, given);
    marking.excused = given.kind == NewGrade::Kind::excused;
    if (marking.excused) {  // 4.2: excludes words about lateness
        marking.late_status.reset();
        marking.late_by = {};
    }
    // Who takes away what is not there changes nothing.
    if (!marking.excused && judgement.empty() && !marking.grade) return;
    marking.grade = Grade{.entered = judgement,
                          .counted = judgement,
                          .attempt = attempt,
                          .grader = grader,
                          .graded_at = now};
    if (marking.excused || !judgement.empty())
        marking.posted_at =
            posted_by_grading(scene.assignment.rules.posting, marking.posted_at, now);
}

// 4.3 "missing": what is missing by word has a score at once, if the class says which.
void score_missing(const Scene& scene, const std::optional<Grader>& grader, Time now,
                   Submission& after) {
    auto& marking = after.marking;
    const auto grading = grading_of(scene.assignment);
    const auto score =
        score_of_missing(scene.klass.late_policy, grading.type, grading.points_possible);
    if (!score) return;
    const Judgement judgement{.score = score, .grade = render_grade(grading, *score)};
    marking.grade = Grade{.entered = judgement,
                          .counted = judgement,
                          .attempt = attempts_of(after),
                          .grader = grader,
                          .graded_at = now};
    marking.posted_at = posted_by_grading(scene.assignment.rules.posting, marking.posted_at, now);
}

void set_late(const Scene& scene, const NewLateStatus& late, const std::optional<Grader>& grader,
              bool graded, Time now, Submission& after) {
    auto& marking = after.marking;
    const bool news = marking.late_status != late.status;
    marking.late_status = late.status;
    marking.late_by = late.status == LateStatus::late ? late.late_by : std::chrono::seconds(0);
    if (late.status) marking.excused = false;
    if (news && late.status == LateStatus::missing && !graded)
        score_missing(scene, grader, now, after);
}

// What lateness is judged by, as the command leaves it but for flags: without an excuse, with the
// new dates, and with whom has graded.
Submission otherwise_after(const Scene& scene, const std::optional<Grader>& grader,
                           const MarkSubmission& command) {
    auto after = scene.submission;
    auto& marking = after.marking;
    marking.excused = false;
    if (command.dates) {
        marking.dates = new_dates(scene, *command.dates);
        if (command.dates->extension) marking.extension = command.dates->extension;
    }
    const bool gives = command.grade && command.grade->kind == NewGrade::Kind::typed &&
                       (marking.grade || !trimmed(command.grade->text).empty());
    if (gives) marking.grade = Grade{.grader = grader};
    return after;
}

}  // namespace

void resolve_flags(const Scene& scene, const std::optional<Grader>& grader, MarkSubmission& command,
                   Time now) {
    if (!command.flags) return;
    const auto& wanted = *command.flags;
    const bool was_excused = scene.submission.marking.excused;
    // edlink.md 6.1: excused before missing before late, where only one can be; and before a grade,
    // or the same again would take the excuse back.
    if (wanted.excused) {
        command.grade.reset();
        if (!was_excused) command.grade = NewGrade{.kind = NewGrade::Kind::excused};
        return;
    }
    if (was_excused && !command.grade)
        command.grade = NewGrade{.kind = NewGrade::Kind::not_excused};
    const auto flags = flags_of(otherwise_after(scene, grader, command), scene.assignment, now);
    if (wanted.missing == flags.missing && (wanted.missing || wanted.late == flags.late)) return;
    command.late = NewLateStatus{wanted.missing ? LateStatus::missing
                                 : wanted.late  ? LateStatus::late
                                                : LateStatus::none};
}

Refusals check_marking(const Scene& scene, const MarkSubmission& command) {
    Refusals refusals;
    if (command.grade) check_grade(scene, *command.grade, refusals);
    if (const auto& extra = command.extra_attempts; extra && (*extra < 0 || *extra > kMostAttempts))
        refusals.push_back(
            {Reason::number_not_valid, "extra_attempts",
             "Extra attempts are a number from 0 to " + std::to_string(kMostAttempts) + "."});
    if (command.late && command.late->late_by.count() < 0)
        refusals.push_back(
            {Reason::number_not_valid, "seconds_late", "Nothing is late by less than nothing."});
    if (command.dates) check_dates(scene, *command.dates, refusals);
    // edlink.md 3.6: from submitted; a grade without work is given back as well.
    if (command.give_back &&
        (scene.submission.reclaimed ||
         (scene.submission.attempts.empty() && !command.grade && !scene.submission.marking.grade)))
        refusals.push_back({Reason::nothing_to_return, "",
                            scene.submission.reclaimed
                                ? "The student has taken the work back."
                                : "Nothing is handed in, and there is no grade."});
    return refusals;
}

Submission marked(const Scene& scene, const MarkSubmission& command,
                  const std::optional<Grader>& grader, bool own, Time now) {
    auto after = scene.submission;
    auto& marking = after.marking;
    if (command.grade) {
        auto grade = *command.grade;
        // The attempts of the others are counted by themselves.
        if (!own) grade.attempt.reset();
        give_grade(scene, grade, grader, now, after);
    }
    if (own) {
        if (command.late)
            set_late(scene, *command.late, grader, command.grade.has_value(), now, after);
        if (command.extra_attempts) marking.extra_attempts = *command.extra_attempts;
        if (command.dates) {
            marking.dates = new_dates(scene, *command.dates);
            if (command.dates->extension) marking.extension = command.dates->extension;
        }
        if (command.give_back && state_of(after) != SubmissionState::returned)
            marking.returned = Return{attempts_of(after), now};
        const bool has_grade = marking.grade || marking.excused;
        const bool show = command.post.value_or(command.give_back && has_grade);
        if (show && !marking.posted_at) marking.posted_at = now;
        if (command.post == false) marking.posted_at.reset();
    }
    // canvas-live-events.md 4.3 "recomputed on save of"; and when more time is given.
    if (marking.grade && (command.grade || (own && (command.late || command.dates))))
        marking.grade->counted = after_lateness(scene, after, *marking.grade, now);
    return after;
}

}  // namespace handin::domain
