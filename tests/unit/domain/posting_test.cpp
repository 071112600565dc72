// When grades are seen, and by whom.
#include "domain/posting.hpp"

#include <gtest/gtest.h>

#include "domain/visibility.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Anonymity;
using domain::PostPolicy;
using domain::Role;
using domain::Sight;
using domain::Viewer;
using domain::viewer_of;
using Posted = std::optional<Time>;

TEST(Posting, ByGrading) {
    const auto before = kNow - 1h;
    const struct {
        const char* row;
        PostPolicy policy;
        Posted posted_at, then;
    } cases[] = {
        {"canvas 4.6: posted_at = graded_at", PostPolicy::automatic, {}, kNow},
        {"canvas 4.6: unless already posted", PostPolicy::automatic, before, before},
        {"canvas 4.6: unless manual posting", PostPolicy::manual, {}, {}},
        {"posted by hand before", PostPolicy::manual, before, before},
    };
    for (const auto& c : cases)
        EXPECT_EQ(posted_by_grading(c.policy, c.posted_at, kNow), c.then) << c.row;
}

TEST(Posting, ByComment) {
    const struct {
        const char* row;
        PostPolicy policy;
        bool grader;
        Posted posted_at, then;
        bool hidden;
    } cases[] = {
        {"canvas 2.3: instructor's first comment", PostPolicy::automatic, true, {}, kNow, false},
        {"a student's comment posts nothing", PostPolicy::automatic, false, {}, {}, false},
        {"manual: the comment waits", PostPolicy::manual, true, {}, {}, true},
        {"manual: not after posting", PostPolicy::manual, true, kNow, kNow, false},
        {"manual: a student's does not wait", PostPolicy::manual, false, {}, {}, false},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(posted_by_comment(c.policy, c.posted_at, c.grader, kNow), c.then) << c.row;
        EXPECT_EQ(hidden_until_posted(c.policy, c.posted_at, c.grader), c.hidden) << c.row;
    }
}

TEST(Visibility, WhoSomebodyIs) {  // edlink.md 1.3
    const auto ann = id_of("ann");
    const auto bob = id_of("bob");
    const auto roles = [](Role role) {
        domain::Roles made;
        made.add(role);
        return made;
    };
    EXPECT_EQ(viewer_of(roles(Role::student), ann, ann), Viewer::owner);
    EXPECT_EQ(viewer_of(roles(Role::student), bob, ann), Viewer::nobody);
    EXPECT_EQ(viewer_of(roles(Role::observer), bob, ann), Viewer::nobody);
    EXPECT_EQ(viewer_of({}, ann, ann), Viewer::nobody) << "no longer enrolled";
    for (const auto role : {Role::teacher, Role::ta, Role::designer, Role::administrator,
                            Role::district_administrator})
        EXPECT_EQ(viewer_of(roles(role), bob, ann), Viewer::grader);
}

TEST(Visibility, WhatIsSeen) {
    const Posted no;
    const Posted yes = kNow;
    using enum Anonymity;
    const struct {
        const char* row;
        Viewer viewer;
        Anonymity marking;
        Posted posted;
        Sight sight;
    } cases[] = {
        {"canvas 5.3: own, not posted", Viewer::owner, named, no, {true, false, named}},
        {"canvas 5.3: own, posted", Viewer::owner, named, yes, {true, true, named}},
        {"one knows oneself", Viewer::owner, anonymous, no, {true, false, named}},
        {"canvas 5.3: graders always", Viewer::grader, named, no, {true, true, named}},
        {"anonymous_grading", Viewer::grader, anonymous, no, {true, true, anonymous}},
        {"anonymous_grading, posted", Viewer::grader, anonymous, yes, {true, true, named}},
        {"tabula 3.9 IDOnly", Viewer::grader, id_only, yes, {true, true, id_only}},
        {"others", Viewer::nobody, named, yes, {}},
    };
    for (const auto& c : cases)
        EXPECT_EQ(sight_of(c.viewer, c.marking, c.posted), c.sight) << c.row;
}

}  // namespace
}  // namespace handin::test
