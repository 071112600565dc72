#include "outbox/relay.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "outbox/channel.hpp"

namespace handin::outbox {
namespace {

using std::chrono::steady_clock;

constexpr auto kLook = std::chrono::seconds(1);  // at the subscriptions
constexpr auto kLookAfter =
    std::chrono::minutes(1);  // keys, which other nodes may have changed; the dead
// What other nodes commit wakes nobody here.
constexpr auto kLookShared = std::chrono::milliseconds(50);
// A bound on how long that stops the relay. As many die a minute at most of a hundred subscriptions
// before they are deactivated.
constexpr std::size_t kTrimmed = 2'000;

}  // namespace

Relay::Relay(store::Store& store, store::Deliveries& deliveries, KeyRing& keys, Wording wording,
             MakeSink make_sink, const Clock& clock, RelayOptions options,
             std::function<void(const DeliverySeen&)> observe)
    : store_(store),
      deliveries_(deliveries),
      keys_(keys),
      wording_(std::move(wording)),
      make_sink_(std::move(make_sink)),
      clock_(clock),
      options_(std::move(options)),
      observe_(std::move(observe)),
      signers_(options_.threads > 0 ? options_.threads
                                    : std::max(1U, std::thread::hardware_concurrency())),
      tend_timer_(std::make_unique<Timer>(io_)),
      watch_timer_(std::make_unique<Timer>(io_)) {}

Relay::~Relay() {
    stop();
}

void Relay::start() {
    asio::co_spawn(io_, tend(), asio::detached);
    if (store_.leases() != nullptr) asio::co_spawn(io_, watch(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
    pthread_setname_np(thread_.native_handle(), "relay");
}

void Relay::wake() {
    if (woken_.exchange(true)) return;
    asio::post(io_, [this] {
        woken_ = false;
        wake_channels();
    });
}

void Relay::refresh() {
    asio::post(io_, [this] { tend_timer_->cancel(); });
}

void Relay::begin_stop() {
    stopping_ = true;
    asio::post(io_, [this] {
        tend_timer_->cancel();
        watch_timer_->cancel();
        wake_channels();
    });
}

void Relay::stop() {
    if (!thread_.joinable()) return;
    begin_stop();
    thread_.join();
    signers_.drain();  // whoever has signed may still be telling the io_context
}

void Relay::wake_channels() {
    for (const auto& [id, channel] : channels_) {
        channel->drained = false;
        channel->timer.cancel();
    }
}

std::int64_t Relay::last_sequence() {
    std::int64_t last = 0;
    store_.read_now([&](store::Reader& reader) { last = reader.last_sequence(); });
    return last;
}

// One look for all channels.
task<void> Relay::watch() {
    std::int64_t seen = -1;
    while (!stopping_) {
        try {
            const bool wanted = !channels_.empty() || (options_.news && options_.news->awaited());
            const auto last = wanted ? last_sequence() : seen;
            if (last != seen) wake_channels();
            if (last != seen && options_.news) options_.news->ring();
            seen = last;
        } catch (const std::exception&) {
            // tend() has the same trouble, and says so.
        }
        watch_timer_->expires_after(kLookShared);
        co_await watch_timer_->async_wait(asio::as_tuple(use_task));
    }
}

// Opens and ends channels as the subscriptions say.
task<void> Relay::tend() {
    while (!stopping_) {
        try {
            const auto subscriptions = deliveries_.subscriptions();
            look_after(subscriptions);
            open_channels(subscriptions);
            measure();
        } catch (const std::exception& error) {
            log::warn("events do not go out", {{"reason", error.what()}});
        }
        if (stopping_) break;
        tend_timer_->expires_after(kLook);
        co_await tend_timer_->async_wait(asio::as_tuple(use_task));
    }
}

void Relay::look_after(const std::vector<store::Subscription>& subscriptions) {
    if (steady_clock::now() < look_after_at_) return;
    keys_.reload();
    if (store::holds(store_.leases(), "event keys", kLookAfter)) {
        auto left = static_cast<std::int64_t>(kTrimmed);
        for (const auto& each : subscriptions)
            if (left > 0)
                left -= deliveries_.trim(each.id, clock_.now() - options_.dead_age,
                                         static_cast<std::size_t>(left));
        keys_.rotate_after(options_.key_age);
    }
    look_after_at_ = steady_clock::now() + kLookAfter;
}

void Relay::open_channels(const std::vector<store::Subscription>& subscriptions) {
    std::map<Uuid, const store::Subscription*> wanted;
    for (const auto& each : subscriptions)
        if (each.state == store::Subscription::State::active) wanted.emplace(each.id, &each);
    for (const auto& [id, channel] : channels_) {
        const auto at = wanted.find(id);
        if (at == wanted.end())
            channel->over = true;
        else if (at->second->version != channel->subscription.version)
            channel->changed = true;
        else
            continue;
        channel->timer.cancel();
    }
    for (const auto& [id, subscription] : wanted) {
        if (channels_.contains(id)) continue;
        auto channel = std::make_shared<Channel>(io_, *subscription);
        if (!keep_lease(*channel)) continue;
        channels_.emplace(id, channel);
        asio::co_spawn(io_, serve(channel), asio::detached);
    }
}

// For /metrics.
void Relay::measure() {
    std::vector<ChannelSeen> seen;
    const auto last = channels_.empty() ? 0 : last_sequence();
    for (const auto& [id, channel] : channels_) {
        const auto& subscription = channel->subscription;
        const auto outstanding = static_cast<std::int64_t>(channel->lanes.size());
        const auto replayed =
            std::max<std::int64_t>(subscription.replay_until - subscription.replay_after, 0);
        ChannelSeen one{.subscription = channel->name,
                        .backlog = last - subscription.cursor + replayed + outstanding,
                        .oldest_seconds = 0,
                        .outstanding = outstanding};
        const auto oldest = channel->lanes.oldest();
        if (oldest || last > subscription.cursor) {
            const auto after = oldest ? *oldest - 1 : subscription.cursor;
            store_.read_now([&](store::Reader& reader) {
                for (const auto& stored : reader.events(after, 1))
                    if (stored.trouble.empty())
                        one.oldest_seconds =
                            std::chrono::duration<double>(clock_.now() - stored.event.at).count();
            });
        }
        seen.push_back(std::move(one));
    }
    std::lock_guard lock(seen_mutex_);
    seen_ = std::move(seen);
}

std::vector<ChannelSeen> Relay::seen() const {
    std::lock_guard lock(seen_mutex_);
    return seen_;
}

}  // namespace handin::outbox
