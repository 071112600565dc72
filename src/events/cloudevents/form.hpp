// CloudEvents 1.0, structured JSON (cloudevents.io: spec 1.0.2, JSON event format): an extra, whose
// data is the Canvas form.
#pragma once

#include "events/form.hpp"

namespace handin::events::cloudevents {

class CloudEventsForm final : public Form {
 public:
    std::optional<Shown> show(const domain::Event& event) const override;
    boost::json::object sample(Time now) const override;
    std::string_view content_type() const override { return "application/cloudevents+json"; }
};

}  // namespace handin::events::cloudevents
