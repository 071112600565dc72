// Canvas Live Events, the Canvas form (canvas-live-events.md 1 and 2.4).
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "domain/event.hpp"

namespace handin::events::canvas {

// {"metadata":{…},"body":{…}}; nullopt for what Canvas has no event for.
std::optional<boost::json::value> render(const domain::Event& event);

// Cut as Canvas cuts: at most 8192 code points including "...", at a space if there is one (1.7).
std::string truncated(std::string_view text);

// The first `count` code points of `text`, or all of it.
std::string_view first_code_points(std::string_view text, std::size_t count);

}  // namespace handin::events::canvas
