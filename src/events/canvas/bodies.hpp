// The bodies of Canvas Live Events, for canvas_form.cpp.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "domain/event.hpp"

namespace handin::events::canvas {

namespace json = boost::json;

// As other shards and accounts see it: shard x 10^13 + local (1.4).
std::string global_id(const domain::Event& event, std::int64_t local);
json::value text_or_null(const std::string& text);

json::object submission_body(const domain::Event& event);  // 2.4
json::object comment_body(const domain::Event& event);     // 2.5
json::object grade_body(const domain::Event& event);       // 2.6
json::object assignment_body(const domain::Event& event);  // 2.8

}  // namespace handin::events::canvas
