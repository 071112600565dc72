// Caliper 1.1 as Canvas puts its events into it (caliper.md 1 to 3): an envelope with one event.
#pragma once

#include "events/form.hpp"

namespace handin::events::caliper {

class CaliperForm final : public Form {
 public:
    std::optional<Shown> show(const domain::Event& event) const override;
    boost::json::object sample(Time now) const override;
};

}  // namespace handin::events::caliper
