// What the engine does when its database goes, at every moment (DESIGN 5.2, 10.1, 10.4).
#include <gtest/gtest.h>

#include <future>

#include "store/postgres/batch_trim.hpp"
#include "store/postgres/sequence.hpp"
#include "store/postgres_place.hpp"
#include "support/cutting_proxy.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Changes;
using store::postgres::PostgresStore;

class PostgresFailures : public testing::Test {
 protected:
    void commit(store::Writer& writer, const Changes& changes) {
        const Changes* const all[] = {&changes};
        writer.commit(all);
    }

    Changes next_attempt(store::Writer& writer, const Uuid& person) {
        domain::Command command = submit_of(school, person, list(a_file()));
        domain::State state;
        for (;;) {
            domain::Keys keys;
            domain::add_keys(command, state, keys);
            if (keys.empty()) break;
            writer.load(keys, state);
        }
        return std::move(domain::decide(state, command, kNow).value().changes);
    }

    // Attempts 1..n and an event for each.
    std::size_t attempts(PostgresStore& store, const Uuid& person) {
        std::size_t count = 0;
        store.read_now([&](store::Reader& reader) {
            const auto events = reader.events(0, 10'000);
            const auto row = reader.submission(domain::submission_id(school.assignment_id, person));
            if (row) count = reader.attempts(row->attempts).size();
            EXPECT_EQ(events.size(), count);
            for (std::size_t i = 0; i < events.size(); ++i)
                EXPECT_EQ(events[i].event.submission_version, static_cast<std::int64_t>(i) + 1);
        });
        return count;
    }

    School school;
    PostgresServer server;  // of the test's own: it is killed
    std::string database = server.new_database();
};

TEST_F(PostgresFailures, ACommitWhoseConnectionIsCutTakesEffectOnce) {
    CuttingProxy proxy(server.socket());
    PostgresStore store("postgresql://handin@127.0.0.1:" + std::to_string(proxy.port()) +
                        database.substr(database.find("/test")).substr(0, 6) + "?sslmode=disable");
    const auto writer = store.writer();
    commit(*writer, school.rows);
    std::size_t expected = 0;
    // The first sends the statements' texts along, which the proxy looks for.
    for (const auto cut : {CuttingProxy::Cut::reply, CuttingProxy::Cut::request}) {
        const auto fresh = store.writer();
        const auto changes = next_attempt(*fresh, school.student);
        proxy.cut_next(cut);
        commit(*fresh, changes);
        EXPECT_TRUE(proxy.has_cut());
        EXPECT_EQ(attempts(store, school.student), ++expected);
    }
}

// Somebody else is changing the roster: whoever has decided on it waits for that, and hears of it.
// So no token is made of one that is being taken back, and of two administrators one plans again.
TEST_F(PostgresFailures, ARosterThatIsBeingChangedIsWaitedFor) {
    PostgresStore store(database);
    const domain::Token refresh{.hash = sha256("refresh"),
                                .account_id = school.account_id,
                                .kind = domain::Token::Kind::refresh,
                                .person_id = school.student,
                                .integration_id = school.integration_id,
                                .refresh_hash = {},
                                .created_at = kNow,
                                .expires_at = {}};
    school.rows.tokens.push_back(refresh);
    commit(*store.writer(), school.rows);
    Changes token, grant;
    token.tokens.push_back(refresh);
    token.tokens[0].hash = sha256("access");
    token.tokens[0].kind = domain::Token::Kind::access;
    token.tokens[0].refresh_hash = refresh.hash;
    grant.grants.push_back({.id = id_of("grant"),
                            .holder_id = school.student,
                            .permission = "Module.Read",
                            .scope_id = school.account_id});
    for (const auto* changes : {&token, &grant}) {
        const auto writer = store.writer();
        domain::State state;
        domain::Keys keys;
        keys.roster_generation = true;
        keys.tokens = {refresh.hash};
        writer->load(keys, state);
        const std::unique_ptr<PGconn, decltype(&PQfinish)> other(PQconnectdb(database.c_str()),
                                                                 PQfinish);
        const auto ask = [&](const char* sql) {
            const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(other.get(), sql),
                                                                       PQclear);
            return PQntuples(result.get()) > 0;
        };
        ask("BEGIN");
        ask("UPDATE roster SET generation = generation + 1");
        auto committed = std::async(std::launch::async, [&] { commit(*writer, *changes); });
        const auto end = std::chrono::steady_clock::now() + 30s;
        while (!ask("SELECT 1 FROM pg_locks WHERE NOT granted") &&
               committed.wait_for(20ms) != std::future_status::ready)
            ASSERT_LT(std::chrono::steady_clock::now(), end);
        ask("COMMIT");
        EXPECT_THROW(committed.get(), store::Outdated);
    }
}

