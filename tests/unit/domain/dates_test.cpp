// Whose dates are which: assignment, overrides, extensions.
#include "domain/dates.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Assignment;
using domain::DateChange;
using domain::DateOverride;
using domain::Extension;
using domain::Gate;
using domain::StudentDates;
using Kind = DateOverride::Kind;

const Time kDue = kNow;

Assignment assignment() {
    Assignment made;
    made.id = id_of("assignment");
    made.open_at = kDue - 240h;
    made.due_at = kDue;
    made.close_at = kDue + 240h;
    return made;
}

// Ann: in sections `day` (active) and `left` (no longer), in the group `team`.
domain::Placement ann() {
    return {
        .person_id = id_of("ann"),
        .sections = {{.id = id_of("day"), .active = true}, {.id = id_of("left"), .active = false}},
        .group_id = id_of("team")};
}

DateOverride due_of(Kind kind, std::string_view target, std::optional<Time> due) {
    return {.id = id_of("override"),
            .assignment_id = id_of("assignment"),
            .kind = kind,
            .target_id = id_of(target),
            .due = DateChange::to(due)};
}

DateOverride inherits(Kind kind, std::string_view target) {
    auto made = due_of(kind, target, {});
    made.due = {};
    return made;
}

struct DueCase {
    const char* name;
    std::vector<DateOverride> overrides;
    std::optional<Time> due;
};

// canvas-live-events.md 4.1, "newest": the number is the sort key that decides.
TEST(Dates, DueDateFromOverrides) {
    const DueCase cases[] = {
        {"none: the base date", {}, kDue},
        {"others' overrides do not count",
         {due_of(Kind::person, "bob", kDue + 9h), due_of(Kind::section, "evening", kDue + 9h),
          due_of(Kind::group, "rivals", kDue + 9h)},
         kDue},
        {"3: an earlier individual date beats the base",
         {due_of(Kind::person, "ann", kDue - 1h)},
         kDue - 1h},
        {"3: individual before section and group, though they are later",
         {due_of(Kind::section, "day", kDue + 5h), due_of(Kind::person, "ann", kDue + 1h),
          due_of(Kind::group, "team", kDue + 9h)},
         kDue + 1h},
        {"4: of section and group the later",
         {due_of(Kind::section, "day", kDue + 5h), due_of(Kind::group, "team", kDue + 9h)},
         kDue + 9h},
        {"4: no due date before any",
         {due_of(Kind::section, "day", {}), due_of(Kind::group, "team", kDue + 9h)},
         std::nullopt},
        {"2: one that sets a date before one that inherits, though that is individual",
         {inherits(Kind::person, "ann"), due_of(Kind::section, "day", kDue + 5h)},
         kDue + 5h},
        {"2: only one that inherits: the base date", {inherits(Kind::person, "ann")}, kDue},
        {"1: an active section before one that was left, though that is later",
         {due_of(Kind::section, "day", kDue + 1h), due_of(Kind::section, "left", kDue + 9h)},
         kDue + 1h},
        {"1: even the base date before a section that was left",
         {due_of(Kind::section, "left", kDue + 9h)},
         kDue},
    };
    for (const auto& c : cases) {
        const auto dates = dates_of(assignment(), ann(), c.overrides);
        EXPECT_EQ(dates.due_at, c.due) << c.name;
        EXPECT_TRUE(dates.assigned) << c.name;
        EXPECT_EQ(dates.open_at, assignment().open_at) << c.name;
        EXPECT_EQ(dates.close_at, assignment().close_at) << c.name;
    }
}

