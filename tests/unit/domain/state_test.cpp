// The table from facts to states.
#include "domain/state.hpp"

#include <gtest/gtest.h>

#include "support/commands.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Assignment;
using domain::AssignmentState;
using domain::Submission;
using domain::SubmissionState;

Submission submission(std::size_t attempts, bool reclaimed) {
    Submission made;
    for (std::size_t i = 0; i < attempts; ++i)
        made.attempts.push_back(id_of("attempt " + std::to_string(i)));
    made.reclaimed = reclaimed;
    if (attempts > 0) made.submitted_at = kNow;
    return made;
}

// edlink.md 3.1 "state"
TEST(State, OfSubmission) {
    EXPECT_EQ(state_of(submission(0, false)), SubmissionState::created);
    EXPECT_EQ(state_of(submission(1, false)), SubmissionState::submitted);
    EXPECT_EQ(state_of(submission(3, false)), SubmissionState::submitted);
    EXPECT_EQ(state_of(submission(1, true)), SubmissionState::reclaimed);
    EXPECT_EQ(state_of(submission(3, true)), SubmissionState::reclaimed);
}

struct StateCase {
    const char* row;
    std::size_t attempts;
    bool reclaimed;
    int graded;    // the attempt that a grade judges; -1: none
    int returned;  // the number of attempts when it was; -1: never
    SubmissionState edlink;
    domain::CanvasState canvas;
    bool tabula;  // there is a submission
};

using Canvas = domain::CanvasState;

// docs/grading.md, line by line
constexpr StateCase kStates[] = {
    {"edlink 3.1 phantom; canvas 4.6 unsubmitted", 0, false, -1, -1, SubmissionState::created,
     Canvas::unsubmitted, false},
    {"edlink 3.1 submitted; canvas 4.6 submission", 1, false, -1, -1, SubmissionState::submitted,
     Canvas::submitted, true},
    {"edlink 3.1 reclaimed", 1, true, -1, -1, SubmissionState::reclaimed, Canvas::unsubmitted,
     false},
    {"canvas 4.6 score given, never submitted", 0, false, 0, -1, SubmissionState::created,
     Canvas::graded, false},
    {"canvas 4.6 score given", 2, false, 2, -1, SubmissionState::submitted, Canvas::graded, true},
    {"canvas 4.6 resubmission", 3, false, 2, -1, SubmissionState::submitted, Canvas::submitted,
     true},
    {"a grade of taken back work", 1, true, 1, -1, SubmissionState::reclaimed, Canvas::graded,
     false},
    {"a grade of work before the taken back one", 2, true, 1, -1, SubmissionState::reclaimed,
     Canvas::unsubmitted, false},
    {"edlink 3.6 return", 1, false, -1, 1, SubmissionState::returned, Canvas::submitted, true},
    {"edlink 3.1 graded and handed back", 1, false, 1, 1, SubmissionState::returned, Canvas::graded,
     true},
    {"handed back, then in again", 2, false, 1, 1, SubmissionState::submitted, Canvas::submitted,
     true},
    {"a grade without work, handed back", 0, false, 0, 0, SubmissionState::returned, Canvas::graded,
     false},
};

TEST(State, OfEveryDialect) {
    for (const auto& c : kStates) {
        auto facts = submission(c.attempts, c.reclaimed);
        if (c.graded >= 0)
            facts.marking.grade = domain::Grade{.attempt = static_cast<std::uint32_t>(c.graded)};
        if (c.returned >= 0)
            facts.marking.returned =
                domain::Return{.attempts = static_cast<std::uint32_t>(c.returned)};
        EXPECT_EQ(state_of(facts), c.edlink) << c.row;
        EXPECT_EQ(canvas_state_of(facts), c.canvas) << c.row;
        EXPECT_EQ(live_attempt(facts),
                  c.tabula ? std::optional(facts.attempts.back()) : std::nullopt)
            << c.row;
    }
}

struct FlagsCase {
    std::size_t attempts;
    bool reclaimed;
    std::chrono::microseconds submitted;  // after the due date
    std::chrono::microseconds now;        // after the due date
    bool late, missing;
};

