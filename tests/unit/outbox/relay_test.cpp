// The relay with receivers that do as they are told (DESIGN 5.6).
#include "outbox/relay.hpp"

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <set>

#include <SQLiteCpp/SQLiteCpp.h>

#include "events/form.hpp"
#include "events/sample_event.hpp"
#include "store/sqlite/sqlite_deliveries.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

using events::Message;
using events::Outcome;
using Kind = Outcome::Kind;

constexpr auto kPatience = std::chrono::seconds(60);

// What receivers got, by subscription.
class Post {
 public:
    void take(const std::string& to, const Message& message) {
        std::lock_guard lock(mutex_);
        messages_[to].push_back(message);
        changed_.notify_all();
    }
    std::vector<Message> of(const std::string& to) {
        std::lock_guard lock(mutex_);
        return messages_[to];
    }
    // Waits until so many are there.
    std::vector<Message> await(const std::string& to, std::size_t count) {
        std::unique_lock lock(mutex_);
        EXPECT_TRUE(
            changed_.wait_for(lock, kPatience, [&] { return messages_[to].size() >= count; }));
        return messages_[to];
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, std::vector<Message>> messages_;
};

// Has words for what has a session, and has noticed who asked for them.
class FakeForm final : public events::Form {
 public:
    std::optional<events::Shown> show(const domain::Event& event) const override {
        std::lock_guard lock(mutex_);
        threads_.insert(std::this_thread::get_id());
        if (event.request.session_id.empty()) throw std::out_of_range("no session");
        return events::Shown{"submission_created", {{"id", event.id.str()}}};
    }
    boost::json::object sample(Time /*now*/) const override { return {}; }
    std::set<std::thread::id> threads() const {
        std::lock_guard lock(mutex_);
        return threads_;
    }
    void forget() const {
        std::lock_guard lock(mutex_);
        threads_.clear();
    }
    static const FakeForm& shared() {
        static const FakeForm form;
        return form;
    }

 private:
    mutable std::mutex mutex_;
    mutable std::set<std::thread::id> threads_;
};

const events::Form* find_form(std::string_view name) {
    return name == "fake" ? &FakeForm::shared() : events::find_form(name);
}

// As if other processes could be at work on it; counts the questions.
class SharedStore final : public store::Store, store::Leases {
 public:
    explicit SharedStore(store::Store& store) : store_(store) {}

    std::unique_ptr<store::Writer> writer() override { return store_.writer(); }
    task<void> read(std::function<void(store::Reader&)> work) override { return store_.read(work); }
    task<void> read_long(std::function<void(store::Reader&)> work) override {
        return store_.read_long(work);
    }
    void read_now(const std::function<void(store::Reader&)>& work) override {
        ++questions_;
        store_.read_now(work);
    }
    bool writable() const override { return true; }
    store::Leases* leases() override { return this; }
    std::optional<std::int64_t> hold(const std::string& /*name*/,
                                     std::chrono::milliseconds /*life*/) override {
        ++held_;
        return 1;
    }
    void release(const std::string& /*name*/) noexcept override {}
    int questions() const { return questions_; }
    int held() const { return held_; }

 private:
    store::Store& store_;
    std::atomic<int> questions_ = 0, held_ = 0;
};

using Answer = std::function<task<Outcome>(const Message&, std::size_t number)>;

task<Outcome> deliver_at_once(const Message& /*message*/, std::size_t /*number*/) {
    co_return Outcome{};
}

// Never answers, until the relay is to stop.
task<Outcome> hang(const Message& /*message*/, std::size_t /*number*/,
                   std::atomic<bool>& stopping) {
    using Timer =
        asio::basic_waitable_timer<std::chrono::steady_clock,
                                   asio::wait_traits<std::chrono::steady_clock>, Executor>;
    Timer timer(co_await asio::this_coro::executor);
    while (!stopping) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(asio::as_tuple(use_task));
    }
    co_return Outcome{.kind = Kind::retry, .after = {}, .reason = "stopping"};
}

class FakeSink final : public events::Sink {
 public:
    FakeSink(Post& post, std::string name, Answer answer)
        : post_(post), name_(std::move(name)), answer_(std::move(answer)) {}

    task<Outcome> deliver(Message message) override {
        post_.take(name_, message);
        co_return co_await answer_(message, ++count_);
    }

 private:
    Post& post_;
    std::string name_;
    Answer answer_;
    std::size_t count_ = 0;
};

class RelayTest : public testing::Test {
 protected:
    RelayTest() {
        options_.retry.pause = std::chrono::milliseconds(1);
        options_.retry.tries = 4;
    }
    ~RelayTest() override { stop(); }

