// What administrative commands print: tables and lines for people, JSON for programs.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace handin::app {

void add_json_flag(CLI::App& command, bool& as_json);

// A line a field: "id    …". As JSON: the object.
void print(const boost::json::object& object, bool as_json);
// A line an item, with these fields. As JSON: an object a line.
void print(const std::vector<boost::json::object>& items,
           std::initializer_list<std::string_view> columns, bool as_json);

}  // namespace handin::app
