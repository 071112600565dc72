#include "events/canvas/form.hpp"

#include "events/canvas/canvas_form.hpp"

namespace handin::events::canvas {

namespace json = boost::json;

std::optional<Shown> CanvasForm::show(const domain::Event& event) const {
    auto payload = render(event);
    if (!payload) return std::nullopt;
    auto& object = payload->as_object();
    std::string name(object.at("metadata").at("event_name").as_string());
    return Shown{std::move(name), std::move(object)};
}

json::object CanvasForm::sample(Time now) const {
    return {
        {"metadata",
         {{"event_name", "handin_test"}, {"event_time", iso_millis(now)}, {"producer", "canvas"}}},
        {"body", {{"message", "A test of this subscription. Nothing has happened."}}}};
}

}  // namespace handin::events::canvas
