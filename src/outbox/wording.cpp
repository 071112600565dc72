#include "outbox/wording.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "events/form.hpp"

namespace handin::outbox {
namespace {

namespace json = boost::json;

const events::Form& form_of(const store::Subscription& subscription) {
    const auto* form = events::find_form(subscription.form);
    if (form == nullptr)
        throw std::runtime_error("a subscription has an unknown form: " + subscription.form);
    return *form;
}

// canvas-live-events.md 3.3: metadata and body are claims. The time of issue is that of the event,
// and there is none of expiry: a try may come late.
std::string bytes_of(const Wording& wording, const store::Subscription& subscription,
                     json::object payload, Time at) {
    if (!subscription.sign) return json::serialize(payload);
    payload["iss"] = wording.issuer;
    payload["iat"] = whole_seconds(at).time_since_epoch().count();
    auto token = wording.keys.sign(json::serialize(payload));
    return subscription.quoted ? '"' + token + '"' : token;
}

}  // namespace

std::optional<store::Delivery> Wording::word(const store::Subscription& subscription,
                                             const store::StoredEvent& stored, Time now) const {
    const auto& event = stored.event;
    auto shown = form_of(subscription).show(event, now);
    if (!shown) return std::nullopt;
    const auto& wanted = subscription.events;
    if (!wanted.empty() && std::ranges::find(wanted, shown->name) == wanted.end())
        return std::nullopt;
    store::Delivery delivery;
    delivery.sequence = stored.sequence;
    delivery.event_id = event.id;
    delivery.event_name = std::move(shown->name);
    delivery.submission_id = event.submission_id;
    delivery.body = bytes_of(*this, subscription, std::move(shown->payload), event.at);
    delivery.due_at = now;
    return delivery;
}

std::string Wording::sample(const store::Subscription& subscription, Time now) const {
    return bytes_of(*this, subscription, form_of(subscription).sample(now), now);
}

}  // namespace handin::outbox
