// A commit is all or nothing, and durable (DESIGN 5.2, 10.1, 10.4, 10.5).
#include <algorithm>
#include <thread>

#include "store/store_suite.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

using domain::Changes;
using store::Reader;

std::vector<Uuid> ids_of(const std::vector<store::StoredEvent>& events) {
    std::vector<Uuid> ids;
    for (const auto& each : events)
        ids.push_back(each.event.id);
    return ids;
}

TEST_P(StoreSuite, IsEmptyAtFirst) {
    EXPECT_TRUE(events().empty());
    EXPECT_TRUE(store().writable());
}

TEST_P(StoreSuite, WritesManyChangesInOneCommit) {
    commit(school_.rows);
    const std::vector changes{next_attempt(school_.student), next_attempt(school_.other),
                              next_attempt(school_.tutor)};
    commit(changes);
    EXPECT_TRUE(row(school_.student) && row(school_.other) && row(school_.tutor));
    EXPECT_EQ(ids_of(events()), (std::vector{changes[0].events[0].id, changes[1].events[0].id,
                                             changes[2].events[0].id}));
}

TEST_P(StoreSuite, LaterChangesOfACommitMayBuildOnEarlierOnes) {
    commit(school_.rows);
    const auto first = next_attempt(school_.student);
    auto second = next_attempt(school_.student);
    second.submissions[0].version = 2;
    second.submissions[0].attempts = {first.attempts[0].id, second.attempts[0].id};
    second.attempts[0].number = 2;
    commit({first, second});
    EXPECT_TRUE(same(row(school_.student).value(), second.submissions[0]));
}

// What must not be there: nothing of any of these.
void expect_absent(Reader& reader, const std::vector<Changes>& all) {
    for (const auto& changes : all) {
        for (const auto& each : changes.submissions)
            EXPECT_FALSE(reader.submission(each.id));
        for (const auto& attempt : changes.attempts) {
            EXPECT_THROW((void)reader.attempts(std::vector{attempt.id}), std::runtime_error);
            for (const auto& each : attempt.attachments)
                EXPECT_FALSE(reader.attempt_of(each.id));
        }
        for (const auto& each : changes.row_bytes)
            EXPECT_THROW((void)reader.row_bytes(each.storage_id), std::runtime_error);
        for (const auto& each : changes.tokens)
            EXPECT_FALSE(reader.bearer(each.hash));
    }
}

