#include "events/cloudevents/form.hpp"

#include "events/canvas/form.hpp"

namespace handin::events::cloudevents {
namespace {

namespace json = boost::json;

// `source` and `id` together are unique; both are the same at every try and replay.
json::object envelope(const Uuid& id, std::string source, std::string_view name, Time at,
                      json::object data) {
    return {{"specversion", "1.0"},        {"id", id.str()},
            {"source", std::move(source)}, {"type", "handin." + std::string(name)},
            {"time", iso_millis(at)},      {"datacontenttype", "application/json"},
            {"data", std::move(data)}};
}

}  // namespace

std::optional<Shown> CloudEventsForm::show(const domain::Event& event) const {
    auto shown = canvas::CanvasForm().show(event);
    if (!shown) return std::nullopt;
    auto object = envelope(event.id, "urn:handin:account:" + event.account_id.str(), shown->name,
                           event.at, std::move(shown->payload));
    const auto submission = event.submission_id.str();
    object["subject"] = submission;
    object["partitionkey"] = submission;  // an extension: what keeps its order
    return Shown{std::move(shown->name), std::move(object)};
}

json::object CloudEventsForm::sample(Time now) const {
    return envelope(uuid_v7(now), "urn:handin:test", "handin_test", now,
                    canvas::CanvasForm().sample(now));
}

}  // namespace handin::events::cloudevents
