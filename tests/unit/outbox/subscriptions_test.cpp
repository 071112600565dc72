// What an administrator does with subscriptions.
#include "outbox/subscriptions.hpp"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "store/sqlite/sqlite_deliveries.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/fake_clock.hpp"
#include "support/run_task.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

using events::Outcome;

std::thread::id worded_by;
std::map<std::string, std::string> troubles;  // with targets

class NoticingForm final : public events::Form {
 public:
    std::optional<events::Shown> show(const domain::Event& /*event*/) const override { return {}; }
    boost::json::object sample(Time /*now*/) const override {
        worded_by = std::this_thread::get_id();
        return {{"a", "test"}};
    }
};

const events::Form* find_form(std::string_view name) {
    static const NoticingForm form;
    return name == "canvas" ? &form : nullptr;
}

class RepeatingSink final : public events::Sink {
 public:
    task<Outcome> deliver(events::Message message) override {
        co_return Outcome{.kind = Outcome::Kind::retry, .after = {}, .reason = message.body};
    }
};

class SubscriptionsTest : public testing::Test {
 protected:
    static outbox::Transports transports() {
        outbox::Transports all;
        all["https"] = {
            .trouble = [](const std::string& target) { return troubles[target]; },
            .make = [](const store::Subscription&) { return std::make_unique<RepeatingSink>(); },
            .new_secret = [] { return "secret"; }};
        return all;
    }
    auto create(bool sign) {
        outbox::SubscriptionWish wish;
        wish.name = "one";
        wish.target = "there";
        wish.sign = sign;
        return subscriptions_.create(wish);
    }

    TemporaryFolder folder_;
    FakeClock clock_;
    Pool pool_{2};
    store::sqlite::SqliteStore store_{folder_.path() / "handin.db"};
    store::sqlite::SqliteDeliveries deliveries_{folder_.path() / "deliveries.db"};
    outbox::KeyRing keys_{deliveries_, clock_};
    outbox::Transports transports_ = transports();
    outbox::Subscriptions subscriptions_{
        store_, deliveries_, {keys_, "issuer", find_form}, transports_, pool_, clock_, [] {}};
};

TEST_F(SubscriptionsTest, AreNotMoreThanAHundred) {
    for (std::size_t index = 0; index < outbox::kMostSubscriptions; ++index)
        ASSERT_TRUE(create(false));
    const auto refused = create(false);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "");  // which is a conflict
    ASSERT_TRUE(subscriptions_.remove(subscriptions_.list().front().id));
    EXPECT_TRUE(create(false));
}

// As when its transport is not configured any more.
TEST_F(SubscriptionsTest, WhatHasNoTargetAnyMoreCanBeDeactivated) {
    const auto made = create(false);
    ASSERT_TRUE(made);
    troubles["there"] = "it is none";
    outbox::SubscriptionWish off, on, name;
    off.active = false;
    on.active = true;
    name.name = "another";
    EXPECT_TRUE(subscriptions_.change(made->id, off));
    EXPECT_TRUE(subscriptions_.change(made->id, name));
    const auto refused = subscriptions_.change(made->id, on);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "target");
    EXPECT_FALSE(create(false));
    troubles.clear();
    EXPECT_TRUE(subscriptions_.change(made->id, on));
}

TEST_F(SubscriptionsTest, ATestIsWordedAndSignedElsewhere) {
    const auto made = create(true);
    ASSERT_TRUE(made);
    const auto outcome = run(subscriptions_.try_out(*made));
    EXPECT_TRUE(outcome.reason.starts_with("\"eyJ")) << outcome.reason;
    EXPECT_NE(worded_by, std::thread::id());
    EXPECT_NE(worded_by, std::this_thread::get_id());
}

}  // namespace
}  // namespace handin::test
