// What an accepted submit writes.
#include <gtest/gtest.h>

#include "domain/desk.hpp"
#include "domain/state.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;

TEST(SubmitChanges, FirstAttempt) {
    Desk desk;
    desk.now = kNow + 250ms;
    auto command = submit_of(desk.school, desk.school.student, list(a_file("hello\n")));
    const auto attempt_id = command.attempt_id;
    const auto attachment = command.attachments[0].attachment;
    const auto outcome = desk.run(std::move(command));
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->repeated);
    EXPECT_FALSE(outcome->token);
    const auto& changes = outcome->changes;

    // edlink.md 3.1, 5: the phantom becomes real under the same id and age.
    auto expected = untouched(desk.school.assignment(), desk.school.student, desk.school.founded);
    expected.attempts = {attempt_id};
    expected.submitted_at = kNow;
    expected.updated_at = desk.now;
    expected.version = 1;
    ASSERT_EQ(changes.submissions.size(), 1U);
    EXPECT_TRUE(same(changes.submissions[0], expected));
    EXPECT_TRUE(same(outcome->submission, expected));

    ASSERT_EQ(changes.attempts.size(), 1U);
    EXPECT_TRUE(same(changes.attempts[0], domain::Attempt{.id = attempt_id,
                                                          .submission_id = expected.id,
                                                          .number = 1,
                                                          .actor_id = desk.school.student,
                                                          .received_at = kNow,
                                                          .submitted_at = kNow,
                                                          .committed_at = desk.now,
                                                          .attachments = {attachment}}));
    ASSERT_EQ(changes.row_bytes.size(), 1U);
    EXPECT_EQ(changes.row_bytes[0].storage_id, attachment.bytes.storage_id);
    EXPECT_EQ(changes.row_bytes[0].bytes, "hello\n");
    EXPECT_EQ(changes.events.size(), 1U);

    // Nothing else is touched.
    auto rest = changes;
    rest.submissions.clear();
    rest.attempts.clear();
    rest.row_bytes.clear();
    rest.events.clear();
    EXPECT_TRUE(same(rest, domain::Changes{}));
}

TEST(SubmitChanges, SecondAttemptGoesOnFromTheFirst) {
    Desk desk;
    const auto first = desk.submit(desk.school.student);
    ASSERT_TRUE(first);
    desk.now = kNow + 1h;
    auto command = submit_of(desk.school, desk.school.student);
    command.received_at = kNow + 30min;
    const auto second = desk.run(std::move(command));
    ASSERT_TRUE(second);
    auto expected = first->submission;
    expected.attempts.push_back(second->changes.attempts.at(0).id);
    expected.submitted_at = kNow + 30min;
    expected.updated_at = desk.now;
    expected.version = 2;
    EXPECT_TRUE(same(second->submission, expected));
    EXPECT_EQ(second->changes.attempts[0].number, 2U);
    EXPECT_EQ(second->changes.attempts[0].submission_id, first->submission.id);
}

// DESIGN 5.4: three times, and who may set which
TEST(SubmitChanges, KeepsTheTimeThatAPrivilegedActorGives) {
    Desk desk;
    auto command = submit_of(desk.school, desk.school.student);
    command.submitted_at = kNow - 48h;
    desk.now = kNow + 1min;
    const auto outcome = desk.run(std::move(command));
    ASSERT_TRUE(outcome);
    const auto& attempt = outcome->changes.attempts.at(0);
    EXPECT_EQ(attempt.submitted_at, kNow - 48h);
    EXPECT_EQ(attempt.received_at, kNow);
    EXPECT_EQ(attempt.committed_at, kNow + 1min);
    EXPECT_EQ(outcome->submission.submitted_at, kNow - 48h);
}

// DESIGN 5.5: up to 8 KiB they are rows of the same transaction, above that a file each
TEST(SubmitChanges, OnlySmallBytesBecomeRows) {
    Desk desk;
    auto stored = a_file("");
    stored.attachment.bytes.in_row = false;
    stored.attachment.bytes.size = 100'000;
    auto stored_text = a_text("the start");
    stored_text.attachment.bytes.in_row = false;
    stored_text.row_bytes.clear();
    const auto command =
        submit_of(desk.school, desk.school.student,
                  list(a_file("one"), stored, a_link(), a_text("two"), stored_text, a_file("")));
    const auto outcome = desk.run(command);
    ASSERT_TRUE(outcome);
    const auto& rows = outcome->changes.row_bytes;
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].bytes, "one");
    EXPECT_EQ(rows[1].bytes, "two");
    EXPECT_EQ(rows[2].bytes, "");  // an empty file is a file
    // All six are in the attempt, in the order in which they came.
    const auto& attachments = outcome->changes.attempts.at(0).attachments;
    ASSERT_EQ(attachments.size(), 6U);
    for (std::size_t i = 0; i < 6; ++i)
        EXPECT_TRUE(same(attachments[i], command.attachments[i].attachment)) << i;
}

TEST(SubmitChanges, RefusedCommandsWriteNothing) {
    Desk desk;
    desk.school.assignment().max_attempts = 1;
    ASSERT_TRUE(desk.submit(desk.school.student));
    const auto before = *desk.row(desk.school.student);
    ASSERT_FALSE(desk.submit(desk.school.student));
    EXPECT_TRUE(same(*desk.row(desk.school.student), before));
}

}  // namespace
}  // namespace handin::test
