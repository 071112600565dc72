#include "outbox/channel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace handin::outbox {
namespace {

using std::chrono::steady_clock;
using Kind = events::Outcome::Kind;

constexpr auto kLease = std::chrono::seconds(10);
constexpr auto kRenew = std::chrono::seconds(3);
constexpr auto kDay = std::chrono::hours(24);
constexpr auto kLookAgain = std::chrono::seconds(1);  // should a wake have been missed
// While commits wait, a page so often and no more.
constexpr auto kBusyPause = std::chrono::milliseconds(100);
constexpr std::size_t kBusyPage = 16;  // events; signing them takes a core some 4 ms
constexpr std::int64_t kDeathsBetweenLooks = 100;

store::Progress progress_of(const store::Subscription& subscription) {
    return {.cursor = subscription.cursor, .replay_after = subscription.replay_after};
}

double chance() {
    thread_local std::mt19937_64 random(std::random_device{}());
    return std::uniform_real_distribution<double>(0, 1)(random);
}

Lanes::Item item_of(store::Delivery delivery, bool with_body) {
    return {.sequence = delivery.sequence,
            .event_id = delivery.event_id,
            .submission_id = delivery.submission_id,
            .attempts = delivery.attempts,
            .due = delivery.due_at,
            .body = with_body ? std::optional(std::move(delivery.body)) : std::nullopt};
}

}  // namespace

bool Relay::keep_lease(Channel& channel) {
    const auto now = steady_clock::now();
    if (now < channel.renew_at) return true;
    if (!store::holds(store_.leases(), "deliver " + channel.name, kLease)) return false;
    channel.renew_at = now + kRenew;
    return true;
}

// What the store knows of the subscription. False: it is not to be served.
bool Relay::open(Channel& channel) {
    auto subscription = deliveries_.subscription(channel.subscription.id);
    if (!subscription || subscription->state != store::Subscription::State::active) return false;
    const auto last = last_sequence();
    if (subscription->cursor > last) {
        // The school's database is an older copy than this one: what happens next must not be
        // taken for what was told already.
        log::warn("a subscription is ahead of the outbox", {{"subscription", channel.name}});
        auto to = progress_of(*subscription);
        to.cursor = last;
        if (!deliveries_.take(subscription->id, progress_of(*subscription), to, {})) return false;
        subscription->cursor = last;
    }
    channel.subscription = std::move(*subscription);
    channel.sink = make_sink_(channel.subscription);
    channel.concurrency = channel.sink->concurrency(options_.concurrency);
    channel.lanes = {};
    for (auto& each : deliveries_.waiting(channel.subscription.id))
        channel.lanes.add(item_of(std::move(each), false));
    channel.changed = channel.drained = false;
    return true;
}

task<void> Relay::serve(ChannelPtr channel) {
    auto& it = *channel;
    try {
        bool ours = open(it);
        while (ours && !it.over && !stopping_) {
            ours = keep_lease(it);
            settle(it);
            if (it.over) break;
            bool more = false;
            if (it.changed) {
                if (it.under_way.empty()) ours = open(it);
            } else {
                more = co_await take(it);
                more = send(channel) > 0 || more;
            }
            if (ours && !it.over) co_await pause(it, more && !it.changed);
        }
    } catch (const std::exception& error) {
        log::warn("events of a subscription do not go out",
                  {{"subscription", std::string_view(it.name)}, {"reason", error.what()}});
    }
    it.over = true;
    while (!it.under_way.empty()) {
        it.timer.expires_after(kLookAgain);
        co_await it.timer.async_wait(asio::as_tuple(use_task));
    }
    try {
        settle(it);
    } catch (const std::exception&) {
        // Then they are sent again.
    }
    if (auto* leases = store_.leases()) leases->release("deliver " + it.name);
    channels_.erase(it.subscription.id);
}

// Takes a page from the outbox. True: there may be more.
task<bool> Relay::take(Channel& it) {
    auto& subscription = it.subscription;
    const bool replays = subscription.replay_after < subscription.replay_until;
    if ((it.drained && !replays) || it.lanes.fresh() >= options_.page ||
        it.lanes.size() >= options_.outstanding)
        co_return false;
    const bool busy = options_.busy();
    if (busy && steady_clock::now() - it.took_at < kBusyPause) co_return false;

    const auto limit = busy ? std::min(options_.page, kBusyPage) : options_.page;
    const auto after = replays ? subscription.replay_after : subscription.cursor;
    std::vector<store::StoredEvent> events;
    store_.read_now([&](store::Reader& reader) { events = reader.events(after, limit); });
    if (replays)
        std::erase_if(events,
                      [&](const auto& each) { return each.sequence > subscription.replay_until; });
    auto to = progress_of(subscription);
    if (replays)
        to.replay_after =
            events.size() < limit ? subscription.replay_until : events.back().sequence;
    else if (!events.empty())
        to.cursor = events.back().sequence;
    if (!replays) it.drained = events.size() < limit;
    if (to == progress_of(subscription)) co_return false;

    auto taken = co_await word(subscription, events);
    it.took_at = steady_clock::now();  // signing takes its time, too
    if (!deliveries_.take(subscription.id, progress_of(subscription), to, taken)) {
        it.over = true;  // another node, or a replay that was asked for: look again
        co_return false;
    }
    subscription.cursor = to.cursor;
    subscription.replay_after = to.replay_after;
    for (auto& each : taken) {
        if (each.dead_at) {
            log::error("an event cannot be told", {{"subscription", std::string_view(it.name)},
                                                   {"sequence", each.sequence},
                                                   {"reason", std::string_view(each.answer)}});
            continue;
        }
        // What is replayed may be there already, with the bytes of the first time: those go.
        it.lanes.add(item_of(std::move(each), !replays));
    }
    co_return !it.drained || replays;
}

