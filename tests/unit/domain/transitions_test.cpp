// Which events a command makes, and in which order (docs/grading.md; canvas-live-events.md 2.3).
#include "domain/transitions.hpp"

#include <gtest/gtest.h>

#include "domain/comment.hpp"
#include "domain/desk.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::LateStatus;
using domain::NewGrade;
using Kinds = std::vector<domain::Event::Kind>;
using enum domain::Event::Kind;

// What has happened before.
enum class Given { nothing, submitted, graded, reclaimed, resubmitted };

struct Case {
    const char* row;  // of canvas-live-events.md 2.3 where nothing else is said
    Given given;
    bool manual;  // posting
    void (*arrange)(domain::MarkSubmission&);
    Kinds events;
};

const Case kCases[] = {
    {"teacher grades a submitted work",
     Given::submitted,
     false,
     [](auto& c) { c.grade = NewGrade{.text = "8"}; },
     {submission_updated, grade_changed}},
    {"grade with automatic posting: one SU",
     Given::submitted,
     true,
     [](auto& c) { c.grade = NewGrade{.text = "8"}; },
     {submission_updated, grade_changed}},
    {"teacher grades a student who never submitted",
     Given::nothing,
     false,
     [](auto& c) { c.grade = NewGrade{.text = "8"}; },
     {submission_updated, grade_changed}},
    {"grade of reclaimed work (I)",
     Given::reclaimed,
     false,
     [](auto& c) { c.grade = NewGrade{.text = "8"}; },
     {submission_updated, grade_changed}},
    {"the same grade again",
     Given::graded,
     false,
     [](auto& c) { c.grade = NewGrade{.text = "5"}; },
     {submission_updated}},
    {"the same grade for new work",
     Given::resubmitted,
     false,
     [](auto& c) { c.grade = NewGrade{.text = "5"}; },
     {submission_updated, grade_changed}},
    {"grade cleared",
     Given::graded,
     false,
     [](auto& c) { c.grade = NewGrade{}; },
     {submission_updated, grade_changed}},
    {"no grade cleared", Given::submitted, false, [](auto& c) { c.grade = NewGrade{}; }, {}},
    {"excuse",
     Given::graded,
     false,
     [](auto& c) { c.grade = NewGrade{.kind = NewGrade::Kind::excused}; },
     {submission_updated, grade_changed}},
    {"excuse, even if never submitted",
     Given::nothing,
     false,
     [](auto& c) { c.grade = NewGrade{.kind = NewGrade::Kind::excused}; },
     {submission_updated, grade_changed}},
    {"late_policy_status on existing work",
     Given::submitted,
     false,
     [](auto& c) { c.late = domain::NewLateStatus{LateStatus::late, 1h}; },
     {submission_updated}},
    {"late_policy_status, if the score changes",
     Given::graded,
     false,
     [](auto& c) { c.late = domain::NewLateStatus{LateStatus::late, 1h}; },
     {submission_updated, grade_changed}},
    {"late_policy_status on an unsubmitted row",
     Given::nothing,
     false,
     [](auto& c) { c.late = domain::NewLateStatus{LateStatus::late, 1h}; },
     {}},
    {"missing, with a missing policy",
     Given::nothing,
     false,
     [](auto& c) { c.late = domain::NewLateStatus{LateStatus::missing}; },
     {submission_updated, grade_changed}},
    {"post grades", Given::graded, true, [](auto& c) { c.post = true; }, {grade_changed}},
    {"post grades: only per graded submission",
     Given::submitted,
     true,
     [](auto& c) { c.post = true; },
     {}},
    {"hide grades", Given::graded, false, [](auto& c) { c.post = false; }, {grade_changed}},
    {"comment, posted already",
     Given::graded,
     false,
     [](auto& c) { c.comment = domain::NewComment{.text = "hm"}; },
     {submission_commented}},
    {"instructor's first comment, automatic posting",
     Given::submitted,
     false,
     [](auto& c) { c.comment = domain::NewComment{.text = "hm"}; },
     {submission_updated, grade_changed, submission_commented}},
    {"the same, manual posting",
     Given::submitted,
     true,
     [](auto& c) { c.comment = domain::NewComment{.text = "hm"}; },
     {submission_commented}},
    {"a draft: none",
     Given::submitted,
     false,
     [](auto& c) { c.comment = domain::NewComment{.text = "hm", .draft = true}; },
     {}},
    {"grade and comment",
     Given::submitted,
     false,
     [](auto& c) {
         c.grade = NewGrade{.text = "8"};
         c.comment = domain::NewComment{.text = "hm"};
     },
     {submission_updated, grade_changed, submission_commented}},
    {"extra attempts: the row is saved",
     Given::submitted,
     false,
     [](auto& c) { c.extra_attempts = 1; },
     {submission_updated}},
    {"extra attempts, never submitted",
     Given::nothing,
     false,
     [](auto& c) { c.extra_attempts = 1; },
     {}},
    {"override: no SU",
     Given::submitted,
     false,
     [](auto& c) { c.dates = domain::NewDates{.due = domain::DateChange::to(kNow + 1h)}; },
     {dates_changed}},
    {"edlink.md 3.6 return",
     Given::submitted,
     false,
     [](auto& c) { c.give_back = true; },
     {submission_returned}},
    {"edlink.md 3.6 return, which posts",
     Given::graded,
     true,
     [](auto& c) { c.give_back = true; },
     {grade_changed, submission_returned}},
    {"everything at once",
     Given::submitted,
     true,
     [](auto& c) {
         c.grade = NewGrade{.text = "8"};
         c.dates = domain::NewDates{.due = domain::DateChange::to(kNow + 1h)};
         c.give_back = true;
         c.comment = domain::NewComment{.text = "hm"};
     },
     {dates_changed, submission_updated, grade_changed, submission_returned, submission_commented}},
    {"nothing at all", Given::graded, false, [](auto&) {}, {}},
};

