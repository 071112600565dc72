// What goes out: who wants to hear of events, how far each has been told, and what is still to be
// told them. Apart from the store, so that telling costs a submit nothing: an event is written
// once, whoever wants it. A subscription has a cursor into the outbox's sequence, and rows only for
// what has been taken from there and is not delivered yet: on its way, waiting for another try,
// held back behind such a one, or dead. A port with two engines.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::store {

struct Subscription {
    enum class State : std::uint8_t { active, deactivated };

    Uuid id;  // time-ordered
    std::string name;
    std::vector<std::string> events;  // by Canvas's names; empty: all
    std::string form;                 // of the messages: canvas
    std::string transport;            // https
    std::string target;               // a URL
    bool sign = true;                 // as a JWS
    bool quoted = true;               // which is then a JSON string
    std::string secret;               // of Standard Webhooks: whsec_…
    State state = State::active;
    std::string reason;  // why it was deactivated
    Time created_at;
    Time updated_at;
    std::int64_t version = 1;  // grows with every change that the relay must notice
    std::int64_t cursor = 0;   // what came up to here has been taken
    // What comes after the first and not after the second is to be told again; equal: nothing.
    std::int64_t replay_after = 0;
    std::int64_t replay_until = 0;
};

// One event for one subscription, as it was first rendered.
struct Delivery {
    std::int64_t sequence = 0;
    Uuid event_id;
    std::string event_name;
    Uuid submission_id;     // whose events keep their order
    std::string body;       // the bytes that are sent, every time; empty: it has no words
    std::string key_id;     // that has signed them; empty: none
    unsigned attempts = 0;  // that have failed
    Time due_at;            // not before
    std::optional<Time> dead_at;
    // The last answer.
    bool timed_out = false;
    int status = 0;  // 0: none
    std::string answer;
};

// How far a subscription has got.
struct Progress {
    std::int64_t cursor = 0;
    std::int64_t replay_after = 0;
    bool operator==(const Progress&) const = default;
};

struct DeathCount {
    std::int64_t timeouts = 0;
    std::int64_t others = 0;
};

// An RSA key that signs messages.
struct EventKey {
    std::string id;   // kid
    std::string pem;  // private
    Time created_at;
};

// Thread-safe; every function blocks and throws store::Unavailable. What changes subscriptions and
// keys is on the disk when it returns; progress is not, for it may be made again: after a power cut
// the latest deliveries are sent twice.
class Deliveries {
 public:
    enum class Which : std::uint8_t { all, waiting, dead };
    virtual ~Deliveries() = default;

    // Oldest first.
    virtual std::vector<Subscription> subscriptions() = 0;
    virtual std::optional<Subscription> subscription(const Uuid& id) = 0;
    virtual void add(const Subscription& subscription) = 0;
    // All but id, created_at and how far it is. False: there is none of this id and version.
    // Its version is one more then.
    virtual bool change(const Subscription& subscription) = 0;
    // With its deliveries.
    virtual bool remove(const Uuid& id) = 0;
    // False: there is none, or it is still being told an earlier range. What had no words there is
    // forgotten, so that it is taken again.
    virtual bool replay(const Uuid& id, std::int64_t after, std::int64_t until) = 0;

    // Writes what was taken, unless somebody else has moved the cursors: then false and nothing.
    // One that is there already is kept; if it was dead, it is tried again. What is taken dead, is
    // so from the start.
    virtual bool take(const Uuid& subscription_id, const Progress& from, const Progress& to,
                      std::span<const Delivery> taken) = 0;
    // Those that are neither delivered nor dead, in order, without their bodies.
    virtual std::vector<Delivery> waiting(const Uuid& subscription_id) = 0;
    virtual std::optional<std::string> body(const Uuid& subscription_id, std::int64_t sequence) = 0;
    // Forgets what was delivered, and notes what has failed: attempts, due_at, dead_at and the
    // answer.
    virtual void settle(const Uuid& subscription_id, std::span<const std::int64_t> delivered,
                        std::span<const Delivery> failed) = 0;
    // How many have died since.
    virtual DeathCount deaths(const Uuid& subscription_id, Time since) = 0;

    // Without bodies, by sequence.
    virtual std::vector<Delivery> list(const Uuid& subscription_id, Which which, std::int64_t after,
                                       std::size_t limit) = 0;
    // Has dead ones that have bytes tried again, as if for the first time: that one, or all. How
    // many.
    virtual std::int64_t revive(const Uuid& subscription_id, std::optional<std::int64_t> sequence,
                                Time now) = 0;

    // Forgets some that have died before that. How many.
    virtual std::int64_t trim(const Uuid& subscription_id, Time before, std::size_t limit) = 0;

    // Oldest first.
    virtual std::vector<EventKey> keys() = 0;
    // Whether an active subscription still has deliveries, dead or not, that this key has signed.
    virtual bool awaits(const std::string& key_id) = 0;
    // Adds some, unless the newest is not the one named (empty: there is none), and forgets all but
    // the newest `keep`. False: somebody else was faster.
    virtual bool add_keys(const std::string& newest, std::span<const EventKey> keys,
                          std::size_t keep) = 0;
};

}  // namespace handin::store
