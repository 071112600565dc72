// An event as the bytes that a subscription's receiver gets.
#pragma once

#include <optional>
#include <string>

#include "outbox/key_ring.hpp"
#include "store/deliveries.hpp"
#include "store/reader.hpp"

namespace handin::outbox {

struct Wording {
    KeyRing& keys;
    std::string issuer;  // "iss" of what is signed

    // nullopt: the subscription does not want it, or its form has no words for it. Blocks.
    std::optional<store::Delivery> word(const store::Subscription& subscription,
                                        const store::StoredEvent& stored, Time now) const;
    // Of something to try it with. Blocks.
    std::string sample(const store::Subscription& subscription, Time now) const;
};

}  // namespace handin::outbox
