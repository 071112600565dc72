// Taking work back (edlink.md 4.1 reclaim; 9.6).
#include <gtest/gtest.h>

#include "domain/desk.hpp"
#include "domain/state.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Reason;
using domain::Reclaim;
using domain::Resubmission;
using domain::SubmissionState;

TEST(Reclaim, TakesTheLastAttemptBack) {
    Desk desk;
    ASSERT_TRUE(desk.submit(desk.school.student));
    const auto before = *desk.row(desk.school.student);
    desk.now = kNow + 5min;
    const auto outcome = desk.reclaim(desk.school.student);
    ASSERT_TRUE(outcome);

    auto expected = before;
    expected.reclaimed = true;
    expected.updated_at = desk.now;
    expected.version = 2;
    EXPECT_TRUE(same(outcome->submission, expected));
    EXPECT_EQ(state_of(outcome->submission), SubmissionState::reclaimed);
    const auto& changes = outcome->changes;
    ASSERT_EQ(changes.submissions.size(), 1U);
    EXPECT_TRUE(same(changes.submissions[0], expected));
    EXPECT_EQ(changes.events.size(), 1U);
    EXPECT_TRUE(changes.attempts.empty());  // attempts never change: DESIGN 10.3
    EXPECT_TRUE(changes.row_bytes.empty());
    EXPECT_FALSE(outcome->repeated);
}

struct Case {
    const char* name;
    void (*arrange)(Desk&, Reclaim&);  // after one attempt by the student
    Reason reason;
};

const Case kCases[] = {
    // edlink.md 9.6: reclaim from created refused
    {"nothing handed in", [](Desk& d, Reclaim& r) { r = reclaim_of(d.school, d.school.other); },
     Reason::nothing_to_reclaim},
    {"taken back already", [](Desk& d, Reclaim&) { ASSERT_TRUE(d.reclaim(d.school.student)); },
     Reason::nothing_to_reclaim},
    // What can no longer be handed in again must not be taken back.
    {"closed", [](Desk& d, Reclaim&) { d.school.assignment().close_at = kNow - 1s; },
     Reason::closed},
    {"locked", [](Desk& d, Reclaim&) { d.school.assignment().locked = true; }, Reason::locked},
    {"opens later", [](Desk& d, Reclaim&) { d.school.assignment().open_at = kNow + 1s; },
     Reason::not_open_yet},
    {"the last attempt", [](Desk& d, Reclaim&) { d.school.assignment().max_attempts = 1; },
     Reason::attempts_used_up},
    {"handed in once, for good",
     [](Desk& d, Reclaim&) { d.school.assignment().resubmission = Resubmission::none; },
     Reason::already_submitted},
    // Who and where: as for submit.
    {"not enrolled", [](Desk& d, Reclaim& r) { r = reclaim_of(d.school, d.school.outsider); },
     Reason::not_found},
    {"teacher", [](Desk& d, Reclaim& r) { r = reclaim_of(d.school, d.school.teacher); },
     Reason::not_permitted},
    {"teacher for the student",
     [](Desk& d, Reclaim& r) { r.actor = d.school.actor(d.school.teacher); },
     Reason::not_permitted},
    {"class unknown", [](Desk&, Reclaim& r) { r.class_id = id_of("nowhere"); }, Reason::not_found},
    {"assignment unknown", [](Desk&, Reclaim& r) { r.assignment_id = id_of("nothing"); },
     Reason::not_found},
    {"draft again", [](Desk& d, Reclaim&) { d.school.assignment().published = false; },
     Reason::not_found},
};

TEST(Reclaim, Refusals) {
    for (const auto& c : kCases) {
        Desk desk;
        ASSERT_TRUE(desk.submit(desk.school.student));
        auto command = reclaim_of(desk.school, desk.school.student);
        c.arrange(desk, command);
        desk.forget();
        EXPECT_EQ(reasons(desk.run(std::move(command))), std::vector{c.reason}) << c.name;
    }
}

TEST(Reclaim, IsJudgedByWhenItWasReceived) {
    Desk desk;
    ASSERT_TRUE(desk.submit(desk.school.student));
    desk.school.assignment().close_at = kNow;
    desk.forget();
    desk.now = kNow + 1h;
    auto command = reclaim_of(desk.school, desk.school.student);
    command.received_at = kNow + 999ms;
    EXPECT_TRUE(desk.run(std::move(command)));
}

// edlink.md 9.6: submit -> reclaim -> submit gives 2 attempts
TEST(Reclaim, ThenHandInAgain) {
    Desk desk;
    desk.school.assignment().resubmission = Resubmission::after_reclaim;
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_FALSE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.reclaim(desk.school.student));
    const auto again = desk.submit(desk.school.student);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->submission.attempts.size(), 2U);
    EXPECT_FALSE(again->submission.reclaimed);
    EXPECT_EQ(again->submission.version, 3);
}

}  // namespace
}  // namespace handin::test
