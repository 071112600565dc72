#include <array>
#include <utility>

#include "events/caliper/form.hpp"
#include "events/canvas/form.hpp"
#include "events/cloudevents/form.hpp"
#include "events/edlink/form.hpp"
#include "events/form.hpp"

namespace handin::events {
namespace {

const canvas::CanvasForm kCanvas;
const caliper::CaliperForm kCaliper;
const edlink::EdlinkForm kEdlink;
const cloudevents::CloudEventsForm kCloudEvents;

const std::array<std::pair<std::string_view, const Form*>, 4> kForms{
    {{"canvas", &kCanvas},
     {"caliper", &kCaliper},
     {"cloudevents", &kCloudEvents},
     {"edlink", &kEdlink}}};

}  // namespace

const Form* find_form(std::string_view name) {
    for (const auto& [known, form] : kForms)
        if (known == name) return form;
    return nullptr;
}

}  // namespace handin::events