// canvas-live-events.md 4.1: the same for opening and closing; lenient is early and late.
TEST(Dates, OpeningAndClosingFromOverrides) {
    auto day = inherits(Kind::section, "day");
    day.open = DateChange::to(kDue - 300h);
    day.close = DateChange::to(kDue + 250h);
    auto team = inherits(Kind::group, "team");
    team.open = DateChange::to(kDue - 200h);
    team.close = DateChange::to(kDue + 260h);
    const std::vector both{day, team};
    auto dates = dates_of(assignment(), ann(), both);
    EXPECT_EQ(dates.open_at, kDue - 300h);
    EXPECT_EQ(dates.close_at, kDue + 260h);
    EXPECT_EQ(dates.due_at, kDue);

    auto own = inherits(Kind::person, "ann");
    own.open = DateChange::to(std::nullopt);
    own.close = DateChange::to(kDue);
    const std::vector three{day, team, own};
    dates = dates_of(assignment(), ann(), three);
    EXPECT_EQ(dates.open_at, std::nullopt);
    EXPECT_EQ(dates.close_at, kDue);

    // Work is taken from the day of display where no opening is set (edlink.md 3.4).
    auto shown = assignment();
    shown.open_at.reset();
    shown.display_at = kDue - 5h;
    EXPECT_EQ(dates_of(shown, ann()).open_at, kDue - 5h);
}

// canvas-live-events.md 4.1: "a candidate only if visible to everyone", "unassign_item".
TEST(Dates, WhoIsAssigned) {
    auto some = assignment();
    some.everybody = false;
    EXPECT_FALSE(dates_of(some, ann()).assigned);

    const std::vector day{due_of(Kind::section, "day", kDue - 5h)};
    auto dates = dates_of(some, ann(), day);
    EXPECT_TRUE(dates.assigned);
    EXPECT_EQ(dates.due_at, kDue - 5h);

    // The base date is no candidate, so a section that was left counts.
    const std::vector left{due_of(Kind::section, "left", kDue + 9h)};
    EXPECT_EQ(dates_of(some, ann(), left).due_at, kDue + 9h);

    some.assignees = {id_of("ann")};  // edlink.md 3.4 assignee_mode: individuals
    EXPECT_TRUE(dates_of(some, ann()).assigned);

    auto away = inherits(Kind::section, "day");
    away.unassigned = true;
    const std::vector taken{away};
    EXPECT_FALSE(dates_of(assignment(), ann(), taken).assigned);
}

Extension extension(Extension::State state, std::optional<Time> until) {
    return {.id = id_of("extension"),
            .assignment_id = id_of("assignment"),
            .person_id = id_of("ann"),
            .state = state,
            .until = until};
}

// tabula.md 4.5
TEST(Dates, WhichExtensionCounts) {
    using enum Extension::State;
    auto bobs = extension(approved, kDue + 9h);
    bobs.person_id = id_of("bob");
    auto elsewhere = extension(approved, kDue + 9h);
    elsewhere.assignment_id = id_of("another");
    const struct {
        const char* name;
        std::vector<Extension> extensions;
        std::optional<Time> until;
    } cases[] = {
        {"approved", {extension(approved, kDue + 9h)}, kDue + 9h},
        {"unreviewed (L12)", {extension(unreviewed, kDue + 9h)}, {}},
        {"rejected (L12)", {extension(rejected, kDue + 9h)}, {}},
        {"revoked (L12)", {extension(revoked, kDue + 9h)}, {}},
        {"more info required", {extension(more_info_required, kDue + 9h)}, {}},
        {"more info received", {extension(more_info_received, kDue + 9h)}, {}},
        {"without an end", {extension(approved, {})}, {}},
        {"ends before it is due: not relevant", {extension(approved, kDue - 1h)}, {}},
        {"of two the later (L11)",
         {extension(approved, kDue + 9h), extension(approved, kDue + 2h)},
         kDue + 9h},
        {"somebody else's", {bobs}, {}},
        {"for other work", {elsewhere}, {}},
    };
    for (const auto& c : cases) {
        const auto dates = dates_of(assignment(), ann(), {}, c.extensions);
        EXPECT_EQ(dates.extended_until, c.until) << c.name;
        EXPECT_EQ(dates.deadline(), c.until ? c.until : std::optional(kDue)) << c.name;
    }
    auto open_ended = assignment();
    open_ended.due_at.reset();
    const std::vector one{extension(approved, kDue + 9h)};
    EXPECT_FALSE(dates_of(open_ended, ann(), {}, one).deadline());
}

