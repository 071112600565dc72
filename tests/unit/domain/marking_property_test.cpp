// Whatever teachers and students do in whatever order: DESIGN 10.2 to 10.4, and the agreement of
// the three views (docs/grading.md).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "domain/desk.hpp"
#include "domain/transitions.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::CanvasState;
using domain::NewGrade;
using domain::SubmissionState;

struct Step {
    int verb = 0;
    int value = 0;
    int key = 0;  // 0: none
};

std::ostream& operator<<(std::ostream& out, const Step& s) {
    return out << "verb " << s.verb << " value " << s.value << " key " << s.key;
}

rc::Gen<Step> step() {
    return rc::gen::build<Step>(rc::gen::set(&Step::verb, rc::gen::inRange(0, 11)),
                                rc::gen::set(&Step::value, rc::gen::inRange(0, 4)),
                                rc::gen::set(&Step::key, rc::gen::inRange(0, 4)));
}

domain::Command command_of(const Desk& desk, const Step& step) {
    const auto& school = desk.school;
    const auto key = step.key == 0
                         ? std::optional<domain::ReplayKey>()
                         : key_of(std::to_string(step.verb) + ":" + std::to_string(step.key));
    const auto keyed = [&](auto command) {
        command.received_at = desk.now;
        command.replay_key = key;
        return command;
    };
    if (step.verb == 0) return keyed(submit_of(school, school.student));
    if (step.verb == 1) return keyed(reclaim_of(school, school.student));
    if (step.verb == 2)
        return keyed(comment_of(school, step.value % 2 == 0 ? school.student : school.teacher,
                                school.student, "hm"));
    auto mark = keyed(mark_of(school, school.student));
    switch (step.verb) {
        case 3:
        case 4:
            mark.grade = NewGrade{.text = step.value == 0 ? "" : std::to_string(step.value)};
            break;
        case 5:
            mark.grade = NewGrade{.kind = step.value % 2 == 0 ? NewGrade::Kind::excused
                                                              : NewGrade::Kind::not_excused};
            break;
        case 6:
            mark.give_back = true;
            break;
        case 7:
            mark.post = step.value % 2 == 0;
            break;
        case 8:
            mark.extra_attempts = step.value;
            break;
        case 9:
            mark.dates = domain::NewDates{
                .due = step.value == 0
                           ? domain::DateChange{}
                           : domain::DateChange::to(kNow + std::chrono::hours(step.value))};
            break;
        default:
            mark.flags = domain::WantedFlags{
                .excused = step.value == 1, .missing = step.value == 2, .late = step.value == 3};
            break;
    }
    return mark;
}

void expect_views_agree(const domain::Submission& row, const domain::Assignment& assignment,
                        Time now) {
    const auto edlink = state_of(row);
    const auto canvas = canvas_state_of(row);
    const auto flags = flags_of(row, assignment, now);
    RC_ASSERT((edlink == SubmissionState::reclaimed) == row.reclaimed);
    RC_ASSERT(live_attempt(row).has_value() == (!row.attempts.empty() && !row.reclaimed));
    if (edlink == SubmissionState::submitted)
        RC_ASSERT(canvas != CanvasState::unsubmitted && live_attempt(row));
    if (edlink == SubmissionState::created)
        RC_ASSERT(canvas != CanvasState::submitted && !live_attempt(row));
    RC_ASSERT(!(flags.late && flags.missing));
    RC_ASSERT(!flags.excused || (!flags.late && !flags.missing));
    if (const auto& grade = row.marking.grade) {
        RC_ASSERT(grade->attempt <= row.attempts.size());
        RC_ASSERT(grade->entered.score.has_value() == grade->counted.score.has_value());
        if (grade->counted.score) RC_ASSERT(*grade->counted.score <= *grade->entered.score);
        if (row.marking.excused) RC_ASSERT(grade->counted.empty());
    }
}

RC_GTEST_PROP(MarkingLife, KeepsItsInvariants, ()) {
    Desk desk;
    auto& assignment = desk.school.assignment();
    assignment.due_at = kNow + 1h;
    assignment.max_attempts = *rc::gen::inRange(1, 4);
    if (*rc::gen::arbitrary<bool>()) assignment.rules.posting = domain::PostPolicy::manual;
    desk.school.klass().late_policy = {.missing_enabled = true,
                                       .missing_deduction = 50,
                                       .late_enabled = true,
                                       .late_deduction = 10};
    domain::Submission before;
    std::map<std::pair<int, int>, domain::Submission> answers;

    for (const auto& step : *rc::gen::container<std::vector<Step>>(step())) {
        desk.now += std::chrono::minutes(20);
        const auto outcome = desk.run(command_of(desk, step));
        const auto row = desk.row(desk.school.student);
        if (!outcome || outcome->repeated || outcome->changes.submissions.empty()) {
            RC_ASSERT((row ? row->version : 0) == before.version);
            if (outcome && !outcome->repeated) RC_ASSERT(outcome->changes.events.empty());
            if (outcome && outcome->repeated) {
                const auto& then = answers.at({step.verb, step.key});
                RC_ASSERT(outcome->submission.marking == then.marking);
                RC_ASSERT(outcome->submission.attempts == then.attempts);
                RC_ASSERT(outcome->submission.submitted_at == then.submitted_at);
            }
            continue;
        }
        RC_ASSERT(row->version == before.version + 1);
        if (step.key != 0) answers[{step.verb, step.key}] = outcome->submission;
        std::vector<domain::Event::Kind> kinds;
        for (const auto& event : outcome->changes.events) {
            kinds.push_back(event.kind);
            RC_ASSERT(event.submission_version == row->version);
        }
        RC_ASSERT(kinds == events_between(before, *row, true));
        expect_views_agree(*row, assignment, desk.now);
        before = *row;
    }
}

}  // namespace
}  // namespace handin::test
