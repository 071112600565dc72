// What goes out, on both engines (store/deliveries.hpp).
#include "store/deliveries.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>

#include "store/postgres/postgres_deliveries.hpp"
#include "store/postgres/postgres_store.hpp"
#include "store/sqlite/sqlite_deliveries.hpp"
#include "support/fake_clock.hpp"
#include "support/postgres_server.hpp"
#include "support/school.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

using store::Deliveries;
using store::Delivery;
using store::EventKey;
using store::Progress;
using store::Subscription;
using Which = Deliveries::Which;

class Place {
 public:
    virtual ~Place() = default;
    virtual std::unique_ptr<Deliveries> open() = 0;
};

class SqliteFile final : public Place {
 public:
    std::unique_ptr<Deliveries> open() override {
        return std::make_unique<store::sqlite::SqliteDeliveries>(folder_.path() / "deliveries.db");
    }

 private:
    TemporaryFolder folder_;
};

class PostgresDatabase final : public Place {
 public:
    std::unique_ptr<Deliveries> open() override {
        return std::make_unique<store::postgres::PostgresDeliveries>(url_);
    }

 private:
    std::string url_ = PostgresServer::shared().new_database();
    store::postgres::PostgresStore tables_{url_};
};

struct Engine {
    std::string name;
    std::function<std::unique_ptr<Place>()> make;
    friend void PrintTo(const Engine& engine, std::ostream* out) { *out << engine.name; }
};

class DeliveriesSuite : public testing::TestWithParam<Engine> {
 protected:
    void SetUp() override { db_->add(subscription()); }

    static Subscription subscription(const std::string& name = "one") {
        return {.id = id_of(name),
                .name = "A library, \"quoted\"",
                .events = {"submission_created", "grade_change"},
                .form = "canvas",
                .transport = "https",
                .target = "https://receiver.example/a?b=c",
                .sign = false,
                .quoted = true,
                .secret = "whsec_abc",
                .state = Subscription::State::active,
                .reason = "",
                .created_at = kNow,
                .updated_at = kNow + std::chrono::seconds(1),
                .version = 1,
                .cursor = 7,
                .replay_after = 0,
                .replay_until = 0};
    }
    static Delivery delivery(std::int64_t sequence, const std::string& body = "bytes") {
        Delivery one;
        one.sequence = sequence;
        one.event_id = id_of("event" + std::to_string(sequence));
        one.event_name = "submission_created";
        one.submission_id = id_of("submission");
        one.body = body;
        one.due_at = kNow;
        return one;
    }
    std::vector<std::int64_t> sequences(Which which) {
        std::vector<std::int64_t> found;
        for (const auto& each : db_->list(one_, which, 0, 100))
            found.push_back(each.sequence);
        return found;
    }
    void take(const std::vector<Delivery>& rows) {
        const auto now = *db_->subscription(one_);
        const Progress from{now.cursor, now.replay_after};
        ASSERT_TRUE(db_->take(one_, from, {rows.back().sequence, from.replay_after}, rows));
    }
    void kill(std::int64_t sequence, bool timed_out = false, Time at = kNow) {
        auto dead = delivery(sequence);
        dead.attempts = 4;
        dead.dead_at = at;
        dead.status = timed_out ? 0 : 500;
        dead.timed_out = timed_out;
        dead.answer = "no, l\xc3\xadnea";
        db_->settle(one_, {}, std::vector{dead});
    }

    using Sequences = std::vector<std::int64_t>;
    std::unique_ptr<Place> place_ = GetParam().make();
    std::unique_ptr<Deliveries> db_ = place_->open();
    const Uuid one_ = id_of("one");
};

TEST_P(DeliveriesSuite, SubscriptionsAreKept) {
    db_ = nullptr;
    db_ = place_->open();
    const auto wanted = subscription();
    const auto found = db_->subscription(one_);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->name, wanted.name);
    EXPECT_EQ(found->events, wanted.events);
    EXPECT_EQ(found->form, wanted.form);
    EXPECT_EQ(found->transport, wanted.transport);
    EXPECT_EQ(found->target, wanted.target);
    EXPECT_FALSE(found->sign);
    EXPECT_TRUE(found->quoted);
    EXPECT_EQ(found->secret, wanted.secret);
    EXPECT_EQ(found->created_at, wanted.created_at);
    EXPECT_EQ(found->updated_at, wanted.updated_at);
    EXPECT_EQ(found->cursor, 7);
    EXPECT_FALSE(db_->subscription(id_of("another")));
    EXPECT_EQ(db_->subscriptions().size(), 1U);
}

TEST_P(DeliveriesSuite, AChangeIsOfTheVersionThatWasSeen) {
    auto changed = subscription();
    changed.state = Subscription::State::deactivated;
    changed.reason = "it is down";
    changed.events = {};
    EXPECT_TRUE(db_->change(changed));
    EXPECT_FALSE(db_->change(changed));  // somebody has changed it since
    const auto found = *db_->subscription(one_);
    EXPECT_EQ(found.version, 2);
    EXPECT_EQ(found.state, Subscription::State::deactivated);
    EXPECT_EQ(found.reason, "it is down");
    EXPECT_TRUE(found.events.empty());
    EXPECT_EQ(found.cursor, 7);
}

