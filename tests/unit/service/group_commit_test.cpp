// Group commit on the real store: many clients on two io threads.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>

#include "service/crowd.hpp"
#include "service/service_place.hpp"

namespace handin::test {
namespace {

using service::Committer;

class GroupCommit : public testing::Test {
 protected:
    void open() {
        place.open();
        place.committer.reset();  // one writer at a time
        committer.emplace(place.store, place.clock, service::CommitterLimits{},
                          [this](const service::BatchSeen& seen) {
                              commands += seen.commands;
                              largest = std::max(largest, seen.commands);
                          });
        for (int i = 0; i < 2; ++i)
            crowds.emplace_back(*committer);
    }

    ServicePlace place;
    std::size_t commands = 0, largest = 0;  // of the committer's thread
    std::deque<Crowd> crowds;
    std::optional<Committer> committer;
};

TEST_F(GroupCommit, EverybodyGetsTheirOutcomeOnTheirOwnThread) {
    constexpr std::size_t kEach = 150;
    std::vector<Uuid> people;
    for (std::size_t i = 0; i < 30; ++i)
        people.push_back(
            place.school.add_person("student " + std::to_string(i), {domain::Role::student}));
    open();
    for (std::size_t i = 0; i < kEach; ++i)
        for (auto& crowd : crowds)
            crowd.add(submit_of(place.school, people[i % people.size()]));
    for (auto& crowd : crowds) {
        crowd.finish();
        for (auto& each : crowd.all()) {
            EXPECT_TRUE(each.get());
            EXPECT_EQ(each.resumed_on.load(), crowd.thread());
        }
    }
    EXPECT_NE(crowds[0].thread(), crowds[1].thread());
    committer.reset();
    EXPECT_EQ(commands, 2 * kEach);
    EXPECT_GT(largest, 1U);

    // DESIGN 10.3, 10.5: ten attempts each, without gaps, and an event for every one
    place.store.read_now([&](store::Reader& reader) {
        for (const auto& person : people) {
            const auto row =
                reader.submission(domain::submission_id(place.school.assignment_id, person));
            ASSERT_TRUE(row);
            const auto attempts = reader.attempts(row->attempts);
            ASSERT_EQ(attempts.size(), 10U);
            for (std::uint32_t i = 0; i < 10; ++i)
                EXPECT_EQ(attempts[i].number, i + 1);
        }
    });
    std::map<Uuid, std::int64_t> versions;
    for (const auto& stored : place.events())
        EXPECT_EQ(stored.event.submission_version, ++versions[stored.event.submission_id]);
    EXPECT_EQ(place.events().size(), 2 * kEach);
}

// DESIGN 10.2
TEST_F(GroupCommit, ConcurrentDuplicatesMakeOneAttempt) {
    open();
    std::size_t fresh = 0;
    std::set<Uuid> answers;
    for (std::size_t i = 0; i < 20; ++i) {
        auto command = submit_of(place.school, place.school.student);
        command.replay_key = key_of("k");
        crowds[i % 2].add(std::move(command));
    }
    for (auto& crowd : crowds) {
        crowd.finish();
        for (auto& each : crowd.all()) {
            ASSERT_TRUE(each.get());
            fresh += each.get()->repeated ? 0 : 1;
            ASSERT_EQ(each.get()->submission.attempts.size(), 1U);
            answers.insert(each.get()->submission.attempts[0]);
        }
    }
    EXPECT_EQ(fresh, 1U);
    EXPECT_EQ(answers.size(), 1U);
    EXPECT_EQ(place.events().size(), 1U);
}

}  // namespace
}  // namespace handin::test