    void commit(const std::string& submission, int count = 1) {
        domain::Changes changes;
        for (int each = 0; each < count; ++each) {
            auto& event = changes.events.emplace_back(sample_event());
            event.id = id_of("event" + std::to_string(++events_));
            event.submission_id = id_of(submission);
            event.after.attempts = static_cast<std::uint32_t>(events_);
        }
        const domain::Changes* const all[] = {&changes};
        writer_->commit(all);
        if (relay_) relay_->wake();
    }

    Uuid subscribe(const std::string& name, Answer answer = deliver_at_once,
                   const std::string& form = "canvas", bool sign = false) {
        store::Subscription it;
        it.id = id_of(name);
        it.name = name;
        it.form = form;
        it.sign = sign;
        it.created_at = it.updated_at = clock_.now();
        deliveries_->add(it);
        answers_[name] = std::move(answer);
        return it.id;
    }

    void start() { start(store_); }
    void start(store::Store& store) {
        stopping_ = false;
        relay_.emplace(
            store, *deliveries_, keys_, outbox::Wording{keys_, "https://school.example", find_form},
            [this](const store::Subscription& it) {
                return std::make_unique<FakeSink>(post_, it.name, answers_.at(it.name));
            },
            clock_, options_, [](const outbox::DeliverySeen&) {});
        relay_->start();
    }
    void stop() {
        stopping_ = true;
        relay_.reset();
    }
    void wait_until(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + kPatience;
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end);
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    std::vector<store::Delivery> listed(const Uuid& id) {
        return deliveries_->list(id, store::Deliveries::Which::all, 0, 100'000);
    }
    Answer hanging() {
        return [this](const Message& message, std::size_t number) {
            return hang(message, number, stopping_);
        };
    }

    TemporaryFolder folder_;
    SystemClock clock_;
    store::sqlite::SqliteStore store_{folder_.path() / "handin.db"};
    std::unique_ptr<store::Writer> writer_ = store_.writer();
    std::unique_ptr<store::Deliveries> deliveries_ =
        std::make_unique<store::sqlite::SqliteDeliveries>(folder_.path() / "deliveries.db");
    outbox::KeyRing keys_{*deliveries_, clock_};
    outbox::RelayOptions options_;
    Post post_;
    std::map<std::string, Answer> answers_;
    std::atomic<bool> stopping_ = false;
    std::optional<outbox::Relay> relay_;
    int events_ = 0;
};

std::vector<Uuid> ids(const std::vector<Message>& messages) {
    std::vector<Uuid> found;
    for (const auto& each : messages)
        found.push_back(each.id);
    return found;
}

TEST_F(RelayTest, TellsEverybodyEverythingInOrder) {
    const auto one = subscribe("one");
    const auto two = subscribe("two");
    commit("a", 3);
    start();
    commit("a", 700);  // several pages
    for (const auto* name : {"one", "two"}) {
        const auto messages = post_.await(name, 703);
        ASSERT_EQ(messages.size(), 703U);
        for (std::size_t index = 0; index < messages.size(); ++index)
            EXPECT_EQ(messages[index].id, id_of("event" + std::to_string(index + 1)));
    }
    wait_until([&] { return listed(one).empty() && listed(two).empty(); });
    EXPECT_EQ(deliveries_->subscription(one)->cursor, 703);
}

TEST_F(RelayTest, ASlowReceiverDelaysNobody) {
    const auto slow = subscribe("slow", hanging());
    subscribe("fast");
    start();
    for (int index = 0; index < 100; ++index)
        commit("s" + std::to_string(index));
    post_.await("fast", 100);
    EXPECT_LE(post_.of("slow").size(), options_.concurrency);
    EXPECT_FALSE(listed(slow).empty());
}

TEST_F(RelayTest, WhatWasNotRecordedIsSentAgainAsItWas) {
    const auto one = subscribe("one", hanging());
    start();
    commit("a", 2);
    commit("b");
    const auto first = post_.await("one", 2);  // the second of a waits
    stop();
    EXPECT_EQ(listed(one).size(), 3U);
    EXPECT_EQ(listed(one)[0].attempts, 0U);  // to be stopped is no failure
    // The next binary may have other words for it; this delivery keeps its own.
    answers_["one"] = deliver_at_once;
    start();
    const auto all = post_.await("one", 5);
    EXPECT_EQ(ids(all), (std::vector{id_of("event1"), id_of("event3"), id_of("event1"),
                                     id_of("event3"), id_of("event2")}));
    EXPECT_EQ(all[2].body, first[0].body);
    wait_until([&] { return listed(one).empty(); });
}

TEST_F(RelayTest, TriesFourTimesThenGoesOn) {
    const auto one = subscribe("one", [](const Message& message, std::size_t) -> task<Outcome> {
        const bool bad = message.id == id_of("event1");
        co_return Outcome{.kind = bad ? Kind::retry : Kind::delivered,
                          .after = {},
                          .reason = "no\xff",
                          .status = bad ? 500 : 200};
    });
    commit("a", 2);
    start();
    const auto messages = post_.await("one", 5);
    const auto bad = id_of("event1");
    EXPECT_EQ(ids(messages), (std::vector{bad, bad, bad, bad, id_of("event2")}));
    wait_until([&] { return listed(one).size() == 1; });
    const auto dead = listed(one)[0];
    EXPECT_TRUE(dead.dead_at);
    EXPECT_EQ(dead.attempts, 4U);
    EXPECT_EQ(dead.status, 500);
    EXPECT_EQ(dead.answer, "no\uFFFD");
}

TEST_F(RelayTest, WhatIsRefusedIsNotTriedAgain) {
    const auto one = subscribe("one", [](const Message&, std::size_t) -> task<Outcome> {
        co_return Outcome{.kind = Kind::refused, .after = {}, .reason = "not a public address"};
    });
    commit("a");
    start();
    wait_until([&] { return !listed(one).empty() && listed(one)[0].dead_at; });
    EXPECT_EQ(post_.of("one").size(), 1U);
}

TEST_F(RelayTest, DeactivatesWhatIsHopeless) {
    options_.retry.tries = 1;
    options_.most_failures = 5;
    const auto one = subscribe("one", [](const Message&, std::size_t) -> task<Outcome> {
        co_return Outcome{.kind = Kind::retry, .after = {}, .reason = "no", .status = 500};
    });
    start();
    for (int index = 0; index < 5; ++index)
        commit("s" + std::to_string(index));
    using State = store::Subscription::State;
    wait_until([&] { return deliveries_->subscription(one)->state == State::deactivated; });
    EXPECT_NE(deliveries_->subscription(one)->reason, "");
    const auto before = post_.of("one").size();
    commit("later");
    wait_until([&] { return relay_->seen().empty(); });
    EXPECT_EQ(post_.of("one").size(), before);
}

TEST_F(RelayTest, HoldsNoMoreRowsThanItMay) {
    options_.outstanding = 20;
    options_.page = 10;
    const auto one = subscribe("one", hanging());
    start();
    commit("a", 200);
    post_.await("one", 1);
    wait_until([&] { return listed(one).size() >= 20; });
    EXPECT_LE(listed(one).size(), 30U);
    EXPECT_LE(deliveries_->subscription(one)->cursor, 30);
}

TEST_F(RelayTest, TakesSlowlyWhileCommitsWait) {
    std::atomic<bool> busy = true;
    options_.busy = [&] { return busy.load(); };
    options_.page = 10;
    subscribe("one");
    commit("a", 2000);
    start();
    post_.await("one", 10);
    // A page a tenth of a second: 2000 would take 20 s.
    busy = false;
    relay_->wake();
    post_.await("one", 2000);
}

// What has no words is dead; everything else is told.
TEST_F(RelayTest, AnEventWithoutWordsStopsNobody) {
    const auto one = subscribe("one", deliver_at_once, "fake");
    commit("a");
    domain::Changes changes;
    changes.events.emplace_back(sample_event()).request.session_id.clear();
    changes.events.back().id = id_of("wordless");
    const domain::Changes* const all[] = {&changes};
    writer_->commit(all);
    commit("a");
    start();
    EXPECT_EQ(ids(post_.await("one", 2)), (std::vector{id_of("event1"), id_of("event2")}));
    wait_until([&] { return listed(one).size() == 1; });
    const auto dead = listed(one)[0];
    EXPECT_EQ(dead.event_id, id_of("wordless"));
    EXPECT_TRUE(dead.dead_at);
    EXPECT_EQ(dead.attempts, 0U);
    EXPECT_NE(dead.answer.find("no session"), std::string::npos);
    EXPECT_EQ(deliveries_->subscription(one)->cursor, 3);
}

// Nor one that this binary cannot even read.
TEST_F(RelayTest, AnUnreadableEventStopsNobody) {
    const auto one = subscribe("one");
    commit("a", 3);
    SQLite::Database raw((folder_.path() / "handin.db").string(), SQLite::OPEN_READWRITE);
    raw.exec("UPDATE outbox SET event = '{\"v\":99}' WHERE sequence = 2");
    start();
    EXPECT_EQ(ids(post_.await("one", 2)), (std::vector{id_of("event1"), id_of("event3")}));
    wait_until([&] { return listed(one).size() == 1; });
    EXPECT_NE(listed(one)[0].answer.find("version"), std::string::npos);
}

TEST_F(RelayTest, ForgetsTheDeadInTime) {
    const auto one = subscribe("one", hanging());
    std::vector<store::Delivery> rows;
    for (const int days : {31, 29}) {
        auto& row = rows.emplace_back();
        row.sequence = 100 - days;
        row.body = "bytes";
        row.dead_at = clock_.now() - std::chrono::days(days);
    }
    commit("a", 100);
    ASSERT_TRUE(deliveries_->take(one, {0, 0}, {100, 0}, rows));
    start();
    wait_until([&] { return listed(one).size() == 1; });
    EXPECT_EQ(listed(one)[0].sequence, 71);
}

// Signing is slow: it is done elsewhere, lest it hold up what goes out.
TEST_F(RelayTest, SignsOnOtherThreads) {
    FakeForm::shared().forget();  // ids of threads are used again
    std::atomic<std::thread::id> relay;
    subscribe(
        "one",
        [&](const Message&, std::size_t) -> task<Outcome> {
            relay = std::this_thread::get_id();
            co_return Outcome{};
        },
        "fake", true);
    commit("a", 300);
    start();
    const auto messages = post_.await("one", 300);
    for (std::size_t index = 0; index < messages.size(); ++index)
        EXPECT_EQ(messages[index].id, id_of("event" + std::to_string(index + 1)));
    stop();
    EXPECT_FALSE(FakeForm::shared().threads().contains(relay.load()));
}

// However many subscriptions there are, one question tells whether another node has committed.
TEST_F(RelayTest, OneLookForAll) {
    constexpr int kMany = 40;
    for (int index = 0; index < kMany; ++index)
        subscribe("s" + std::to_string(index));
    SharedStore shared(store_);
    start(shared);
    wait_until([&] { return relay_->seen().size() == kMany; });
    // Leases are renewed every three seconds.
    const auto before = shared.questions();
    wait_until([&] { return shared.held() >= 2 * kMany; });
    EXPECT_LT(shared.questions() - before, 10 * kMany);  // it was 20 a second each
    domain::Changes changes;
    changes.events.emplace_back(sample_event());
    const domain::Changes* const all[] = {&changes};
    writer_->commit(all);  // as if by another node: nobody wakes the relay
    const auto committed = std::chrono::steady_clock::now();
    for (int index = 0; index < kMany; ++index)
        post_.await("s" + std::to_string(index), 1);
    EXPECT_LT(std::chrono::steady_clock::now() - committed, std::chrono::milliseconds(900));
}

// A database that was restored beside newer deliveries: what happens next is new.
TEST_F(RelayTest, IsNotAheadOfTheOutbox) {
    const auto one = subscribe("one");
    commit("a", 2);
    ASSERT_TRUE(deliveries_->take(one, {0, 0}, {100, 0}, {}));
    start();
    wait_until([&] { return deliveries_->subscription(one)->cursor == 2; });
    commit("a");
    EXPECT_EQ(post_.await("one", 1)[0].id, id_of("event3"));
}

TEST_F(RelayTest, RepeatsARange) {
    const auto one = subscribe("one");
    start();
    commit("a", 5);
    post_.await("one", 5);
    wait_until([&] { return listed(one).empty(); });
    ASSERT_TRUE(deliveries_->replay(one, 1, 3));
    relay_->refresh();
    const auto messages = post_.await("one", 7);
    EXPECT_EQ(messages[5].id, id_of("event2"));
    EXPECT_EQ(messages[6].id, id_of("event3"));
    wait_until([&] { return listed(one).empty(); });
    const auto after = *deliveries_->subscription(one);
    EXPECT_EQ(after.replay_after, after.replay_until);
}

task<Outcome> fail_twice(const Message& /*message*/, int number) {
    if (number > 2) co_return Outcome{};
    co_return Outcome{
        .kind = number == 1 ? Kind::refused : Kind::retry, .after = {}, .reason = "not now"};
}

// The bytes of a delivery are the same at every try, whatever the subscription says by now.
TEST_F(RelayTest, WhatWasDeadIsRepeatedWithTheBytesOfTheFirstTime) {
    std::atomic<int> tries = 0;  // a changed subscription has a new sink
    const auto one = subscribe("one", [&tries](const Message& message, std::size_t) {
        return fail_twice(message, ++tries);
    });
    start();
    commit("a");
    wait_until([&] {
        const auto all = listed(one);
        return !all.empty() && all[0].dead_at.has_value();
    });
    auto changed = *deliveries_->subscription(one);
    changed.form = "caliper";
    ASSERT_TRUE(deliveries_->change(changed));
    ASSERT_TRUE(deliveries_->replay(one, 0, 1));
    relay_->refresh();
    const auto messages = post_.await("one", 3);
    EXPECT_EQ(messages[1].body, messages[0].body);
    EXPECT_EQ(messages[2].body, messages[0].body);
    stop();
}

}  // namespace
}  // namespace handin::test