TEST_P(DeliveriesSuite, TakesOnceWhatMovesTheCursor) {
    const std::vector rows{delivery(8, std::string("\0\xff\"", 3)), delivery(10)};
    EXPECT_TRUE(db_->take(one_, {7, 0}, {10, 0}, rows));
    EXPECT_FALSE(db_->take(one_, {7, 0}, {11, 0}, std::vector{delivery(11)}));
    EXPECT_FALSE(db_->take(id_of("another"), {10, 0}, {11, 0}, std::vector{delivery(11)}));
    EXPECT_EQ(db_->subscription(one_)->cursor, 10);
    EXPECT_EQ(db_->subscription(one_)->version, 1);  // which is nothing to notice
    db_ = nullptr;
    db_ = place_->open();
    const auto found = db_->waiting(one_);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].sequence, 8);
    EXPECT_EQ(found[0].event_id, rows[0].event_id);
    EXPECT_EQ(found[0].event_name, rows[0].event_name);
    EXPECT_EQ(found[0].submission_id, rows[0].submission_id);
    EXPECT_EQ(found[0].due_at, kNow);
    EXPECT_EQ(found[0].attempts, 0U);
    EXPECT_EQ(db_->body(one_, 8), std::string("\0\xff\"", 3));
    EXPECT_EQ(db_->body(one_, 9), std::nullopt);
    EXPECT_TRUE(db_->take(one_, {10, 0}, {12, 0}, {}));  // nothing of it was wanted
}

TEST_P(DeliveriesSuite, SettlesWhatHasCome) {
    take({delivery(8), delivery(9), delivery(10)});
    auto failed = delivery(9, "not looked at");
    failed.attempts = 1;
    failed.due_at = kNow + std::chrono::minutes(3);
    failed.timed_out = true;
    failed.answer = "no answer";
    db_->settle(one_, std::vector<std::int64_t>{8}, std::vector{failed});
    kill(10);
    EXPECT_EQ(sequences(Which::waiting), Sequences{9});
    EXPECT_EQ(sequences(Which::dead), Sequences{10});
    EXPECT_EQ(sequences(Which::all), (Sequences{9, 10}));
    const auto all = db_->list(one_, Which::all, 0, 10);
    EXPECT_EQ(all[0].attempts, 1U);
    EXPECT_EQ(all[0].due_at, failed.due_at);
    EXPECT_TRUE(all[0].timed_out);
    EXPECT_EQ(all[0].answer, "no answer");
    EXPECT_FALSE(all[0].dead_at);
    EXPECT_EQ(all[1].dead_at, kNow);
    EXPECT_EQ(all[1].status, 500);
    EXPECT_EQ(db_->body(one_, 9), "bytes");
    EXPECT_EQ(db_->list(one_, Which::all, 9, 10).size(), 1U);
    EXPECT_EQ(db_->list(one_, Which::all, 0, 1).size(), 1U);
    EXPECT_EQ(db_->waiting(one_).size(), 1U);
}

TEST_P(DeliveriesSuite, TheDeadAreCountedAndTriedAgain) {
    take({delivery(8), delivery(9), delivery(10), delivery(11)});
    kill(8, true, kNow - std::chrono::hours(25));
    kill(9, true);
    kill(10);
    const auto count = db_->deaths(one_, kNow - std::chrono::hours(24));
    EXPECT_EQ(count.timeouts, 1);
    EXPECT_EQ(count.others, 1);
    const auto later = kNow + std::chrono::hours(1);
    EXPECT_EQ(db_->revive(one_, 11, later), 0);  // it is not dead
    EXPECT_EQ(db_->revive(one_, 9, later), 1);
    EXPECT_GT(db_->subscription(one_)->version, 1);  // so that it is noticed
    EXPECT_EQ(sequences(Which::dead), (Sequences{8, 10}));
    EXPECT_EQ(db_->waiting(one_)[0].due_at, later);
    EXPECT_EQ(db_->waiting(one_)[0].attempts, 0U);
    EXPECT_EQ(db_->revive(one_, std::nullopt, later), 2);
    EXPECT_EQ(sequences(Which::dead), Sequences{});
}

// What had no words is not sent, but a replay finds out whether it has some now.
TEST_P(DeliveriesSuite, TheWordlessAreDeadFromTheStart) {
    auto wordless = delivery(8, "");
    wordless.dead_at = kNow;
    wordless.answer = "no words";
    take({wordless, delivery(9)});
    EXPECT_EQ(sequences(Which::dead), Sequences{8});
    EXPECT_EQ(db_->list(one_, Which::dead, 0, 1)[0].answer, "no words");
    EXPECT_EQ(db_->list(one_, Which::dead, 0, 1)[0].dead_at, kNow);
    EXPECT_EQ(db_->revive(one_, std::nullopt, kNow), 0);
    EXPECT_EQ(sequences(Which::waiting), Sequences{9});
    EXPECT_TRUE(db_->replay(one_, 7, 9));
    EXPECT_TRUE(db_->take(one_, {9, 7}, {9, 9}, std::vector{delivery(8, "words"), delivery(9)}));
    EXPECT_EQ(sequences(Which::waiting), (Sequences{8, 9}));
    EXPECT_EQ(db_->body(one_, 8), "words");
}

