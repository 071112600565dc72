// Inside outbox/: one subscription while it is being served. Of the relay's thread.
#pragma once

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <random>
#include <unordered_map>
#include <vector>

#include "outbox/lanes.hpp"
#include "outbox/relay.hpp"

namespace handin::outbox {

using RelayTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, Executor>;

struct Relay::Timer : RelayTimer {
    using RelayTimer::RelayTimer;
};

struct Relay::Channel {
    Channel(asio::io_context& io, store::Subscription its)
        : subscription(std::move(its)), timer(io), name(subscription.id.str()) {}

    struct Result {
        Lanes::Item item;
        events::Outcome outcome;
        double seconds;
    };

    store::Subscription subscription;
    RelayTimer timer;  // cancelled when there is something to do
    const std::string name;
    std::shared_ptr<events::Sink> sink;
    std::size_t concurrency = 1;  // deliveries under way
    Lanes lanes;
    std::unordered_map<std::size_t, Lanes::Item> under_way;  // by a number of their own
    std::size_t next_slot = 0;
    std::vector<Result> results;
    bool changed = false;     // the subscription is another than this
    bool over = false;        // it is no longer ours to serve
    bool drained = false;     // the outbox had nothing more
    std::int64_t deaths = 0;  // since it was last looked whether there are too many
    std::chrono::steady_clock::time_point renew_at;
    std::chrono::steady_clock::time_point took_at;
};

}  // namespace handin::outbox
