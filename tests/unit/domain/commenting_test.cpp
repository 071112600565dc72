// Comments, by graders and students, and what a group shares (canvas-live-events.md 2.3, 2.5).
#include <gtest/gtest.h>

#include <algorithm>

#include "domain/comment.hpp"
#include "domain/desk.hpp"

namespace handin::test {
namespace {

using domain::NewGrade;
using domain::Reason;
using enum domain::Event::Kind;

class Commenting : public ::testing::Test {
 protected:
    Desk desk;

    // The student and the other one hand in together, and so does somebody who has left.
    void make_group() {
        auto& school = desk.school;
        domain::Group group{.id = id_of("group"), .set_id = id_of("set"), .number = 77};
        group.members = {school.student, school.other, school.outsider};
        std::ranges::sort(group.members);
        school.rows.groups.push_back(group);
        school.assignment().rules.groups.set_id = group.set_id;
    }
    domain::Marking marking(const Uuid& person) const {
        const auto row = desk.row(person);
        return row ? row->marking : domain::Marking{};
    }
};

TEST_F(Commenting, AreKeptByTheirSubmission) {
    const auto student = desk.school.student;
    const auto first = desk.run(comment_of(desk.school, student, student, "Please look"));
    ASSERT_TRUE(first);
    const auto& comment = first->changes.comments.at(0);
    EXPECT_EQ(comment.author_id, student);
    EXPECT_FALSE(comment.by_grader);
    EXPECT_FALSE(comment.hidden);
    EXPECT_EQ(comment.text, "Please look");
    EXPECT_EQ(comment.submission_id, first->submission.id);
    // 101 x 10^6 + 1, and its first comment
    EXPECT_EQ(comment.number, 101'000'001'001);
    EXPECT_FALSE(marking(student).posted_at);
    ASSERT_EQ(first->changes.events.size(), 1U);
    const auto& event = first->changes.events[0];
    EXPECT_EQ(event.kind, submission_commented);
    EXPECT_EQ(event.comment->number, comment.number);
    EXPECT_EQ(event.comment->author_number, desk.school.person(student).number);
    EXPECT_EQ(event.comment->text, "Please look");

    const auto second = desk.run(comment_of(desk.school, desk.school.ta, student, "Fine"));
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->changes.comments.at(0).by_grader);
    EXPECT_EQ(second->changes.comments.at(0).number, 101'000'001'002);
    EXPECT_EQ(marking(student).comments,
              (std::vector{comment.id, second->changes.comments.at(0).id}));
    EXPECT_TRUE(marking(student).posted_at);  // 2.3 "instructor's first comment"
}

TEST_F(Commenting, OfGradersWaitWhereGradesArePostedByHand) {
    desk.school.assignment().rules.posting = domain::PostPolicy::manual;
    const auto outcome =
        desk.run(comment_of(desk.school, desk.school.teacher, desk.school.student, "Hm"));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->changes.comments.at(0).hidden);
    EXPECT_FALSE(marking(desk.school.student).posted_at);
}

// However many say it at once, without keys: decided on the row, not on what was read before.
TEST_F(Commenting, TheSameAgainIsNoNews) {
    const auto student = desk.school.student;
    const auto say = [&](const std::string& text, bool draft = false, bool echo = false) {
        auto command = mark_of(desk.school, student);
        command.comment =
            domain::NewComment{.id = uuid_v7(kNow), .text = text, .draft = draft, .echo = echo};
        const auto outcome = desk.run(command);
        EXPECT_TRUE(outcome);
        return outcome->changes.comments.size();
    };
    EXPECT_EQ(say("fine"), 1U);
    EXPECT_EQ(say("fine"), 0U);
    EXPECT_EQ(say("hm", true), 1U);
    EXPECT_EQ(say("fine"), 0U);  // of drafts nobody has been told
    ASSERT_TRUE(desk.run(comment_of(desk.school, student, student, "why?")));
    EXPECT_EQ(say("fine"), 0U);
    EXPECT_EQ(say("because"), 1U);
    EXPECT_EQ(say("fine"), 1U);
    EXPECT_EQ(marking(student).comments.size(), 5U);

    // Rows from before do not tell; then what was found before the command counts.
    auto row = *desk.row(student);
    row.marking.last_said.reset();
    desk.put(row);
    EXPECT_EQ(say("fine", false, true), 0U);
    EXPECT_EQ(say("fine"), 1U);
    EXPECT_EQ(say("because", false, true), 1U);
}

TEST_F(Commenting, DraftsPostNothing) {
    auto draft = comment_of(desk.school, desk.school.teacher, desk.school.student, "Hm");
    draft.comment.draft = true;
    const auto outcome = desk.run(draft);
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->changes.comments.at(0).draft);
    EXPECT_TRUE(outcome->changes.events.empty());
    EXPECT_FALSE(marking(desk.school.student).posted_at);
}

TEST_F(Commenting, Repeats) {
    auto command = comment_of(desk.school, desk.school.student, desk.school.student, "Hm");
    command.replay_key = key_of("k");
    ASSERT_TRUE(desk.run(command));
    const auto again = desk.run(command);
    ASSERT_TRUE(again && again->repeated);
    EXPECT_EQ(again->submission.marking.comments.size(), 1U);
    EXPECT_EQ(marking(desk.school.student).comments.size(), 1U);
}

TEST_F(Commenting, HasAnEnd) {
    auto row = desk.submit(desk.school.student)->submission;
    row.marking.comments.resize(domain::kMostComments);
    desk.put(row);
    EXPECT_EQ(
        reasons(desk.run(comment_of(desk.school, desk.school.teacher, desk.school.student, "Hm"))),
        std::vector{Reason::comments_used_up});
}

TEST_F(Commenting, WhoMay) {
    const auto& school = desk.school;
    const struct {
        Uuid author, person;
        std::vector<Reason> reasons;
    } cases[] = {
        {school.student, school.student, {}},
        {school.teacher, school.student, {}},
        {school.tutor, school.student, {}},
        {school.student, school.other, {Reason::not_permitted}},
        {school.observer, school.student, {Reason::not_permitted}},
        {school.outsider, school.student, {Reason::not_found}},
        {school.teacher, school.teacher, {Reason::not_permitted}},
    };
    for (std::size_t i = 0; i < std::size(cases); ++i)
        EXPECT_EQ(reasons(desk.run(comment_of(school, cases[i].author, cases[i].person, "Hm"))),
                  cases[i].reasons)
            << i;
}

TEST_F(Commenting, AWholeGroupIsToldOnceEach) {
    make_group();
    const auto& school = desk.school;
    auto command = comment_of(school, school.teacher, school.student, "All of you");
    command.comment.to_group = true;
    const auto outcome = desk.run(command);
    ASSERT_TRUE(outcome);
    const auto& comments = outcome->changes.comments;
    ASSERT_EQ(comments.size(), 2U);  // not who has left
    EXPECT_LT(comments[0].id, comments[1].id);
    EXPECT_EQ(comments[0].group_id, id_of("group"));
    std::size_t told = 0;
    for (const auto& event : outcome->changes.events) {
        EXPECT_EQ(event.group_number, 77);
        told += event.kind == submission_commented ? 1U : 0U;
    }
    EXPECT_EQ(told, 2U);
    EXPECT_EQ(outcome->submission.person_id, school.student);
    EXPECT_EQ(marking(school.other).comments, std::vector{comments[1].id});
    EXPECT_LE(desk.rounds, 3);  // DESIGN 5.1

    command.comment.to_group = false;
    command.comment.id = uuid_v7(kNow);
    ASSERT_TRUE(desk.run(command));
    EXPECT_EQ(marking(school.student).comments.size(), 2U);
    EXPECT_EQ(marking(school.other).comments.size(), 1U);
}

// canvas-live-events.md 2.3 "graded as group": but for who is excused
TEST_F(Commenting, AGroupSharesAGrade) {
    make_group();
    const auto& school = desk.school;
    auto command = mark_of(school, school.student);
    command.grade = NewGrade{.text = "8"};
    command.extra_attempts = 1;
    const auto outcome = desk.run(command);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->changes.submissions.size(), 2U);
    EXPECT_EQ(marking(school.other).grade->counted.score, 8);
    EXPECT_EQ(marking(school.other).extra_attempts, 0);  // is for the one that is named
    EXPECT_EQ(marking(school.student).extra_attempts, 1);

    // One is excused alone.
    auto excuse = mark_of(school, school.other);
    excuse.grade = NewGrade{.kind = NewGrade::Kind::excused};
    ASSERT_TRUE(desk.run(excuse));
    EXPECT_FALSE(marking(school.student).excused);
    EXPECT_EQ(marking(school.student).grade->counted.score, 8);
    command.grade = NewGrade{.text = "9"};
    ASSERT_TRUE(desk.run(command));
    EXPECT_EQ(marking(school.student).grade->counted.score, 9);
    EXPECT_TRUE(marking(school.other).excused);
}

}  // namespace
}  // namespace handin::test
