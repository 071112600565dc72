// canvas-live-events.md 2.3: the rows about groups.
#include "domain/groups.hpp"

#include <gtest/gtest.h>

#include "support/school.hpp"

namespace handin::test {
namespace {

using domain::Group;
using domain::GroupPolicy;

struct Groups : testing::Test {
    const Uuid ann = id_of("ann"), bob = id_of("bob"), cat = id_of("cat");
    const std::optional<Group> alone;
    std::optional<Group> team = Group{.id = id_of("team"), .set_id = id_of("set"), .members = [&] {
                                          std::vector<Uuid> all{ann, bob, cat};
                                          std::ranges::sort(all);
                                          return all;
                                      }()};
    const GroupPolicy together{.set_id = id_of("set")};
    const GroupPolicy one_by_one{.set_id = id_of("set"), .grade_individually = true};

    void expect_all(const std::vector<Uuid>& people) const {
        ASSERT_EQ(people.size(), 3U);
        EXPECT_EQ(people.front(), bob);
        EXPECT_TRUE(std::ranges::is_permutation(people, team->members));
    }
};

TEST_F(Groups, OneMemberSubmitsForAll) {
    expect_all(submitting_with(team, bob));
    EXPECT_EQ(submitting_with(alone, bob), std::vector{bob});
}

TEST_F(Groups, GradedTogether) {
    const auto nobody = [](const Uuid&) { return false; };
    expect_all(graded_with(together, team, bob, nobody));
    EXPECT_EQ(graded_with(one_by_one, team, bob, nobody), std::vector{bob});
    EXPECT_EQ(graded_with(together, alone, bob, nobody), std::vector{bob});
}

TEST_F(Groups, ExcusedMembersOtherThanTheTargetAreSkipped) {
    const auto ann_and_bob = [&](const Uuid& who) { return who == ann || who == bob; };
    EXPECT_EQ(graded_with(together, team, bob, ann_and_bob), (std::vector{bob, cat}));
}

TEST_F(Groups, CommentsForOneOrAll) {
    expect_all(commented_with(team, bob, true));
    EXPECT_EQ(commented_with(team, bob, false), std::vector{bob});
    EXPECT_EQ(commented_with(alone, bob, true), std::vector{bob});
}

}  // namespace
}  // namespace handin::test
