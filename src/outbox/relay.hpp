// Events go out: from the outbox to each subscription, at least once, in order of each submission
// (DESIGN 5.6). One thread of its own, and some that sign; each subscription that this process has
// the lease for is a channel with its own cursor, backlog and bound of deliveries under way, so
// that a slow receiver holds up nobody else.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/pool.hpp"
#include "base/task.hpp"
#include "events/sink.hpp"
#include "outbox/backoff.hpp"
#include "outbox/news.hpp"
#include "outbox/wording.hpp"
#include "store/deliveries.hpp"
#include "store/store.hpp"

namespace handin::outbox {

struct RelayOptions {
    RetryPolicy retry = {};
    std::size_t concurrency = 16;      // deliveries under way to one subscription
    std::size_t page = 256;            // events taken from the outbox at a time
    std::size_t outstanding = 10'000;  // rows of one subscription; the rest stays in the outbox
    // canvas-live-events.md 3.4: so many deaths in a day, and a subscription is deactivated.
    std::int64_t most_timeouts = 9'500;
    std::int64_t most_failures = 28'000;
    std::chrono::hours key_age = std::chrono::hours(30 * 24);
    std::chrono::hours dead_age = std::chrono::hours(30 * 24);  // then the dead are forgotten
    std::size_t threads = 0;                                    // that sign; 0: one a core
    News* news = nullptr;  // told of what other nodes commit; outlives the relay
    // Commits are waiting: then little is taken, for submits come first.
    std::function<bool()> busy = [] { return false; };
};

// One delivery was tried. `result`: delivered, retry, refused, dead.
struct DeliverySeen {
    std::string_view subscription;
    std::string_view result;
    double seconds = 0;
};

// How a subscription is doing, as of a second ago.
struct ChannelSeen {
    std::string subscription;
    std::int64_t backlog = 0;      // events that are still to be delivered or passed over
    double oldest_seconds = 0;     // age of the oldest of them
    std::int64_t outstanding = 0;  // of these, taken from the outbox
};

class Relay {
 public:
    using MakeSink =
        std::function<std::unique_ptr<events::Sink>(const store::Subscription& subscription)>;

    // All outlive it. `observe` is called on the relay's thread.
    Relay(store::Store& store, store::Deliveries& deliveries, KeyRing& keys, Wording wording,
          MakeSink make_sink, const Clock& clock, RelayOptions options,
          std::function<void(const DeliverySeen&)> observe);
    ~Relay();  // stop()

    void start();
    // Something was committed. Thread-safe; never blocks.
    void wake();
    // Subscriptions have changed. Thread-safe; never blocks.
    void refresh();
    // What is under way is to end soon, by the sinks' being stopped; what has not been recorded as
    // delivered is sent again after the next start. Blocks until the thread has ended.
    void stop();
    // The same in two steps, so that the sinks can be stopped between.
    void begin_stop();

    std::vector<ChannelSeen> seen() const;

 private:
    struct Channel;
    using ChannelPtr = std::shared_ptr<Channel>;

    task<void> tend();
    task<void> watch();
    void look_after(const std::vector<store::Subscription>& subscriptions);
    std::int64_t last_sequence();
    void open_channels(const std::vector<store::Subscription>& subscriptions);
    task<void> serve(ChannelPtr channel);
    bool open(Channel& channel);
    bool keep_lease(Channel& channel);
    task<bool> take(Channel& channel);
    task<std::vector<store::Delivery>> word(const store::Subscription& subscription,
                                            const std::vector<store::StoredEvent>& events);
    std::size_t send(const ChannelPtr& channel);
    task<void> deliver(ChannelPtr channel, events::Message message, std::size_t slot);
    void settle(Channel& channel);
    void deactivate_if_hopeless(Channel& channel);
    task<void> pause(Channel& channel, bool more);
    void measure();
    void wake_channels();

    store::Store& store_;
    store::Deliveries& deliveries_;
    KeyRing& keys_;
    Wording wording_;
    MakeSink make_sink_;
    const Clock& clock_;
    RelayOptions options_;
    std::function<void(const DeliverySeen&)> observe_;

    Pool signers_;
    asio::io_context io_{1};
    std::atomic<bool> woken_ = false;
    std::atomic<bool> stopping_ = false;
    // From here on: the thread's.
    std::map<Uuid, ChannelPtr> channels_;
    struct Timer;
    std::unique_ptr<Timer> tend_timer_, watch_timer_;
    std::chrono::steady_clock::time_point look_after_at_;
    mutable std::mutex seen_mutex_;
    std::vector<ChannelSeen> seen_;
    std::thread thread_;
};

}  // namespace handin::outbox