// edlink.md 3.1 "flags"; whole seconds: DESIGN 5.4, tabula.md L8
constexpr FlagsCase kFlags[] = {
    {0, false, 0s, -1s, false, false},
    {0, false, 0s, 999'999us, false, false},  // the second of the due date is on time
    {0, false, 0s, 1s, false, true},
    {1, false, -1s, 100h, false, false},
    {1, false, 999'999us, 100h, false, false},
    {1, false, 1s, 100h, true, false},
    {1, true, -1s, -1s, false, false},
    {1, true, -1s, 1s, false, true},  // taken back: nothing is handed in
    {1, true, 1s, 2s, false, true},
};

TEST(State, FlagsOfSubmission) {
    const Time due = kNow;
    Assignment assignment;
    assignment.due_at = due;
    assignment.kinds = domain::AttachmentKinds::of({domain::AttachmentKind::text});
    for (std::size_t i = 0; i < std::size(kFlags); ++i) {
        const auto& c = kFlags[i];
        auto facts = submission(c.attempts, c.reclaimed);
        if (c.attempts > 0) facts.submitted_at = due + c.submitted;
        const auto flags = flags_of(facts, assignment, due + c.now);
        EXPECT_EQ(flags.late, c.late) << "case " << i;
        EXPECT_EQ(flags.missing, c.missing) << "case " << i;

        // tabula.md L5: open-ended work is never late, and never missing.
        const auto open_ended = flags_of(facts, Assignment{}, due + c.now);
        EXPECT_FALSE(open_ended.late || open_ended.missing) << "case " << i;
    }
}

TEST(State, DueDateCountsInWholeSeconds) {
    Assignment assignment;
    assignment.due_at = kNow + 700ms;
    auto facts = submission(1, false);
    facts.submitted_at = kNow + 999'999us;
    EXPECT_FALSE(flags_of(facts, assignment, kNow).late);
    facts.submitted_at = kNow + 1s;
    EXPECT_TRUE(flags_of(facts, assignment, kNow).late);
}

struct AssignmentCase {
    const char* name;
    void (*arrange)(Assignment&);
    AssignmentState state;
};

// edlink.md 3.4 "state", at kNow
const AssignmentCase kAssignments[] = {
    {"no dates", [](Assignment&) {}, AssignmentState::open},
    {"draft before all", [](Assignment& a) { a.published = false, a.locked = true; },
     AssignmentState::draft},
    {"locked by hand", [](Assignment& a) { a.locked = true; }, AssignmentState::locked},
    {"locked before it opens", [](Assignment& a) { a.locked = true, a.open_at = kNow + 1h; },
     AssignmentState::locked},
    {"opens in a second", [](Assignment& a) { a.open_at = kNow + 1s; }, AssignmentState::scheduled},
    {"opens this second", [](Assignment& a) { a.open_at = kNow + 999'999us; },
     AssignmentState::open},
    {"shown in a second", [](Assignment& a) { a.display_at = kNow + 1s; },
     AssignmentState::scheduled},
    {"shown later, open already",
     [](Assignment& a) { a.display_at = kNow + 1h, a.open_at = kNow - 1h; }, AssignmentState::open},
    {"closes this second", [](Assignment& a) { a.close_at = kNow; }, AssignmentState::open},
    {"closed a second ago", [](Assignment& a) { a.close_at = kNow - 1us; },
     AssignmentState::locked},
    {"due dates lock nothing", [](Assignment& a) { a.due_at = kNow - 1h; }, AssignmentState::open},
};

TEST(State, OfAssignment) {
    for (const auto& c : kAssignments) {
        Assignment assignment;
        c.arrange(assignment);
        EXPECT_EQ(state_of(assignment, kNow), c.state) << c.name;
    }
}

// edlink.md 3.4: display_date, assignee_mode; 5: "draft, or not assigned to caller"
TEST(State, WhoSeesAnAssignment) {
    const auto ann = id_of("ann");
    const auto bob = id_of("bob");
    Assignment assignment;
    EXPECT_TRUE(is_visible_to(ann, assignment, kNow));

    assignment.published = false;
    EXPECT_FALSE(is_visible_to(ann, assignment, kNow));
    assignment.published = true;

    assignment.display_at = kNow;
    EXPECT_TRUE(is_visible_to(ann, assignment, kNow));
    EXPECT_FALSE(is_visible_to(ann, assignment, kNow - 1s));
    assignment.open_at = kNow + 1h;  // may be seen before work is taken
    EXPECT_TRUE(is_visible_to(ann, assignment, kNow));

    assignment.everybody = false;
    EXPECT_FALSE(is_visible_to(ann, assignment, kNow));
    assignment.assignees = {ann};
    EXPECT_TRUE(is_visible_to(ann, assignment, kNow));
    EXPECT_FALSE(is_visible_to(bob, assignment, kNow));
    assignment.assignees = {std::min(ann, bob), std::max(ann, bob)};
    EXPECT_TRUE(is_visible_to(ann, assignment, kNow));
    EXPECT_TRUE(is_visible_to(bob, assignment, kNow));
}

// DESIGN 5.3, edlink.md 3.1 "phantom submissions"
TEST(State, UntouchedSubmissionHasItsIdBeforeItHasARow) {
    Assignment assignment;
    assignment.id = id_of("assignment");
    assignment.created_at = kNow - 2h;
    const auto person = id_of("person");
    const auto early = untouched(assignment, person, kNow - 3h);
    const auto late = untouched(assignment, person, kNow - 1h);
    EXPECT_EQ(early.id, domain::submission_id(assignment.id, person));
    EXPECT_EQ(early.id, late.id);
    EXPECT_EQ(early.assignment_id, assignment.id);
    EXPECT_EQ(early.person_id, person);
    EXPECT_EQ(state_of(early), SubmissionState::created);
    EXPECT_EQ(early.version, 0);
    EXPECT_FALSE(early.submitted_at);
    // It is there since both the assignment and the enrollment are.
    EXPECT_EQ(early.created_at, kNow - 2h);
    EXPECT_EQ(late.created_at, kNow - 1h);
    EXPECT_EQ(late.updated_at, kNow - 1h);
}

TEST(State, SubmissionIdsAreDerived) {
    const auto a = id_of("a");
    const auto b = id_of("b");
    EXPECT_EQ(domain::submission_id(a, b), domain::submission_id(a, b));
    EXPECT_NE(domain::submission_id(a, b), domain::submission_id(b, a));
    EXPECT_NE(domain::submission_id(a, b), domain::submission_id(a, a));
    // Once given out it must never change: the UUIDv5 of the person's 16 bytes in the assignment's
    // namespace (by Python's uuid.uuid5 over the same bytes).
    EXPECT_EQ(domain::submission_id(*Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
                                    *Uuid::parse("00112233-4455-6677-8899-aabbccddeeff"))
                  .str(),
              "3ce032d8-3e54-550a-bc51-9e024c76649b");
}

// DESIGN 5.3: below 10^13, so that global ids can add the shard.
TEST(State, SubmissionNumbers) {
    EXPECT_EQ(domain::submission_number(1, 1), 1'000'001);
    EXPECT_EQ(domain::submission_number(9'999'999, 999'999), 9'999'999'999'999);
}

// edlink.md 1.3
TEST(Roles, WhoTeachesAndWhoLeads) {
    using domain::Role;
    const struct {
        std::vector<Role> roles;
        bool teaches;
        Role leading;
    } cases[] = {
        {{Role::student}, false, Role::student},
        {{Role::teacher}, true, Role::teacher},
        {{Role::ta}, true, Role::ta},
        {{Role::designer}, true, Role::designer},
        {{Role::administrator}, true, Role::administrator},
        {{Role::district_administrator}, true, Role::district_administrator},
        {{Role::staff}, false, Role::observer},
        {{Role::aide}, false, Role::observer},
        {{Role::observer}, false, Role::observer},
        {{Role::parent}, false, Role::observer},
        {{Role::guardian}, false, Role::observer},
        {{Role::member}, false, Role::observer},
        {{Role::student, Role::ta}, true, Role::ta},
        {{Role::student, Role::observer}, false, Role::student},
    };
    for (const auto& [list, teaches, leading] : cases) {
        domain::Roles roles;
        EXPECT_TRUE(roles.empty());
        for (const auto role : list)
            roles.add(role);
        EXPECT_EQ(roles.teaches(), teaches) << static_cast<int>(list.front());
        EXPECT_EQ(roles.leading(), leading) << static_cast<int>(list.front());
        for (const auto role : list)
            EXPECT_TRUE(roles.has(role));
    }
}

}  // namespace
}  // namespace handin::test