// One of each list of Changes that cannot be written, for it is there already.
TEST_P(StoreSuite, AFailingChangeInTheMiddleLeavesNothing) {
    school_.rows.tokens.push_back({.hash = sha256("token"),
                                   .account_id = school_.account_id,
                                   .person_id = {},
                                   .integration_id = {},
                                   .refresh_hash = {},
                                   .created_at = kNow,
                                   .expires_at = {}});
    commit(school_.rows);
    auto taken = next_attempt(school_.tutor);
    commit(taken);
    const auto sequence = events().back().sequence;

    using Spoil = void (*)(Changes&, const School&, const Changes& taken);
    const std::pair<const char*, Spoil> cases[] = {
        {"submission", [](Changes& c, const School&,
                          const Changes& t) { c.submissions.push_back(t.submissions[0]); }},
        {"attempt",
         [](Changes& c, const School&, const Changes& t) { c.attempts[0].id = t.attempts[0].id; }},
        {"attachment",
         [](Changes& c, const School&, const Changes& t) {
             c.attempts[0].attachments[0].id = t.attempts[0].attachments[0].id;
         }},
        {"row bytes",
         [](Changes& c, const School&, const Changes& t) {
             c.row_bytes[0].storage_id = t.row_bytes[0].storage_id;
         }},
        {"token",
         [](Changes& c, const School& s, const Changes&) { c.tokens.push_back(s.rows.tokens[0]); }},
        {"account",
         [](Changes& c, const School& s, const Changes&) { c.accounts = s.rows.accounts; }},
        {"person",
         [](Changes& c, const School& s, const Changes&) {
             c.people = {s.rows.people[0]};
             c.people[0].id = id_of("somebody else");  // with the same number and login
         }},
        {"class",
         [](Changes& c, const School& s, const Changes&) {
             c.classes = {s.rows.classes[0]};
             c.classes[0].id = id_of("another class");
         }},
        {"assignment",
         [](Changes& c, const School& s, const Changes&) {
             c.assignments = {s.rows.assignments[0]};
             c.assignments[0].id = id_of("another assignment");  // with the same number
         }},
        {"enrollment", [](Changes& c, const School& s,
                          const Changes&) { c.enrollments = {s.rows.enrollments[0]}; }},
        {"integration",
         [](Changes& c, const School& s, const Changes&) {
             c.integrations = {s.rows.integrations[0]};
             c.integrations[0].id = id_of("another integration");
         }},
    };
    for (const auto& [name, spoil] : cases) {
        SCOPED_TRACE(name);
        auto good = next_attempt(school_.student);
        auto bad = next_attempt(school_.other);
        spoil(bad, school_, taken);
        EXPECT_ANY_THROW(commit({good, bad}));
        store().read_now([&](Reader& reader) { expect_absent(reader, {good}); });
        EXPECT_FALSE(row(school_.other));
        EXPECT_EQ(events().size(), 1U);
        EXPECT_TRUE(store().writable());  // it was our fault, not the disk's
    }

    // The next good commit works, and its events follow on the last good one's.
    const auto good = next_attempt(school_.student);
    commit(good);
    const auto after = events(sequence);
    ASSERT_EQ(after.size(), 1U);
    EXPECT_EQ(after[0].event.id, good.events[0].id);
    EXPECT_GT(after[0].sequence, sequence);
}

TEST_P(StoreSuite, AStaleVersionIsRefused) {
    commit(school_.rows);
    const auto first = next_attempt(school_.student);
    const auto rival = next_attempt(school_.student);
    commit(first);
    EXPECT_ANY_THROW(commit(rival));  // both are version 1

    const auto second = next_attempt(school_.student);
    const auto late = next_attempt(school_.student);
    const auto bystander = next_attempt(school_.other);
    commit(second);
    EXPECT_ANY_THROW(commit({bystander, late}));  // both are version 2
    EXPECT_TRUE(same(row(school_.student).value(), second.submissions[0]));
    EXPECT_FALSE(row(school_.other));
    EXPECT_EQ(ids_of(events()), (std::vector{first.events[0].id, second.events[0].id}));

    auto ahead = next_attempt(school_.student);
    ahead.submissions[0].version += 1;
    EXPECT_ANY_THROW(commit(ahead));
    EXPECT_EQ(row(school_.student)->version, 2);
}

TEST_P(StoreSuite, AnAbandonedBatchLeavesNoTrace) {
    commit(school_.rows);
    domain::Keys keys;
    keys.people = {school_.student};
    domain::State state;
    writer().load(keys, state);
    writer().abandon();
    writer().abandon();  // as often as one likes
    commit(next_attempt(school_.student));
    EXPECT_EQ(events().size(), 1U);
}

// DESIGN 7: whatever was acknowledged before the request arrived is in it
TEST_P(StoreSuite, EveryoneReadsWhatWasCommittedBefore) {
    commit(school_.rows);
    for (int i = 0; i < 20; ++i) {
        commit(next_attempt(school_.student));
        std::size_t seen = 0;
        std::jthread([&] { seen = row(school_.student)->attempts.size(); }).join();
        EXPECT_EQ(seen, static_cast<std::size_t>(i) + 1);
        EXPECT_EQ(events(i).size(), 1U);
    }
}