void arrange(Desk& desk, Given given) {
    const auto student = desk.school.student;
    if (given == Given::nothing) return;
    ASSERT_TRUE(desk.submit(student));
    if (given == Given::reclaimed) {
        ASSERT_TRUE(desk.reclaim(student));
    }
    if (given == Given::graded || given == Given::resubmitted) {
        auto grade = mark_of(desk.school, student);
        grade.grade = NewGrade{.text = "5"};
        ASSERT_TRUE(desk.run(grade));
    }
    if (given == Given::resubmitted) {
        ASSERT_TRUE(desk.submit(student));
    }
}

Kinds kinds_of(const std::vector<domain::Event>& events) {
    Kinds kinds;
    for (const auto& event : events)
        kinds.push_back(event.kind);
    return kinds;
}

TEST(Transitions, OfMarking) {
    for (const auto& c : kCases) {
        Desk desk;
        desk.school.klass().late_policy = {
            .missing_enabled = true, .late_enabled = true, .late_deduction = 10};
        if (c.manual) desk.school.assignment().rules.posting = domain::PostPolicy::manual;
        arrange(desk, c.given);
        desk.now += 1min;
        const auto before = desk.row(desk.school.student);
        auto command = mark_of(desk.school, desk.school.student);
        c.arrange(command);
        const auto outcome = desk.run(command);
        ASSERT_TRUE(outcome) << c.row;
        const auto& changes = outcome->changes;
        EXPECT_EQ(kinds_of(changes.events), c.events) << c.row;
        for (std::size_t i = 0; i < changes.events.size(); ++i) {
            const auto& event = changes.events[i];
            EXPECT_EQ(event.submission_version, outcome->submission.version) << c.row;
            EXPECT_TRUE(i == 0 || changes.events[i - 1].id < event.id) << c.row;
            EXPECT_EQ(event.grade.has_value(), event.kind == grade_changed) << c.row;
            EXPECT_EQ(event.comment.has_value(), event.kind == submission_commented) << c.row;
        }
        // What has not changed has no new version.
        const auto version = before ? before->version : 0;
        EXPECT_EQ(outcome->submission.version, version + std::ssize(changes.submissions)) << c.row;
    }
}

// The two commands of students are in the same table.
TEST(Transitions, OfHandingInAndTakingBack) {
    Desk desk;
    const auto untouched = domain::Submission{};
    const auto first = desk.submit(desk.school.student);
    EXPECT_EQ(kinds_of(first->changes.events), events_between(untouched, first->submission, false));
    const auto back = desk.reclaim(desk.school.student);
    EXPECT_EQ(kinds_of(back->changes.events),
              events_between(first->submission, back->submission, false));
    EXPECT_EQ(kinds_of(back->changes.events), Kinds{submission_reclaimed});
    const auto second = desk.submit(desk.school.student);
    EXPECT_EQ(kinds_of(second->changes.events), Kinds{submission_created});
    EXPECT_EQ(events_between(back->submission, second->submission, false),
              Kinds{submission_created});
}

// 2.6: both values, and what they are out of
TEST(Transitions, AGradeChangeTellsBothValues) {
    Desk desk;
    arrange(desk, Given::graded);
    auto command = mark_of(desk.school, desk.school.student);
    command.grade = NewGrade{.text = "75%"};
    const auto outcome = desk.run(command);
    ASSERT_TRUE(outcome);
    const auto& event = outcome->changes.events.at(1);
    EXPECT_EQ(event.before.score, 5);
    EXPECT_EQ(event.before.grade, "5");
    EXPECT_EQ(event.after.score, 7.5);
    EXPECT_EQ(event.after.grade, "7.5");
    EXPECT_TRUE(event.after.grading_complete);
    EXPECT_EQ(event.after.grader_number, desk.school.person(desk.school.teacher).number);
    EXPECT_EQ(event.grade->points_possible, 10);
    EXPECT_EQ(event.grade->assignment_title, "essay");
    EXPECT_EQ(event.grade->person_sis_id, "sis-student");
}

// 2.4: the work is shown as it was handed in, if it is the last that is told
TEST(Transitions, AnUpdateShowsTheLastWork) {
    Desk desk;
    arrange(desk, Given::submitted);
    const auto last = desk.row(desk.school.student)->attempts.back();
    for (const bool known : {true, false}) {
        auto command = mark_of(desk.school, desk.school.student);
        command.grade = NewGrade{.text = known ? "5" : "6"};
        command.last_work = {{.attempt_ids = {id_of("somebody's"), known ? last : id_of("older")},
                              .kind = domain::AttachmentKind::text,
                              .text = "text",
                              .url = {}}};
        const auto outcome = desk.run(command);
        const auto& facts = outcome->changes.events.at(0).after;
        EXPECT_EQ(facts.kind.has_value(), known);
        EXPECT_EQ(facts.text, known ? std::optional<std::string>("text") : std::nullopt);
    }
}

}  // namespace
}  // namespace handin::test
