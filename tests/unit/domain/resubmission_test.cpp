// Handing in again: the assignment's policy, the account's rule for an origin, the limit.
#include <gtest/gtest.h>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using domain::Origin;
using domain::Reason;
using domain::Resubmission;

constexpr std::uint32_t bit(Origin origin) {
    return 1U << static_cast<unsigned>(origin);
}

struct Case {
    Resubmission policy;
    std::uint32_t reclaim_first;  // of the account
    Origin origin;
    bool reclaimed;  // the one attempt there is
    bool taken;
};

// edlink.md 8 "resubmit: per-provider policy"; DESIGN 5.1: policy data, never the dialect
constexpr Case kCases[] = {
    {Resubmission::open, 0, Origin::edlink, false, true},
    {Resubmission::open, 0, Origin::canvas, false, true},
    {Resubmission::open, 0, Origin::edlink, true, true},
    // DESIGN 7: through Edlink a resubmission first needs a reclaim, an account setting
    {Resubmission::open, bit(Origin::edlink), Origin::edlink, false, false},
    {Resubmission::open, bit(Origin::edlink), Origin::edlink, true, true},
    {Resubmission::open, bit(Origin::edlink), Origin::canvas, false, true},
    {Resubmission::open, bit(Origin::edlink), Origin::tabula, false, true},
    {Resubmission::open, bit(Origin::edlink), Origin::handin, false, true},
    {Resubmission::open, bit(Origin::canvas) | bit(Origin::handin), Origin::canvas, false, false},
    {Resubmission::open, bit(Origin::canvas) | bit(Origin::handin), Origin::edlink, false, true},
    {Resubmission::open, bit(Origin::canvas) | bit(Origin::handin), Origin::handin, false, false},
    {Resubmission::after_reclaim, 0, Origin::edlink, false, false},
    {Resubmission::after_reclaim, 0, Origin::canvas, false, false},
    {Resubmission::after_reclaim, 0, Origin::canvas, true, true},
    {Resubmission::after_reclaim, bit(Origin::edlink), Origin::edlink, true, true},
    {Resubmission::none, 0, Origin::edlink, false, false},
    {Resubmission::none, 0, Origin::canvas, false, false},
    {Resubmission::none, 0, Origin::edlink, true, false},  // the policy has become stricter since
};

TEST(Resubmission, PolicyOriginAndReclaim) {
    for (std::size_t i = 0; i < std::size(kCases); ++i) {
        const auto& c = kCases[i];
        Desk desk;
        desk.school.account().reclaim_first = c.reclaim_first;
        desk.school.assignment().resubmission = c.policy;
        ASSERT_TRUE(desk.submit(desk.school.student)) << "case " << i;
        auto row = *desk.row(desk.school.student);
        row.reclaimed = c.reclaimed;
        desk.put(row);

        auto again = submit_of(desk.school, desk.school.student);
        again.origin = c.origin;
        const auto outcome = desk.run(std::move(again));
        EXPECT_EQ(reasons(outcome),
                  c.taken ? std::vector<Reason>{} : std::vector{Reason::already_submitted})
            << "case " << i;
        EXPECT_EQ(desk.row(desk.school.student)->attempts.size(), c.taken ? 2U : 1U)
            << "case " << i;
    }
}

TEST(Resubmission, TheFirstAttemptNeedsNoReclaim) {
    for (const auto policy :
         {Resubmission::none, Resubmission::after_reclaim, Resubmission::open}) {
        Desk desk;
        desk.school.account().reclaim_first = ~0U;
        desk.school.assignment().resubmission = policy;
        EXPECT_TRUE(desk.submit(desk.school.student));
    }
}

// edlink.md 3.4 max_attempts; 5 "attempts used up"
TEST(Resubmission, EndsWithTheLastAttempt) {
    Desk desk;
    desk.school.assignment().max_attempts = 3;
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(desk.submit(desk.school.student)) << i;
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::attempts_used_up});
    EXPECT_TRUE(desk.submit(desk.school.other));  // everybody has their own

    desk.school.assignment().max_attempts = 4;
    desk.forget();
    EXPECT_TRUE(desk.submit(desk.school.student));
}

// A submission is shown with all of its attempts, so there is an end to any number of them.
TEST(Resubmission, EndsAfterFiveHundredAttempts) {
    for (const std::optional<std::int64_t> limit : {std::optional<std::int64_t>(), {1'000'000}}) {
        Desk desk;
        desk.school.assignment().max_attempts = limit;
        for (int i = 0; i < 500; ++i)
            ASSERT_TRUE(desk.submit(desk.school.student)) << i;
        EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::attempts_used_up});
        EXPECT_EQ(reasons(desk.reclaim(desk.school.student)),
                  std::vector{Reason::attempts_used_up});
    }
}

TEST(Resubmission, AReclaimedAttemptIsUsedUp) {
    Desk desk;
    desk.school.assignment().max_attempts = 2;
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.reclaim(desk.school.student));
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::attempts_used_up});
}

// One reason for one thing: a used-up limit is told before a missing reclaim.
TEST(Resubmission, TellsTheReasonThatNothingCanHeal) {
    Desk desk;
    desk.school.account().reclaim_first = bit(Origin::edlink);
    desk.school.assignment().max_attempts = 1;
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::attempts_used_up});
    desk.school.assignment().resubmission = Resubmission::none;
    desk.forget();
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::already_submitted});
}

}  // namespace
}  // namespace handin::test
