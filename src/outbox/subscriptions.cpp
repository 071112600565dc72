#include "outbox/subscriptions.hpp"

#include <algorithm>

#include "events/form.hpp"

namespace handin::outbox {
namespace {

using store::Subscription;

constexpr std::size_t kNameBytes = 200;
constexpr std::size_t kMostEvents = 100;  // names
constexpr int kTries = 3;                 // if somebody else changes it at the same time

bool is_event_name(std::string_view name) {
    return !name.empty() && name.size() <= 100 && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

}  // namespace

std::optional<Problem> Subscriptions::apply(const SubscriptionWish& wish, Subscription& it) {
    it.name = wish.name.value_or(it.name);
    it.events = wish.events.value_or(it.events);
    it.form = wish.form.value_or(it.form);
    it.transport = wish.transport.value_or(it.transport);
    it.target = wish.target.value_or(it.target);
    it.sign = wish.sign.value_or(it.sign);
    it.quoted = wish.quoted.value_or(it.quoted);
    if (wish.active) {
        it.state = *wish.active ? Subscription::State::active : Subscription::State::deactivated;
        it.reason = *wish.active ? "" : "by an administrator";
    }
    it.updated_at = clock_.now();
    const auto is_control = [](unsigned char c) { return c < ' ' || c == 0x7f; };
    if (it.name.empty() || it.name.size() > kNameBytes || std::ranges::any_of(it.name, is_control))
        return Problem{"name", "expected 1 to 200 bytes, and no control characters"};
    if (it.events.size() > kMostEvents || !std::ranges::all_of(it.events, is_event_name))
        return Problem{"events", "expected names of events, as submission_created is one"};
    if (events::find_form(it.form) == nullptr) return Problem{"form", "there is no such form"};
    // What once was a target may be none any more, and can be deactivated all the same.
    const bool aims = wish.target || wish.transport || wish.active == true || it.target.empty();
    if (!aims) return std::nullopt;
    const auto transport = transports_.find(it.transport);
    if (transport == transports_.end()) return Problem{"transport", "there is no such transport"};
    if (auto trouble = transport->second.trouble(it.target); !trouble.empty())
        return Problem{"target", std::move(trouble)};
    return std::nullopt;
}

std::vector<domain::Account> Subscriptions::accounts() {
    std::vector<domain::Account> all;
    store_.read_now([&](store::Reader& reader) { all = reader.administration().accounts(); });
    return all;
}

std::int64_t Subscriptions::last_sequence() {
    std::int64_t last = 0;
    store_.read_now([&](store::Reader& reader) { last = reader.last_sequence(); });
    return last;
}

Subscriptions::Result<Subscription> Subscriptions::create(const SubscriptionWish& wish) {
    Subscription it;
    it.created_at = clock_.now();
    it.id = uuid_v7(it.created_at);
    it.form = "canvas";
    it.transport = wish.transport.value_or("https");
    const auto transport = transports_.find(it.transport);
    if (transport != transports_.end()) it.sign = transport->second.signs;
    if (auto problem = apply(wish, it)) return std::unexpected(std::move(*problem));
    if (deliveries_.subscriptions().size() >= kMostSubscriptions)
        return std::unexpected(Problem{"", "there are " + std::to_string(kMostSubscriptions) +
                                               " subscriptions, which is the most: delete one"});
    const auto last = last_sequence();
    it.cursor = wish.after.value_or(last);
    if (it.cursor < 0 || it.cursor > last)
        return std::unexpected(Problem{"after", "there is no event of this sequence yet"});
    it.secret = secret_for(it);
    if (it.sign) wording_.keys.prepare();
    deliveries_.add(it);
    changed_();
    return it;
}

Subscriptions::Result<std::optional<Subscription>> Subscriptions::edit(
    const Uuid& id, const std::function<std::optional<Problem>(Subscription&)>& work) {
    for (int tries = 0; tries < kTries; ++tries) {
        auto it = deliveries_.subscription(id);
        if (!it) return std::nullopt;
        if (auto problem = work(*it)) return std::unexpected(std::move(*problem));
        if (!deliveries_.change(*it)) continue;
        ++it->version;
        changed_();
        return it;
    }
    return std::unexpected(Problem{"", "somebody else is changing it: try again"});
}

Subscriptions::Result<std::optional<Subscription>> Subscriptions::change(
    const Uuid& id, const SubscriptionWish& wish) {
    return edit(id, [&](Subscription& it) -> std::optional<Problem> {
        if (wish.after) return Problem{"after", "only a new one has it; ask for a replay"};
        auto problem = apply(wish, it);
        if (!problem && it.secret.empty()) it.secret = secret_for(it);  // of another transport now
        if (!problem && it.sign) wording_.keys.prepare();
        return problem;
    });
}

Subscriptions::Result<std::optional<Subscription>> Subscriptions::renew_secret(const Uuid& id) {
    return edit(id, [&](Subscription& it) -> std::optional<Problem> {
        it.secret = secret_for(it);
        if (it.secret.empty()) return Problem{"", "its transport has no secret"};
        it.updated_at = clock_.now();
        return std::nullopt;
    });
}

std::string Subscriptions::secret_for(const Subscription& it) {
    const auto transport = transports_.find(it.transport);
    if (transport == transports_.end() || !transport->second.new_secret) return "";
    return transport->second.new_secret();
}

bool Subscriptions::remove(const Uuid& id) {
    const bool removed = deliveries_.remove(id);
    changed_();
    return removed;
}

task<events::Outcome> Subscriptions::try_out(Subscription subscription) {
    const auto now = clock_.now();
    const auto id = uuid_v7(now);
    auto body = co_await pool_.run([&] { return wording_.sample(subscription, now); });
    const auto sink = transports_.at(subscription.transport).make(subscription);
    co_return co_await sink->deliver({.id = id, .order_by = id, .body = std::move(body)});
}

Subscriptions::Result<Subscription> Subscriptions::replay(const Subscription& subscription,
                                                          std::int64_t after,
                                                          std::optional<std::int64_t> until) {
    const auto end = std::min(until.value_or(subscription.cursor), subscription.cursor);
    if (after < 0 || after >= end)
        return std::unexpected(
            Problem{"after", "nothing between there and the end has been taken for it yet"});
    if (!deliveries_.replay(subscription.id, after, end))
        return std::unexpected(Problem{"", "an earlier replay is still under way"});
    changed_();
    auto replaying = subscription;
    replaying.replay_after = after;
    replaying.replay_until = end;
    return replaying;
}

std::int64_t Subscriptions::revive(const Uuid& id, std::optional<std::int64_t> sequence) {
    const auto revived = deliveries_.revive(id, sequence, clock_.now());
    changed_();
    return revived;
}

}  // namespace handin::outbox
