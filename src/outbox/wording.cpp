#include "outbox/wording.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <stdexcept>

namespace handin::outbox {
namespace {

namespace json = boost::json;

const events::Form& form_of(const Wording& wording, const store::Subscription& subscription) {
    const auto* form = wording.find_form(subscription.form);
    if (form == nullptr)
        throw std::runtime_error("a subscription has an unknown form: " + subscription.form);
    return *form;
}

// canvas-live-events.md 3.3: metadata and body are claims. The time of issue is that of the event,
// and there is none of expiry: a try may come late.
KeyRing::Signed bytes_of(const Wording& wording, const store::Subscription& subscription,
                         json::object payload, Time at) {
    if (!subscription.sign || !form_of(wording, subscription).in_jws())
        return {json::serialize(payload), ""};
    payload["iss"] = wording.issuer;
    payload["iat"] = whole_seconds(at).time_since_epoch().count();
    auto made = wording.keys.sign(json::serialize(payload));
    if (subscription.quoted) made.token = '"' + made.token + '"';
    return made;
}

}  // namespace

std::optional<store::Delivery> Wording::word(const store::Subscription& subscription,
                                             const store::StoredEvent& stored, Time now) const {
    const auto& form = form_of(*this, subscription);
    const auto& event = stored.event;
    store::Delivery delivery;
    delivery.sequence = stored.sequence;
    delivery.event_id = event.id;
    delivery.submission_id = event.submission_id;
    delivery.due_at = now;
    std::optional<events::Shown> shown;
    try {
        if (!stored.trouble.empty()) throw std::runtime_error(stored.trouble);
        shown = form.show(event);
    } catch (const std::exception& error) {
        delivery.dead_at = now;
        delivery.answer = std::string("there are no words for it: ") + error.what();
        return delivery;
    }
    if (!shown) return std::nullopt;
    const auto& wanted = subscription.events;
    if (!wanted.empty() && std::ranges::find(wanted, shown->name) == wanted.end())
        return std::nullopt;
    delivery.event_name = std::move(shown->name);
    auto [bytes, key_id] = bytes_of(*this, subscription, std::move(shown->payload), event.at);
    delivery.body = std::move(bytes);
    delivery.key_id = std::move(key_id);
    return delivery;
}

std::string Wording::sample(const store::Subscription& subscription, Time now) const {
    return bytes_of(*this, subscription, form_of(*this, subscription).sample(now), now).token;
}

}  // namespace handin::outbox