// What the subscription wants of them. Signing takes half a millisecond an event.
task<std::vector<store::Delivery>> Relay::word(const store::Subscription& subscription,
                                               const std::vector<store::StoredEvent>& events) {
    std::vector<std::optional<store::Delivery>> worded(events.size());
    const auto now = clock_.now();
    const auto one = [&](std::size_t index) {
        worded[index] = wording_.word(subscription, events[index], now);
    };
    if (subscription.sign)
        co_await signers_.run_each(events.size(), one);
    else
        for (std::size_t index = 0; index < events.size(); ++index)
            one(index);
    std::vector<store::Delivery> wanted;
    for (auto& each : worded)
        if (each) wanted.push_back(std::move(*each));
    co_return wanted;
}

// Starts what may go. How many.
std::size_t Relay::send(const ChannelPtr& channel) {
    auto& it = *channel;
    std::size_t started = 0;
    const auto now = clock_.now();
    while (it.under_way.size() < it.concurrency) {
        auto item = it.lanes.start(now);
        if (!item) break;
        auto body = item->body ? std::exchange(item->body, std::nullopt)
                               : deliveries_.body(it.subscription.id, item->sequence);
        if (!body) {  // removed meanwhile
            it.lanes.finish(*item);
            continue;
        }
        const auto slot = it.next_slot++;
        events::Message message{
            .id = item->event_id, .order_by = item->submission_id, .body = std::move(*body)};
        it.under_way.emplace(slot, std::move(*item));
        asio::co_spawn(io_, deliver(channel, std::move(message), slot), asio::detached);
        ++started;
    }
    return started;
}

task<void> Relay::deliver(ChannelPtr channel, events::Message message, std::size_t slot) {
    const auto sink = channel->sink;
    const auto begun = steady_clock::now();
    auto outcome = co_await sink->deliver(std::move(message));
    const std::chrono::duration<double> took = steady_clock::now() - begun;
    auto item = channel->under_way.extract(slot);
    // A try that we have cut short ourselves is none.
    if (!(stopping_ && outcome.kind == Kind::retry))
        channel->results.push_back({std::move(item.mapped()), std::move(outcome), took.count()});
    channel->timer.cancel();
}

// Records what has come of deliveries.
void Relay::settle(Channel& it) {
    if (it.results.empty()) return;
    const auto results = std::exchange(it.results, {});
    const auto now = clock_.now();
    std::vector<std::int64_t> delivered;
    std::vector<store::Delivery> failed;
    for (const auto& [item, outcome, seconds] : results) {
        std::string_view result = "delivered";
        if (outcome.kind == Kind::delivered) {
            delivered.push_back(item.sequence);
        } else {
            auto& row = failed.emplace_back();
            row.sequence = item.sequence;
            row.attempts = item.attempts + 1;
            row.timed_out = outcome.timed_out;
            row.status = outcome.status;
            row.answer = well_formed_utf8(outcome.reason);
            std::erase(row.answer, '\0');  // which PostgreSQL has no place for
            row.due_at = now + pause_after(options_.retry, row.attempts, chance(), outcome.after);
            const bool dead = outcome.kind == Kind::refused || row.attempts >= options_.retry.tries;
            if (dead) row.dead_at = now;
            if (dead) ++it.deaths;
            result = outcome.kind == Kind::refused ? "refused" : dead ? "dead" : "retry";
        }
        if (observe_) observe_({.subscription = it.name, .result = result, .seconds = seconds});
    }
    deliveries_.settle(it.subscription.id, delivered, failed);
    auto row = failed.begin();
    for (const auto& [item, outcome, seconds] : results) {
        if (outcome.kind == Kind::delivered) {
            it.lanes.finish(item);
            continue;
        }
        if (row->dead_at)
            it.lanes.finish(item);
        else
            it.lanes.postpone(item, row->attempts, row->due_at);
        ++row;
    }
    deactivate_if_hopeless(it);
}

void Relay::deactivate_if_hopeless(Channel& it) {
    const auto few =
        std::min({options_.most_timeouts, options_.most_failures, kDeathsBetweenLooks});
    if (it.deaths < few) return;
    it.deaths = 0;
    const auto dead = deliveries_.deaths(it.subscription.id, clock_.now() - kDay);
    const bool timeouts = dead.timeouts >= options_.most_timeouts;
    if (!timeouts && dead.others < options_.most_failures) return;
    auto subscription = it.subscription;
    subscription.state = store::Subscription::State::deactivated;
    subscription.reason = std::to_string(timeouts ? dead.timeouts : dead.others) +
                          " events could not be delivered " + (timeouts ? "in time" : "") +
                          (timeouts ? " " : "") + "within 24 hours";
    subscription.updated_at = clock_.now();
    it.over = true;
    if (deliveries_.change(subscription))
        log::error("a subscription is deactivated",
                   {{"subscription", std::string_view(it.name)},
                    {"reason", std::string_view(subscription.reason)}});
}

// Until there is something to do.
task<void> Relay::pause(Channel& it, bool more) {
    if (more && it.under_way.size() < it.concurrency) {
        co_await asio::post(io_, use_task);  // others' turn
        co_return;
    }
    if (!it.results.empty()) co_return;
    auto until = steady_clock::now();
    const bool full = it.under_way.size() >= it.concurrency;
    until += full || it.drained ? std::chrono::milliseconds(kLookAgain) : kBusyPause;
    if (const auto due = it.lanes.next_due(); due && !full)
        until =
            std::min(until, steady_clock::now() + std::max(*due - clock_.now(), Time::duration(0)));
    it.timer.expires_at(until);
    co_await it.timer.async_wait(asio::as_tuple(use_task));
}

}  // namespace handin::outbox
