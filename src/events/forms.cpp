#include <array>
#include <utility>

#include "events/canvas/form.hpp"
#include "events/form.hpp"

namespace handin::events {
namespace {

const canvas::CanvasForm kCanvas;

const std::array<std::pair<std::string_view, const Form*>, 1> kForms{{{"canvas", &kCanvas}}};

}  // namespace

const Form* find_form(std::string_view name) {
    for (const auto& [known, form] : kForms)
        if (known == name) return form;
    return nullptr;
}

}  // namespace handin::events
