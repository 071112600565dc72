// canvas-live-events.md 4.3, row by row.
#include "domain/late_policy.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::deduct;
using domain::GradingType;
using domain::LatePolicy;

LatePolicy daily(double percent) {
    return {.late_enabled = true, .late_deduction = percent};
}
LatePolicy hourly(double percent) {
    return {
        .late_enabled = true, .late_deduction = percent, .interval = LatePolicy::Interval::hour};
}
LatePolicy with_minimum(LatePolicy policy, double percent) {
    policy.minimum_enabled = true;
    policy.minimum_percent = percent;
    return policy;
}

TEST(LatePolicy, IntervalsThatHaveBegun) {  // row "intervals"
    const struct {
        LatePolicy policy;
        std::chrono::seconds late;
        std::int64_t intervals;
    } cases[] = {
        {daily(1), 0s, 0},        {daily(1), 1s, 1},      {daily(1), 86'400s, 1},
        {daily(1), 86'401s, 2},   {hourly(1), 3'600s, 1}, {hourly(1), 3'601s, 2},
        {hourly(1), 86'400s, 24}, {hourly(1), -5s, 0},
    };
    for (const auto& c : cases)
        EXPECT_EQ(intervals_late(c.policy, c.late), c.intervals) << c.late.count();
}

struct Case {
    const char* row;
    LatePolicy policy;
    GradingType type;
    double entered;
    std::optional<double> possible;
    std::chrono::seconds late;
    double score, deducted;
};

const Case kCases[] = {
    {"percent x intervals", daily(10), GradingType::points, 90, 100, 90'000s, 70, 20},
    {"by the hour", hourly(5), GradingType::percent, 8, 10, 3'601s, 7, 1},
    {"letter_grade", daily(10), GradingType::letter_grade, 9, 10, 1s, 8, 1},
    {"gpa_scale", daily(10), GradingType::gpa_scale, 9, 10, 1s, 8, 1},
    {"applies: not when on time", daily(10), GradingType::points, 90, 100, 0s, 90, 0},
    {"applies: not when it is off", {}, GradingType::points, 90, 100, 90'000s, 90, 0},
    {"applies: not without points", daily(10), GradingType::points, 9, {}, 9s, 9, 0},
    {"applies: not with 0 points", daily(10), GradingType::points, 9, 0, 9s, 9, 0},
    {"applies: not to pass_fail", daily(10), GradingType::pass_fail, 10, 10, 9s, 10, 0},
    {"applies: not to not_graded", daily(10), GradingType::not_graded, 9, 10, 9s, 9, 0},
    {"percent: down to the minimum", with_minimum(daily(30), 50), GradingType::points, 90, 100,
     200'000s, 50, 40},
    {"percent: not below, if it is below already", with_minimum(daily(30), 50), GradingType::points,
     40, 100, 1s, 40, 0},
    {"percent: not as far as the minimum", with_minimum(daily(30), 50), GradingType::points, 90,
     100, 1s, 60, 30},
    {"points: not below zero", daily(60), GradingType::points, 50, 100, 1s, 0, 50},
    {"points: a negative score stays", daily(60), GradingType::points, -5, 100, 1s, -5, 0},
    {"points: two decimals", daily(1), GradingType::points, 8.6, 12.34, 1s, 8.48, 0.12},
    {"points: halves away from zero", daily(1.25), GradingType::points, 9, 10, 1s, 8.87, 0.13},
    {"points: no noise of binary fractions", hourly(4.3), GradingType::points, 8.6, 10, 1s, 8.17,
     0.43},
    {"extra credit", daily(10), GradingType::points, 110, 100, 1s, 100, 10},
};

TEST(LatePolicy, Deducts) {
    for (const auto& c : kCases) {
        const auto result = deduct(c.policy, c.type, c.entered, c.possible, c.late);
        EXPECT_EQ(result.score, c.score) << c.row;
        EXPECT_EQ(result.points_deducted, c.deducted) << c.row;
    }
}

TEST(LatePolicy, ScoreOfMissing) {  // row "missing"
    LatePolicy policy{.missing_enabled = true, .missing_deduction = 75};
    EXPECT_EQ(score_of_missing(policy, GradingType::points, 10), 2.5);
    EXPECT_EQ(score_of_missing(policy, GradingType::letter_grade, 10), 2.5);
    EXPECT_EQ(score_of_missing(policy, GradingType::pass_fail, 10), 0);
    EXPECT_EQ(score_of_missing(policy, GradingType::points, {}), 0);
    EXPECT_EQ(score_of_missing(policy, GradingType::not_graded, 10), std::nullopt);
    policy.missing_enabled = false;
    EXPECT_EQ(score_of_missing(policy, GradingType::points, 10), std::nullopt);
}

// Row "score": entered = score + points_deducted; later never scores more.
RC_GTEST_PROP(LatePolicy, NeverGivesAndAlwaysAddsUp, ()) {
    const auto number = [](int from, int to) { return *rc::gen::inRange(from, to) / 100.0; };
    auto policy =
        *rc::gen::arbitrary<bool>() ? daily(number(0, 10'000)) : hourly(number(0, 10'000));
    if (*rc::gen::arbitrary<bool>()) policy = with_minimum(policy, number(0, 10'001));
    const auto possible = number(1, 20'000);
    const auto entered = number(-500, 25'000);
    const std::chrono::seconds late(*rc::gen::inRange(0, 1'000'000));
    const auto now = deduct(policy, GradingType::points, entered, possible, late);
    const auto later = deduct(policy, GradingType::points, entered, possible, late + 7'777s);
    RC_ASSERT(std::abs(now.score + now.points_deducted - entered) < 1e-6);
    RC_ASSERT(now.points_deducted >= 0);
    RC_ASSERT(now.score <= entered);
    RC_ASSERT(later.score <= now.score);
    RC_ASSERT(now.score >= std::min(0.0, entered));
}

}  // namespace
}  // namespace handin::test