TEST_P(DeliveriesSuite, TheDeadAreForgottenAFewAtATime) {
    db_->add(subscription("two"));
    take({delivery(8), delivery(9), delivery(10), delivery(11), delivery(12)});
    for (const auto sequence : {8, 9, 10})
        kill(sequence, false, kNow - std::chrono::hours(sequence));
    kill(11, false, kNow);
    const auto before = kNow - std::chrono::hours(1);
    EXPECT_EQ(db_->trim(id_of("two"), before, 10), 0);
    EXPECT_EQ(db_->trim(one_, before, 2), 2);
    EXPECT_EQ(sequences(Which::all), (Sequences{8, 11, 12}));  // the oldest first
    EXPECT_EQ(db_->trim(one_, before, 2), 1);
    EXPECT_EQ(db_->trim(one_, before, 2), 0);
    EXPECT_EQ(sequences(Which::all), (Sequences{11, 12}));  // what waits is kept
}

TEST_P(DeliveriesSuite, KnowsWhatAKeyHasSigned) {
    auto signed_one = delivery(8);
    signed_one.key_id = "k1";
    take({signed_one, delivery(9)});
    EXPECT_TRUE(db_->awaits("k1"));
    EXPECT_FALSE(db_->awaits("k2"));
    kill(8);
    EXPECT_TRUE(db_->awaits("k1"));  // it may be tried again
    auto off = subscription();
    off.state = Subscription::State::deactivated;
    EXPECT_TRUE(db_->change(off));
    EXPECT_FALSE(db_->awaits("k1"));
    off.state = Subscription::State::active;
    ++off.version;
    EXPECT_TRUE(db_->change(off));
    db_->settle(one_, std::vector<std::int64_t>{8}, {});
    EXPECT_FALSE(db_->awaits("k1"));
}

TEST_P(DeliveriesSuite, AReplayTakesAgain) {
    take({delivery(8), delivery(9), delivery(10)});
    kill(9);
    db_->settle(one_, std::vector<std::int64_t>{8}, {});
    EXPECT_TRUE(db_->replay(one_, 5, 10));
    EXPECT_FALSE(db_->replay(one_, 6, 10));  // one at a time
    EXPECT_EQ(db_->subscription(one_)->replay_after, 5);
    EXPECT_EQ(db_->subscription(one_)->replay_until, 10);
    // 8 was delivered, 9 is dead, 10 is on its way with the bytes that it has
    EXPECT_TRUE(
        db_->take(one_, {10, 5}, {10, 10},
                  std::vector{delivery(8, "new"), delivery(9, "new"), delivery(10, "new")}));
    EXPECT_EQ(sequences(Which::waiting), (Sequences{8, 9, 10}));
    EXPECT_EQ(db_->body(one_, 8), "new");
    EXPECT_EQ(db_->body(one_, 9), "bytes");
    EXPECT_EQ(db_->body(one_, 10), "bytes");
    EXPECT_TRUE(db_->replay(one_, 9, 10));
}

TEST_P(DeliveriesSuite, RemovedWithItsDeliveries) {
    db_->add(subscription("two"));
    take({delivery(8)});
    EXPECT_TRUE(db_->remove(one_));
    EXPECT_FALSE(db_->remove(one_));
    EXPECT_TRUE(sequences(Which::all).empty());
    EXPECT_FALSE(db_->take(one_, {8, 0}, {9, 0}, std::vector{delivery(9)}));
    EXPECT_EQ(db_->subscriptions().size(), 1U);
}

TEST_P(DeliveriesSuite, ThreeKeysAreKept) {
    const auto key = [](const std::string& id, int hour) {
        return EventKey{
            .id = id, .pem = "pem " + id, .created_at = kNow + std::chrono::hours(hour)};
    };
    EXPECT_TRUE(db_->keys().empty());
    EXPECT_TRUE(db_->add_keys("", std::vector{key("z", 0), key("y", 1), key("x", 2)}, 3));
    EXPECT_FALSE(db_->add_keys("", std::vector{key("late", 2)}, 3));  // two that begin at once
    EXPECT_TRUE(db_->add_keys("x", std::vector{key("w", 3)}, 3));
    EXPECT_FALSE(db_->add_keys("x", std::vector{key("late", 3)}, 3));
    const auto keys = db_->keys();
    ASSERT_EQ(keys.size(), 3U);
    EXPECT_EQ(keys[0].id, "y");
    EXPECT_EQ(keys[2].id, "w");
    EXPECT_EQ(keys[2].pem, "pem w");
    EXPECT_EQ(keys[2].created_at, kNow + std::chrono::hours(3));
}

INSTANTIATE_TEST_SUITE_P(
    Engines, DeliveriesSuite,
    testing::Values(Engine{"Sqlite", [] { return std::make_unique<SqliteFile>(); }},
                    Engine{"Postgres", [] { return std::make_unique<PostgresDatabase>(); }}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace handin::test
