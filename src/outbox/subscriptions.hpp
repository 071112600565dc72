// What an administrator does with subscriptions and deliveries. Everything blocks but try_out().
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/pool.hpp"
#include "base/task.hpp"
#include "events/sink.hpp"
#include "outbox/wording.hpp"
#include "store/deliveries.hpp"
#include "store/store.hpp"

namespace handin::outbox {

// What can be chosen; nullopt: as it is, or as it is usual for a new one.
struct SubscriptionWish {
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> events;
    std::optional<std::string> form;
    std::optional<std::string> transport;
    std::optional<std::string> target;
    std::optional<bool> sign;
    std::optional<bool> quoted;
    std::optional<bool> active;
    std::optional<std::int64_t> after;  // of a new one: told what comes after; nullopt: from now on
};

struct Problem {
    std::string field;  // empty: none in particular
    std::string message;
};

// A transport, as the wiring knows them.
struct Transport {
    std::function<std::string(const std::string& target)> trouble;  // empty: it is a target
    std::function<std::unique_ptr<events::Sink>(const store::Subscription&)> make;
    std::function<std::string()> new_secret;  // null: it has none
    bool signs = true;                        // unless something else is asked for
};
using Transports = std::map<std::string, Transport, std::less<>>;

// Each has up to 10,000 rows, connections and a place in memory of its own.
inline constexpr std::size_t kMostSubscriptions = 100;

class Subscriptions {
 public:
    // All outlive it. `changed`: called after each change, to wake the relay.
    Subscriptions(store::Store& store, store::Deliveries& deliveries, Wording wording,
                  const Transports& transports, Pool& pool, const Clock& clock,
                  std::function<void()> changed)
        : store_(store),
          deliveries_(deliveries),
          wording_(std::move(wording)),
          transports_(transports),
          pool_(pool),
          clock_(clock),
          changed_(std::move(changed)) {}

    template <class T>
    using Result = std::expected<T, Problem>;

    std::vector<store::Subscription> list() { return deliveries_.subscriptions(); }
    std::optional<store::Subscription> find(const Uuid& id) { return deliveries_.subscription(id); }
    Result<store::Subscription> create(const SubscriptionWish& wish);
    // nullopt: there is none.
    Result<std::optional<store::Subscription>> change(const Uuid& id, const SubscriptionWish& wish);
    // With a new secret.
    Result<std::optional<store::Subscription>> renew_secret(const Uuid& id);
    bool remove(const Uuid& id);
    // Sends a test message, now and once. `subscription`: from find().
    task<events::Outcome> try_out(store::Subscription subscription);

    // Events after the first and not after the second (nullopt: the last there is).
    Result<store::Subscription> replay(const store::Subscription& subscription, std::int64_t after,
                                       std::optional<std::int64_t> until);
    std::vector<store::Delivery> deliveries(const Uuid& id, store::Deliveries::Which which,
                                            std::int64_t after, std::size_t limit) {
        return deliveries_.list(id, which, after, limit);
    }
    // Tries dead ones again. How many.
    std::int64_t revive(const Uuid& id, std::optional<std::int64_t> sequence);
    // Whose events they are told: of all of them.
    std::vector<domain::Account> accounts();
    std::string jwks() { return wording_.keys.jwks(); }
    std::expected<void, std::string> rotate_keys(bool whatever) {
        return wording_.keys.rotate(whatever);
    }

 private:
    std::optional<Problem> apply(const SubscriptionWish& wish, store::Subscription& it);
    Result<std::optional<store::Subscription>> edit(
        const Uuid& id, const std::function<std::optional<Problem>(store::Subscription&)>& work);
    std::int64_t last_sequence();
    std::string secret_for(const store::Subscription& it);

    store::Store& store_;
    store::Deliveries& deliveries_;
    Wording wording_;
    const Transports& transports_;
    Pool& pool_;
    const Clock& clock_;
    std::function<void()> changed_;
};

}  // namespace handin::outbox
