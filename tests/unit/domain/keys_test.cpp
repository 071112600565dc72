// What a decision asks to be loaded, and what a batch passes on (DESIGN 5.1, 5.2).
#include <gtest/gtest.h>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using domain::Command;
using domain::Keys;

TEST(Keys, OfAStudentsCommand) {
    const School school;
    for (const Command& command : {Command(submit_of(school, school.student)),
                                   Command(reclaim_of(school, school.student))}) {
        Keys keys;
        domain::add_keys(command, {}, keys);
        EXPECT_EQ(keys.accounts, std::vector{school.account_id});
        EXPECT_EQ(keys.classes, std::vector{school.class_id});
        EXPECT_EQ(keys.assignments, std::vector{school.assignment_id});
        EXPECT_EQ(keys.people, std::vector{school.student});
        EXPECT_EQ(keys.submissions,
                  std::vector{domain::submission_id(school.assignment_id, school.student)});
        EXPECT_EQ(keys.memberships,
                  (std::vector<domain::MembershipKey>{{school.class_id, school.student}}));
        EXPECT_TRUE(keys.tokens.empty() && keys.client_ids.empty());
    }
}

TEST(Keys, AlsoOfTheOneWhoActs) {
    const School school;
    auto command = submit_of(school, school.student);
    command.actor = school.actor(school.teacher);
    Keys keys;
    domain::add_keys(command, {}, keys);
    EXPECT_EQ(keys.people, (std::vector{school.student, school.teacher}));
    EXPECT_EQ(keys.memberships,
              (std::vector<domain::MembershipKey>{{school.class_id, school.student},
                                                  {school.class_id, school.teacher}}));
}

TEST(Keys, OfARefresh) {
    domain::RefreshAccess command;
    command.client_id = "client";
    command.refresh_hash = sha256("refresh");
    Keys keys;
    domain::add_keys(command, {}, keys);
    EXPECT_EQ(keys.client_ids, std::vector<std::string>{"client"});
    EXPECT_EQ(keys.tokens, std::vector{sha256("refresh")});
    EXPECT_TRUE(keys.accounts.empty() && keys.people.empty() && keys.submissions.empty());
}

// DESIGN 5.1: asked again until it is satisfied, three rounds at most; also about what is not there
TEST(Keys, AreCompleteWithinThreeRounds) {
    Desk desk;
    const auto& school = desk.school;
    auto stranger = submit_of(school, id_of("stranger"));
    auto nowhere = submit_of(school, school.student);
    nowhere.class_id = id_of("nowhere");
    auto nothing = reclaim_of(school, school.student);
    nothing.assignment_id = id_of("nothing");
    auto nobody = submit_of(school, school.student);
    nobody.actor.person_id.reset();
    auto other = submit_of(school, school.student);
    other.actor = school.actor(school.teacher);
    for (const Command& command :
         {Command(submit_of(school, school.student)), Command(reclaim_of(school, school.student)),
          Command(stranger), Command(nowhere), Command(nothing), Command(nobody), Command(other),
          Command(domain::RefreshAccess{})}) {
        desk.state = {};
        desk.load(command);
        EXPECT_LE(desk.rounds, 3);
        Keys keys;
        domain::add_keys(command, desk.state, keys);
        EXPECT_TRUE(keys.empty());
        // Whoever has all keys can decide.
        auto copy = command;
        EXPECT_NO_THROW((void)domain::decide(desk.state, copy, kNow));
    }
}

TEST(Keys, EmptyMeansThatNoneIsWanted) {
    EXPECT_TRUE(Keys{}.empty());
    const auto wants = [](auto add) {
        Keys keys;
        add(keys);
        return !keys.empty();
    };
    EXPECT_TRUE(wants([](Keys& k) { k.accounts.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.classes.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.people.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.assignments.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.submissions.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.memberships.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.tokens.emplace_back(); }));
    EXPECT_TRUE(wants([](Keys& k) { k.client_ids.emplace_back(); }));
}

// DESIGN 5.2: each is decided in order against the working set
TEST(Batch, LaterCommandsSeeWhatEarlierOnesChanged) {
    Desk desk;
    desk.school.assignment().max_attempts = 1;
    Command first = submit_of(desk.school, desk.school.student);
    Command second = submit_of(desk.school, desk.school.student);
    desk.load(first);
    desk.load(second);
    const auto accepted = domain::decide(desk.state, first, kNow);
    ASSERT_TRUE(accepted);
    domain::apply(accepted->changes, desk.state);
    const auto refused = domain::decide(desk.state, second, kNow);
    EXPECT_EQ(reasons(refused), std::vector{domain::Reason::attempts_used_up});
}

TEST(Batch, ANewTokenIsSeen) {
    domain::State state;
    domain::Changes changes;
    changes.tokens.push_back({.hash = sha256("token"),
                              .account_id = {},
                              .person_id = {},
                              .integration_id = {},
                              .refresh_hash = {},
                              .created_at = kNow,
                              .expires_at = {}});
    state.tokens[sha256("token")] = std::nullopt;
    domain::apply(changes, state);
    EXPECT_TRUE(state.tokens.at(sha256("token")));
}

}  // namespace
}  // namespace handin::test
