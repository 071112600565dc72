// Events as Edlink's webhooks tell them (edlink.md 4.3): {"$events":[{"type":…,"payload":…}]}.
// Edlink documents none of coursework, so types and payloads are an extension of handin.
#pragma once

#include "events/form.hpp"

namespace handin::events::edlink {

class EdlinkForm final : public Form {
 public:
    std::optional<Shown> show(const domain::Event& event) const override;
    boost::json::object sample(Time now) const override;
    // They are signed by a header of their own (sinks/https).
    bool in_jws() const override { return false; }
};

}  // namespace handin::events::edlink
