// Several writers on one database: two committers of two threads each, as on two nodes; and what a
// committer does with a command that a rival has outdated.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "service/crowd.hpp"
#include "service/fake_store.hpp"
#include "store/postgres/postgres_store.hpp"
#include "support/commands.hpp"
#include "support/fake_clock.hpp"
#include "support/postgres_server.hpp"

namespace handin::test {
namespace {

using service::Committer;
using store::postgres::PostgresStore;

class Rivals : public testing::Test {
 protected:
    void open() {
        const domain::Changes* const all[] = {&school.rows};
        stores[0].writer()->commit(all);
    }

    School school;
    std::string url = PostgresServer::shared().new_database();
    PostgresStore stores[2]{PostgresStore(url), PostgresStore(url)};
    FakeClock clock{kNow};
};

TEST_F(Rivals, AttemptsAreNumberedWithoutGaps) {
    constexpr std::size_t kEach = 100;
    std::vector<Uuid> people;
    for (int i = 0; i < 4; ++i)
        people.push_back(
            school.add_person("student " + std::to_string(i), {domain::Role::student}));
    open();
    {
        Committer nodes[2]{Committer(stores[0], clock), Committer(stores[1], clock)};
        Crowd crowds[2]{Crowd(nodes[0]), Crowd(nodes[1])};
        for (std::size_t i = 0; i < kEach; ++i)
            for (auto& crowd : crowds)
                crowd.add(submit_of(school, people[i % people.size()]));
        for (auto& crowd : crowds) {
            crowd.finish();
            for (auto& each : crowd.all())
                EXPECT_TRUE(each.get());
        }
    }
    stores[1].read_now([&](store::Reader& reader) {
        const auto events = reader.events(0, 1000);
        EXPECT_EQ(events.size(), 2 * kEach);
        std::map<Uuid, std::int64_t> versions;
        for (const auto& stored : events)  // DESIGN 10.5: in order
            EXPECT_EQ(stored.event.submission_version, ++versions[stored.event.submission_id]);
        for (const auto& person : people) {
            const auto row = reader.submission(domain::submission_id(school.assignment_id, person));
            ASSERT_TRUE(row);
            const auto attempts = reader.attempts(row->attempts);
            ASSERT_EQ(attempts.size(), 2 * kEach / people.size());
            for (std::uint32_t i = 0; i < attempts.size(); ++i)
                EXPECT_EQ(attempts[i].number, i + 1);
        }
    });
}

// DESIGN 10.2
TEST_F(Rivals, ConcurrentDuplicatesMakeOneAttempt) {
    open();
    std::size_t fresh = 0;
    std::set<Uuid> answers;
    {
        Committer nodes[2]{Committer(stores[0], clock), Committer(stores[1], clock)};
        Crowd crowds[2]{Crowd(nodes[0]), Crowd(nodes[1])};
        for (int i = 0; i < 40; ++i) {
            auto command = submit_of(school, school.student);
            command.replay_key = key_of("k");
            crowds[i % 2].add(std::move(command));
        }
        for (auto& crowd : crowds) {
            crowd.finish();
            for (auto& each : crowd.all()) {
                ASSERT_TRUE(each.get());
                fresh += each.get()->repeated ? 0 : 1;
                answers.insert(each.get()->submission.attempts.at(0));
                EXPECT_EQ(each.get()->submission.attempts.size(), 1U);
            }
        }
    }
    EXPECT_EQ(fresh, 1U);
    EXPECT_EQ(answers.size(), 1U);
}

// What a node knows of the roster must not outlive what it is told to be.
TEST_F(Rivals, AChangedRosterIsSeenByTheNextCommand) {
    open();
    Committer here(stores[0], clock), there(stores[1], clock);
    Crowd crowd(here);
    ASSERT_TRUE([&] {
        Crowd one(here);
        auto& waited = one.add(submit_of(school, school.student));
        one.finish();
        return waited.get().has_value();
    }());
    school.rows = {};
    school.add_assignment("later").number += 1;  // than that of the first
    const domain::Changes* const all[] = {&school.rows};
    stores[1].writer()->commit(all);
    auto command = submit_of(school, school.student);
    command.assignment_id = id_of("assignment/later");
    auto& waited = crowd.add(std::move(command));
    crowd.finish();
    EXPECT_TRUE(waited.get().has_value());
}

TEST(Outdated, IsDecidedAgainAndTheOthersAreNot) {
    FakeStore store;
    store.threads = 2;
    FakeClock clock{kNow};
    std::atomic<int> commits = 0;
    std::atomic<std::size_t> sealed = 0;
    store.on_commit = [&] {
        if (++commits == 1) throw store::Outdated({0});
    };
    {
        Committer committer(store, clock, {}, {},
                            [&](auto changes) -> std::optional<domain::ReceiptBatch> {
                                sealed += changes.size();
                                return std::nullopt;
                            });
        Crowd crowd(committer);
        auto& waited = crowd.add(submit_of(store.school, store.school.student, list(a_file())));
        crowd.finish();
        ASSERT_TRUE(waited.get());
        EXPECT_EQ(waited.get()->changes.row_bytes.size(), 1U);  // nothing was used up
    }
    EXPECT_EQ(commits, 2);
    EXPECT_EQ(sealed, 2U);
    EXPECT_EQ(store.loads() >= 2, true);
    ASSERT_EQ(store.committed().size(), 1U);
    EXPECT_EQ(store.committed()[0][0].attempts.size(), 1U);
}

// Nobody waits for ever.
TEST(Outdated, AgainAndAgainIsTryLater) {
    FakeStore store;
    store.threads = 2;
    FakeClock clock{kNow};
    store.on_commit = [] { throw store::Outdated({0}); };
    Committer committer(store, clock);
    Crowd crowd(committer);
    auto& waited = crowd.add(submit_of(store.school, store.school.student));
    crowd.finish();
    EXPECT_THROW(waited.get(), service::Overloaded);
}

}  // namespace
}  // namespace handin::test
