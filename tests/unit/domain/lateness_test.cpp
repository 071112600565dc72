// Late and missing, with what graders say about it.
#include "domain/lateness.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Lateness;
using domain::LatenessFacts;
using domain::LateStatus;

const Time kDue = kNow;
const domain::StudentDates kDates{.due_at = kDue};

struct Case {
    const char* row;
    LatenessFacts facts;
    Time now;
    bool late, missing;
    std::chrono::seconds by;
};

// canvas-live-events.md 4.2, "order" and column
const Case kCases[] = {
    {"late 1: excused",
     {.submitted_at = kDue + 1h, .excused = true},
     kDue + 2h,
     false,
     false,
     3600s},
    {"late 1: custom status",
     {.submitted_at = kDue + 1h, .custom_status = true},
     kDue + 2h,
     false,
     false,
     3600s},
    {"late 2: status late, on time by the dates",
     {.submitted_at = kDue - 1h, .status = LateStatus::late, .seconds_late_override = 90s},
     kDue,
     true,
     false,
     90s},
    {"late 2: status late without seconds",
     {.submitted_at = kDue + 5h, .status = LateStatus::late},
     kDue + 5h,
     true,
     false,
     0s},
    {"late 2: status none on late work",
     {.submitted_at = kDue + 1h, .status = LateStatus::none},
     kDue + 2h,
     false,
     false,
     3600s},
    {"late 2: extended",
     {.submitted_at = kDue + 1h, .status = LateStatus::extended},
     kDue + 2h,
     false,
     false,
     3600s},
    {"late 2: missing",
     {.submitted_at = kDue + 1h, .status = LateStatus::missing},
     kDue + 2h,
     false,
     true,
     3600s},
    {"late 3: after", {.submitted_at = kDue + 1s}, kDue + 9h, true, false, 1s},
    {"late 3: on time", {.submitted_at = kDue}, kDue + 9h, false, false, 0s},
    {"late 3: nothing handed in", {}, kDue + 9h, false, true, 32'400s},
    {"missing 1: excused", {.excused = true}, kDue + 9h, false, false, 32'400s},
    {"missing 1: custom status", {.custom_status = true}, kDue + 9h, false, false, 32'400s},
    {"missing 2: graded by hand", {.graded_by_somebody = true}, kDue + 9h, false, false, 32'400s},
    {"missing 3: graded by hand, status missing",
     {.status = LateStatus::missing, .graded_by_somebody = true},
     kDue - 9h,
     false,
     true,
     0s},
    {"missing 3: status none", {.status = LateStatus::none}, kDue + 9h, false, false, 32'400s},
    {"missing 3: status late", {.status = LateStatus::late}, kDue + 9h, true, false, 0s},
    {"missing 4: handed in", {.submitted_at = kDue - 1h}, kDue + 9h, false, false, 0s},
    {"missing 5: not due yet", {}, kDue, false, false, 0s},
    {"missing 6: on paper", {.expects_work = false}, kDue + 9h, false, false, 32'400s},
};

TEST(Lateness, FollowsTheTable) {
    for (const auto& c : kCases) {
        const auto result = lateness_of(c.facts, kDates, c.now);
        EXPECT_EQ(result.late, c.late) << c.row;
        EXPECT_EQ(result.missing, c.missing) << c.row;
        EXPECT_EQ(result.seconds_late, c.by) << c.row;
        EXPECT_FALSE(result.authorised_late) << c.row;

        // Without a due date only what somebody has said makes it late or missing.
        const auto open_ended = lateness_of(c.facts, {}, c.now);
        EXPECT_EQ(open_ended.late, c.facts.status == LateStatus::late) << c.row;
        EXPECT_EQ(open_ended.missing, c.facts.status == LateStatus::missing) << c.row;
    }
}

// An extension moves what is missing, too.
TEST(Lateness, WithinAnExtension) {
    const domain::StudentDates dates{.due_at = kDue, .extended_until = kDue + 10h};
    EXPECT_EQ(lateness_of({.submitted_at = kDue + 1h}, dates, kDue + 2h),
              (Lateness{.authorised_late = true}));
    EXPECT_FALSE(lateness_of({}, dates, kDue + 9h).missing);
    EXPECT_TRUE(lateness_of({}, dates, kDue + 10h).missing);
}

// tabula.md L6 and 4.4: AEP, closes 2020-01-14, explicit deadline 2020-01-15 15:00
TEST(Lateness, ExplicitDeadline) {
    const auto deadline = kDue + 39h;
    LatenessFacts facts{.submitted_at = kDue + 24h, .explicit_deadline = deadline};
    EXPECT_FALSE(lateness_of(facts, kDates, kDue + 50h).late);
    facts.submitted_at = deadline + 2min;
    EXPECT_TRUE(lateness_of(facts, kDates, kDue + 50h).late);
}

}  // namespace
}  // namespace handin::test
