// Repeats with the same idempotency key (DESIGN 10.2, edlink.md 2.2 and 9.3).
#include <gtest/gtest.h>

#include "domain/desk.hpp"
#include "domain/state.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Reason;
using domain::Submission;

class Replay : public testing::Test {
 protected:
    domain::Submit submit(std::string_view key) {
        auto command = submit_of(desk.school, desk.school.student);
        command.replay_key = key_of(key);
        command.received_at = desk.now;
        return command;
    }

    domain::Reclaim reclaim(std::string_view key) {
        auto command = reclaim_of(desk.school, desk.school.student);
        command.replay_key = key_of(key);
        command.received_at = desk.now;
        return command;
    }

    Desk desk;
};

// What a reply shows of a submission; the rest is the store's own business.
Submission shown(Submission facts) {
    facts.version = 0;
    facts.replays.clear();
    return facts;
}

void expect_repeat(const Outcome& repeat, const Outcome& first) {
    ASSERT_TRUE(first);
    ASSERT_TRUE(repeat);
    EXPECT_TRUE(repeat->repeated);
    EXPECT_FALSE(first->repeated);
    EXPECT_TRUE(same(repeat->changes, domain::Changes{}));  // nothing new
    EXPECT_TRUE(same(shown(repeat->submission), shown(first->submission)));
}

TEST_F(Replay, OfASubmitMakesNothingNew) {
    const auto first = desk.run(submit("k"));
    const auto row = *desk.row(desk.school.student);
    desk.now += 1h;
    expect_repeat(desk.run(submit("k")), first);
    EXPECT_TRUE(same(*desk.row(desk.school.student), row));
}

// edlink.md 9.3: the body is not compared
TEST_F(Replay, DoesNotLookAtTheBody) {
    const auto first = desk.run(submit("k"));
    auto other = submit("k");
    other.attachments = {};
    expect_repeat(desk.run(std::move(other)), first);
}

TEST_F(Replay, AnswersAsThenWhateverHappenedSince) {
    desk.school.assignment().due_at = kNow;
    const auto first = desk.run(submit("first"));
    desk.now += 1h;
    const auto back = desk.run(reclaim("back"));
    expect_repeat(desk.run(submit("first")), first);
    desk.now += 1h;
    const auto second = desk.run(submit("second"));
    desk.now += 1h;
    ASSERT_TRUE(desk.reclaim(desk.school.student));

    expect_repeat(desk.run(submit("first")), first);
    expect_repeat(desk.run(reclaim("back")), back);
    expect_repeat(desk.run(submit("second")), second);

    // What is derived from the facts is as then, too: the first attempt was not late.
    const auto& assignment = desk.school.assignment();
    const auto again = desk.run(submit("first"));
    EXPECT_FALSE(again->flags.late);
    EXPECT_FALSE(flags_of(again->submission, assignment, desk.now).late);
    EXPECT_EQ(state_of(again->submission), domain::SubmissionState::submitted);
    EXPECT_TRUE(desk.run(submit("second"))->flags.late);
}

TEST_F(Replay, AnswersAlsoWhenNothingIsTakenAnyMore) {
    const auto first = desk.run(submit("k"));
    auto& assignment = desk.school.assignment();
    assignment.close_at = kNow - 1h;
    assignment.locked = true;
    assignment.max_attempts = 1;
    assignment.kinds = {};
    desk.forget();
    expect_repeat(desk.run(submit("k")), first);
}

TEST_F(Replay, OtherKeysAreOtherCommands) {
    ASSERT_TRUE(desk.run(submit("k")));
    const auto other = desk.run(submit("l"));
    ASSERT_TRUE(other);
    EXPECT_FALSE(other->repeated);
    EXPECT_EQ(other->submission.attempts.size(), 2U);
    const auto none = desk.submit(desk.school.student);
    ASSERT_TRUE(none);
    EXPECT_FALSE(none->repeated);
    EXPECT_EQ(none->submission.attempts.size(), 3U);
}

TEST_F(Replay, OfOneStudentIsNotOfAnother) {
    ASSERT_TRUE(desk.run(submit("k")));
    auto other = submit_of(desk.school, desk.school.other);
    other.replay_key = key_of("k");
    const auto outcome = desk.run(std::move(other));
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->repeated);
}

// edlink.md 2.2 (INF): failures are not stored
TEST_F(Replay, RefusedCommandsLeaveNoKey) {
    desk.school.assignment().locked = true;
    EXPECT_FALSE(desk.run(submit("k")));
    desk.school.assignment().locked = false;
    desk.forget();
    const auto outcome = desk.run(submit("k"));
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->repeated);
}

// What was acknowledged stays so, whatever has become of the assignment.
TEST_F(Replay, OutlivesTheAssignment) {
    const auto first = desk.run(submit("k"));
    desk.school.assignment().published = false;
    desk.forget();
    expect_repeat(desk.run(submit("k")), first);
    desk.school.assignment().deleted_at = kNow;
    desk.forget();
    expect_repeat(desk.run(submit("k")), first);
    EXPECT_EQ(reasons(desk.run(submit("another"))), std::vector{Reason::not_found});
}

// edlink.md 2.2: kept 30 days
TEST_F(Replay, LastsThirtyDays) {
    const auto first = desk.run(submit("k"));
    desk.now = kNow + std::chrono::days(30);
    expect_repeat(desk.run(submit("k")), first);
    desk.now += 1us;
    const auto later = desk.run(submit("k"));
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->repeated);
    EXPECT_EQ(later->submission.attempts.size(), 2U);
    // From now on the key stands for the second.
    expect_repeat(desk.run(submit("k")), later);
    EXPECT_EQ(desk.row(desk.school.student)->replays.size(), 1U);
}

TEST_F(Replay, ExpiredKeysAreForgotten) {
    ASSERT_TRUE(desk.run(submit("a")));
    desk.now += std::chrono::days(20);
    ASSERT_TRUE(desk.run(submit("b")));
    EXPECT_EQ(desk.row(desk.school.student)->replays.size(), 2U);
    desk.now += std::chrono::days(20);
    ASSERT_TRUE(desk.submit(desk.school.student));  // also by a command without a key
    const auto replays = desk.row(desk.school.student)->replays;
    ASSERT_EQ(replays.size(), 1U);
    EXPECT_EQ(replays[0].key, key_of("b"));
}

}  // namespace
}  // namespace handin::test
