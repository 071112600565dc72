// The Canvas form as one that can be subscribed to.
#pragma once

#include "events/form.hpp"

namespace handin::events::canvas {

class CanvasForm final : public Form {
 public:
    std::optional<Shown> show(const domain::Event& event) const override;
    boost::json::object sample(Time now) const override;
};

}  // namespace handin::events::canvas
