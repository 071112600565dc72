// Administrative plans: carried out on the roster that they were made on, and on no other.
#include <gtest/gtest.h>

#include "domain/decide.hpp"
#include "support/same.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace {

using domain::Administer;
using domain::Changes;
using domain::Command;
using domain::State;

Command plan(std::uint64_t generation) {
    auto changes = std::make_shared<Changes>();
    changes->removed_tokens = {sha256("token")};
    changes->audit.emplace_back().action = "token.revoke";
    return Administer{.changes = std::move(changes), .roster_generation = generation};
}

TEST(Administer, AsksForTheGenerationOnce) {
    State state;
    domain::Keys keys;
    domain::add_keys(plan(1), state, keys);
    EXPECT_TRUE(keys.roster_generation);
    EXPECT_FALSE(keys.empty());
    state.roster_generation = 1;
    keys = {};
    domain::add_keys(plan(1), state, keys);
    EXPECT_TRUE(keys.empty());
}

TEST(Administer, IsRefusedWhenTheRosterIsAnother) {
    State state;
    state.roster_generation = 7;
    auto good = plan(7);
    const auto accepted = domain::decide(state, good, kNow);
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->changes.removed_tokens.size(), 1U);
    EXPECT_EQ(accepted->changes.audit.size(), 1U);
    for (const std::uint64_t other : {6U, 8U}) {
        auto stale = plan(other);
        const auto refused = domain::decide(state, stale, kNow);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().front().reason, domain::Reason::outdated);
    }
}

// Of two in one batch, the second was planned without knowing of the first.
TEST(Administer, TheSecondOfABatchIsRefused) {
    State state;
    state.roster_generation = 7;
    state.tokens[sha256("token")] = domain::Token{};
    auto first = plan(7);
    domain::apply(domain::decide(state, first, kNow)->changes, state);
    EXPECT_FALSE(state.tokens.at(sha256("token")));  // also for whoever exchanges it in this batch
    auto second = plan(7);
    EXPECT_FALSE(domain::decide(state, second, kNow));
}

// Submits of the same batch do not outdate a plan.
TEST(Administer, OnlyTheRosterCounts) {
    State state;
    state.roster_generation = 7;
    Changes changes;
    changes.tokens.emplace_back().hash = sha256("new");
    changes.submissions.emplace_back().id = id_of("submission");
    domain::apply(changes, state);
    EXPECT_EQ(state.roster_generation, 7U);
}

}  // namespace
}  // namespace handin::test