TEST_F(PostgresFailures, ADeadServerIsUnavailableAndThereAgainLater) {
    PostgresStore store(database);
    const auto writer = store.writer();
    commit(*writer, school.rows);
    commit(*writer, next_attempt(*writer, school.student));
    server.stop(SIGQUIT);
    EXPECT_THROW(next_attempt(*writer, school.student), store::Unavailable);
    EXPECT_THROW(store.read_now([](store::Reader& reader) { (void)reader.has_account(); }),
                 store::Unavailable);
    EXPECT_FALSE(store.writable());
    server.start();
    const auto end = std::chrono::steady_clock::now() + 30s;
    while (!store.writable() && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(attempts(store, school.student), 1U);
    commit(*writer, next_attempt(*writer, school.student));
    EXPECT_EQ(attempts(store, school.student), 2U);
}

TEST_F(PostgresFailures, CrashesUnderLoadLoseAndDoubleNothing) {
    PostgresStore store(database);
    {
        const auto writer = store.writer();
        commit(*writer, school.rows);
    }
    std::atomic<bool> stop = false;
    std::atomic<std::size_t> committed = 0;
    std::size_t open = 0;
    std::jthread load([&] {
        const auto writer = store.writer();
        while (!stop)
            try {
                commit(*writer, next_attempt(*writer, school.student));
                ++committed;
            } catch (const store::Unavailable&) {
                writer->abandon();
            } catch (const std::runtime_error&) {  // not known
                writer->abandon();
                ++open;
            }
    });
    // By numbers, as there is an end to the attempts of one submission.
    const auto end = std::chrono::steady_clock::now() + 60s;
    const auto wait_for_more = [&] {
        for (const std::size_t before = committed;
             committed < before + 50 && std::chrono::steady_clock::now() < end;)
            std::this_thread::sleep_for(1ms);
    };
    for (int i = 0; i < 3; ++i) {
        wait_for_more();
        server.stop(SIGQUIT);
        server.start();
    }
    wait_for_more();
    stop = true;
    load.join();
    const auto there = attempts(store, school.student);
    EXPECT_GE(there, committed);
    EXPECT_LE(there, committed + open);
    EXPECT_GE(committed, 200U);
}

TEST_F(PostgresFailures, ALeaseHasOneHolderAndANewEpochForEach) {
    PostgresStore here(database), there(database);
    auto& mine = *here.leases();
    auto& theirs = *there.leases();
    EXPECT_EQ(mine.hold("work", 1h), 1);
    EXPECT_EQ(mine.hold("work", 200ms), 1);
    EXPECT_EQ(theirs.hold("other work", 1h), 1);
    EXPECT_FALSE(theirs.hold("work", 1h));
    std::this_thread::sleep_for(300ms);
    EXPECT_EQ(theirs.hold("work", 1h), 2);
    EXPECT_FALSE(mine.hold("work", 1h));
    theirs.release("work");
    EXPECT_EQ(mine.hold("work", 1h), 3);
    theirs.release("work");  // not its own any more
    EXPECT_FALSE(theirs.hold("work", 1h));
}

TEST_F(PostgresFailures, AnOldEpochAppendsNothing) {
    std::optional<PostgresStore> store(std::in_place, database);
    {
        const auto writer = store->writer();
        commit(*writer, school.rows);
        commit(*writer, next_attempt(*writer, school.student));
    }
    store.reset();  // nobody appends by themselves
    server.run("test1",
               "UPDATE batch SET first_sequence = NULL; UPDATE sequence_end SET next = 1;"
               " UPDATE lease SET epoch = 7 WHERE name = 'append'");
    store::postgres::Connection db(database);
    EXPECT_FALSE(store::postgres::append_as_holder(db, 6));
    EXPECT_TRUE(db.queue(store::postgres::kAnyToAppend).run()[0].next());
    EXPECT_EQ(store::postgres::append_as_holder(db, 7), 1);
    EXPECT_FALSE(db.queue(store::postgres::kAnyToAppend).run()[0].next());
    EXPECT_EQ(store::postgres::append_as_holder(db, 7), 0);
}

// Batches a day old are forgotten, but for those whose events have their places by them.
TEST_F(PostgresFailures, OldBatchesWithoutEventsAreForgotten) {
    {
        PostgresStore store(database);
        const auto writer = store.writer();
        commit(*writer, school.rows);  // without an event, a moment ago
        commit(*writer, next_attempt(*writer, school.student));
    }
    const auto make = [&](int hours, int events, const std::string& is_void) {
        server.run("test1",
                   "INSERT INTO batch (id, stamp, events, first_sequence, void) SELECT"
                   " (lpad(to_hex((extract(epoch FROM now() - interval '" +
                       std::to_string(hours) +
                       " hours') * 1000)::bigint + n), 12, '0')"
                       " || '70008000000000000000')::uuid, 0, " +
                       std::to_string(events) + ", " + (events > 0 ? "5000 + n" : "NULL") + ", " +
                       is_void + " FROM generate_series(1, 2100) n");
    };
    const auto count = [&](const std::string& which) {
        store::postgres::Connection db(database);
        const std::string sql = "SELECT count(*) FROM batch WHERE " + which;
        auto rows = db.queue(sql.c_str()).run();
        rows[0].next();
        return rows[0].integer();
    };
    make(60, 0, "true");
    make(40, 0, "false");
    make(30, 1, "false");
    make(20, 0, "true");
    store::postgres::BatchTrim trim;
    store::postgres::Connection db(database);
    int steps = 1;
    while (trim.step(db))
        ++steps;
    EXPECT_GE(steps, 4);  // a bounded piece each
    EXPECT_EQ(count("events = 0"), 2101);
    EXPECT_EQ(count("events > 0"), 2101);
    EXPECT_EQ(count("void"), 2100);

    // The holder of the lease does it by itself.
    make(61, 0, "true");
    const PostgresStore store(database);
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (count("void") > 2100 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(count("void"), 2100);
}

TEST_F(PostgresFailures, ANewerSchemaIsRefused) {
    {
        PostgresStore store(database);
    }
    server.run("test1", "INSERT INTO migration (number, name) VALUES (9000, 'later')");
    try {
        PostgresStore store(database);
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("start a newer handin"), std::string::npos);
    }
}

TEST_F(PostgresFailures, StartsOfManyNodesMigrateOnce) {
    std::vector<std::jthread> nodes;
    std::atomic<int> started = 0;
    for (int i = 0; i < 4; ++i)
        nodes.emplace_back([&] {
            PostgresStore store(database);
            ++started;
        });
    nodes.clear();
    EXPECT_EQ(started, 4);
}

}  // namespace
}  // namespace handin::test