TEST_P(StoreSuite, AReadIsOfOneMoment) {
    commit(school_.rows);
    commit(next_attempt(school_.student));
    const auto second = next_attempt(school_.student);
    auto other = next_attempt(school_.other);
    other.settings = {{.name = "later", .value = ""}};
    store().read_now([&](Reader& reader) {
        EXPECT_EQ(reader.events(0, 10).size(), 1U);
        std::jthread([&] { commit({second, other}); }).join();
        EXPECT_EQ(reader.events(0, 10).size(), 1U);
        EXPECT_EQ(reader.submission(second.submissions[0].id)->attempts.size(), 1U);
        EXPECT_FALSE(reader.submission(other.submissions[0].id));
        EXPECT_FALSE(reader.attempt_of(other.attempts[0].attachments[0].id));
        EXPECT_FALSE(reader.setting("later"));
    });
    EXPECT_EQ(events().size(), 3U);
    EXPECT_TRUE(row(school_.other));
}

task<std::size_t> count_events(store::Store* store, bool at_length) {
    const auto count = [](Reader& reader) { return reader.events(0, 100).size(); };
    if (at_length) co_return co_await store::read_long(store, count);
    co_return co_await store::read(store, count);
}

task<void> fail_to_read(store::Store* store, bool at_length) {
    const auto fail = [](Reader& reader) -> int {
        (void)reader.has_account();
        throw std::domain_error("mine");
    };
    if (at_length)
        (void)co_await store::read_long(store, fail);
    else
        (void)co_await store::read(store, fail);
}

TEST_P(StoreSuite, ReadsInEveryWay) {
    commit(school_.rows);
    commit(next_attempt(school_.student));
    for (const bool at_length : {false, true}) {
        EXPECT_EQ(run(count_events(&store(), at_length)), 1U);
        EXPECT_THROW(run(fail_to_read(&store(), at_length)), std::domain_error);
        EXPECT_EQ(run(count_events(&store(), at_length)), 1U);
    }
}

// A reader that fails fails alone.
TEST_P(StoreSuite, AReadThatThrowsHarmsNobody) {
    commit(school_.rows);
    EXPECT_THROW(store().read_now([](Reader& reader) {
        (void)reader.has_account();
        throw std::domain_error("mine");
    }),
                 std::domain_error);
    commit(next_attempt(school_.student));
    EXPECT_EQ(events().size(), 1U);
}

TEST_P(StoreSuite, AnswersManyReadersWhileItWrites) {
    commit(school_.rows);
    std::atomic<bool> stop = false;
    std::atomic<int> torn = 0;
    std::atomic<std::size_t> acknowledged = 0;
    std::atomic<int> stale = 0;
    std::vector<std::jthread> readers;
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!stop) {
                const std::size_t before = acknowledged;
                store().read_now([&](Reader& reader) {
                    // DESIGN 10.4: state, attempts and events together or not at all
                    const auto events = reader.events(0, 1000);
                    const auto found = reader.submission(
                        domain::submission_id(school_.assignment_id, school_.student));
                    if (events.size() != (found ? found->attempts.size() : 0)) ++torn;
                    if (events.size() < before) ++stale;
                });
            }
        });
    for (int i = 0; i < 50; ++i) {
        commit(next_attempt(school_.student));
        ++acknowledged;
    }
    stop = true;
    readers.clear();
    EXPECT_EQ(torn, 0);
    EXPECT_EQ(stale, 0);
    EXPECT_EQ(events().size(), 50U);
}

TEST_P(StoreSuite, EverythingIsThereAfterReopening) {
    commit(school_.rows);
    const auto changes = next_attempt(school_.student, list(a_file("kept"), a_text("too")));
    commit(changes);
    const auto before = events();
    reopen();
    EXPECT_TRUE(same(row(school_.student).value(), changes.submissions[0]));
    store().read_now([&](Reader& reader) {
        EXPECT_TRUE(
            same(reader.attempts(row(school_.student)->attempts).at(0), changes.attempts[0]));
        EXPECT_EQ(reader.row_bytes(changes.row_bytes[0].storage_id), "kept");
    });
    EXPECT_EQ(ids_of(events()), ids_of(before));

    // The sequence goes on where it was.
    commit(next_attempt(school_.student));
    EXPECT_EQ(events(before.back().sequence).size(), 1U);
}

}  // namespace
}  // namespace handin::test