struct LateCase {
    const char* row;
    std::optional<Time> due, extended;
    Time submitted;
    bool late, authorised;
    std::chrono::seconds by;
};

// tabula.md 5.2, lateness: closes 2013-01-30 00:00; here kDue. 01-20 is ten days before.
const LateCase kLate[] = {
    {"L1", kDue, {}, kDue - 240h, false, false, 0s},
    {"L2", kDue, {}, kDue + 24h, true, false, 86'400s},
    {"L3", kDue, kDue + 36h, kDue + 24h, false, true, 0s},
    {"L4", kDue, kDue + 36h, kDue + 48h, true, false, 43'200s},
    {"L5", {}, {}, kDue + 48h, false, false, 0s},
    {"L8", kDue, {}, kDue, false, false, 0s},
    {"L8, within the second", kDue, {}, kDue + 999'999us, false, false, 0s},
    {"L9", kDue, kDue + 36h, kDue + 36h, true, false, 1s},
    {"L9, a moment before", kDue, kDue + 36h, kDue + 36h - 1us, false, true, 0s},
    {"a second late", kDue, {}, kDue + 1s, true, false, 1s},
};

TEST(Dates, LateAndAuthorisedLate) {
    for (const auto& c : kLate) {
        const StudentDates dates{.due_at = c.due, .extended_until = c.extended};
        EXPECT_EQ(is_late(dates, c.submitted), c.late) << c.row;
        EXPECT_EQ(is_authorised_late(dates, c.submitted), c.authorised) << c.row;
        EXPECT_EQ(time_late(dates, c.submitted), c.by) << c.row;
    }
}

// tabula.md L10: 10 on time, 5 after close, one more inside an approved extension.
TEST(Dates, ExactlyThoseWithoutAnExtensionAreLate) {
    const std::vector approved{extension(Extension::State::approved, kDue + 100h)};
    int late = 0;
    for (int i = 0; i < 16; ++i) {
        const domain::Placement who{.person_id = i == 15 ? id_of("ann") : uuid_v4()};
        const auto submitted = i < 10 ? kDue - 1h : kDue + 1h;
        late += is_late(dates_of(assignment(), who, {}, approved), submitted) ? 1 : 0;
    }
    EXPECT_EQ(late, 5);
}

struct GateCase {
    const char* row;
    StudentDates dates;
    bool late_allowed;
    Time at;
    Gate gate;
};

// tabula.md 4.2 R2, R4 and L7; canvas lock_at; edlink.md 3.4 start_date, end_date
TEST(Dates, WhenWorkIsTaken) {
    const StudentDates plain{.open_at = kDue - 9h, .due_at = kDue, .close_at = kDue + 9h};
    auto extended = plain;
    extended.extended_until = kDue + 20h;
    const GateCase cases[] = {
        {"R2", plain, true, kDue - 9h - 1s, Gate::not_open_yet},
        {"opens", plain, true, kDue - 9h, Gate::open},
        {"no dates", {}, false, kDue, Gate::open},
        {"exactly when due", plain, false, kDue + 999ms, Gate::open},
        {"R4", plain, false, kDue + 1s, Gate::past_due},
        {"late is allowed", plain, true, kDue + 1s, Gate::open},
        {"closing second", plain, true, kDue + 9h, Gate::open},
        {"closed", plain, true, kDue + 9h + 1s, Gate::closed},
        {"R4, within an extension", extended, false, kDue + 1s, Gate::open},
        {"closed, but within an extension", extended, false, kDue + 10h, Gate::open},
        {"extension over", extended, false, kDue + 20h, Gate::closed},
        {"an extension opens nothing", extended, true, kDue - 10h, Gate::not_open_yet},
    };
    for (const auto& c : cases)
        EXPECT_EQ(gate_at(c.dates, c.late_allowed, c.at), c.gate) << c.row;
}

}  // namespace
}  // namespace handin::test
