// An event as the bytes that a subscription's receiver gets.
#pragma once

#include <optional>
#include <string>

#include "events/form.hpp"
#include "outbox/key_ring.hpp"
#include "store/deliveries.hpp"
#include "store/reader.hpp"

namespace handin::outbox {

struct Wording {
    KeyRing& keys;
    std::string issuer;  // "iss" of what is signed
    const events::Form* (*find_form)(std::string_view name) = events::find_form;

    // nullopt: the subscription does not want it, or its form has no words for it. Dead, if words
    // cannot be found. Blocks.
    std::optional<store::Delivery> word(const store::Subscription& subscription,
                                        const store::StoredEvent& stored, Time now) const;
    // Of something to try it with. Blocks.
    std::string sample(const store::Subscription& subscription, Time now) const;
};

}  // namespace handin::outbox
