// Handing in together (canvas-live-events.md 2.3 "one member submits").
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using domain::Reason;
using domain::SubmissionState;

class GroupSubmit : public ::testing::Test {
 protected:
    GroupSubmit() {
        auto& school = desk.school;
        domain::Group group{.id = id_of("group"), .set_id = id_of("set"), .number = 77};
        group.members = {school.student, school.other, school.teacher, school.outsider};
        std::ranges::sort(group.members);
        school.rows.groups.push_back(group);
        school.assignment().rules.groups.set_id = group.set_id;
    }
    Desk desk;
};

// Who is in the group, but not given the assignment, has nothing to do with it.
TEST_F(GroupSubmit, OnlyForThoseItIsAssignedTo) {
    const auto& school = desk.school;
    auto& assignment = desk.school.assignment();
    assignment.everybody = false;
    assignment.assignees = {school.student};
    ASSERT_TRUE(desk.submit(school.student));
    EXPECT_FALSE(desk.row(school.other));
    auto command = mark_of(school, school.student);
    command.grade = domain::NewGrade{.text = "8"};
    command.comment = domain::NewComment{.text = "both of you", .to_group = true};
    const auto marked = desk.run(command);
    ASSERT_TRUE(marked);
    EXPECT_EQ(marked->changes.submissions.size(), 1U);
    EXPECT_EQ(marked->changes.comments.size(), 1U);

    // What was handed in when it was assigned stays as it was, and is graded.
    assignment.assignees = {school.student, school.other};
    std::ranges::sort(assignment.assignees);
    desk.forget();
    ASSERT_TRUE(desk.submit(school.student));
    assignment.assignees = {school.student};
    desk.forget();
    ASSERT_TRUE(desk.reclaim(school.student));
    EXPECT_FALSE(desk.row(school.other)->reclaimed);
    EXPECT_EQ(desk.run(command)->changes.submissions.size(), 2U);
}

// All that the command touches, or nothing.
TEST_F(GroupSubmit, NobodyIsMarkedByWhoMayNot) {
    const auto& school = desk.school;
    ASSERT_TRUE(desk.submit(school.student));
    auto command = mark_of(school, school.student);
    command.not_theirs = {school.other};
    command.grade = domain::NewGrade{.text = "8"};
    EXPECT_EQ(reasons(desk.run(command)), std::vector{Reason::not_permitted});
    EXPECT_FALSE(desk.row(school.student)->marking.grade);
    command.grade->kind = domain::NewGrade::Kind::excused;  // is for one alone
    EXPECT_TRUE(desk.run(command));
    command.grade.reset();
    command.comment = domain::NewComment{.text = "for one"};
    EXPECT_TRUE(desk.run(command));
    command.comment = domain::NewComment{.text = "for all", .to_group = true};
    EXPECT_EQ(reasons(desk.run(command)), std::vector{Reason::not_permitted});
}

TEST_F(GroupSubmit, EveryStudentOfTheGroupHasAnAttempt) {
    const auto& school = desk.school;
    const auto outcome =
        desk.run(submit_of(school, school.student, list(a_file("one"), a_text("two"), a_link())));
    ASSERT_TRUE(outcome);
    EXPECT_LE(desk.rounds, 3);  // DESIGN 5.1
    const auto& changes = outcome->changes;
    ASSERT_EQ(changes.submissions.size(), 2U);  // neither the teacher nor who has left
    ASSERT_EQ(changes.attempts.size(), 2U);
    ASSERT_EQ(changes.events.size(), 2U);
    EXPECT_EQ(changes.row_bytes.size(), 2U);  // there once
    EXPECT_EQ(outcome->submission.person_id, school.student);
    std::set<Uuid> ids;
    for (std::size_t i = 0; i < 2; ++i) {
        const auto& attempt = changes.attempts[i];
        const auto& event = changes.events[i];
        EXPECT_EQ(attempt.submission_id, changes.submissions[i].id);
        EXPECT_EQ(changes.submissions[i].attempts, std::vector{attempt.id});
        EXPECT_EQ(attempt.number, 1U);
        EXPECT_EQ(attempt.actor_id, school.student);
        EXPECT_EQ(event.kind, domain::Event::Kind::submission_created);
        EXPECT_EQ(event.submission_id, attempt.submission_id);
        EXPECT_EQ(event.group_number, 77);
        EXPECT_EQ(event.actor->number, school.person(school.student).number);
        EXPECT_EQ(event.after.kind, domain::AttachmentKind::file);
        EXPECT_EQ(event.after.text, "two");
        EXPECT_EQ(event.request.url, request_facts().url);
        ids.insert({attempt.id, event.id});
        ASSERT_EQ(attempt.attachments.size(), 3U);
        for (std::size_t k = 0; k < 3; ++k) {
            ids.insert(attempt.attachments[k].id);
            EXPECT_EQ(attempt.attachments[k].bytes.storage_id,
                      changes.attempts[0].attachments[k].bytes.storage_id);
        }
    }
    EXPECT_EQ(ids.size(), 2U * 5U);
    EXPECT_EQ(changes.events[1].person_number, school.person(school.other).number);
}

TEST_F(GroupSubmit, IsOneLifeForAll) {
    const auto& school = desk.school;
    desk.school.account().reclaim_first = ~0U;
    auto submit = submit_of(school, school.student);
    submit.replay_key = key_of("k");
    ASSERT_TRUE(desk.run(submit));
    EXPECT_EQ(reasons(desk.submit(school.other)), std::vector{Reason::already_submitted});
    const auto back = desk.reclaim(school.other);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->changes.events.size(), 2U);
    EXPECT_EQ(state_of(*desk.row(school.student)), SubmissionState::reclaimed);
    ASSERT_TRUE(desk.submit(school.other));
    EXPECT_EQ(desk.row(school.student)->attempts.size(), 2U);
    EXPECT_EQ(state_of(*desk.row(school.student)), SubmissionState::submitted);
    // The key is of the one who used it.
    EXPECT_TRUE(desk.run(submit)->repeated);
    EXPECT_TRUE(desk.row(school.other)->replays.empty());
}

TEST_F(GroupSubmit, WhoIsInNoGroupIsAlone) {
    const auto& school = desk.school;
    const auto outcome = desk.submit(school.tutor);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->changes.submissions.size(), 1U);
    EXPECT_FALSE(outcome->changes.events[0].group_number);
}

// Nothing more is loaded where nobody hands in together.
TEST(GroupSubmitKeys, AreForGroupAssignmentsOnly) {
    Desk desk;
    domain::Command command = submit_of(desk.school, desk.school.student);
    desk.load(command);
    EXPECT_EQ(desk.rounds, 1);
    EXPECT_TRUE(desk.state.groups.empty());
}

}  // namespace
}  // namespace handin::test
