#include "app/administration/output.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <string>

namespace handin::app {
namespace {

namespace json = boost::json;

std::string shown(const json::value& value) {
    if (value.is_null()) return "-";
    if (const auto* text = value.if_string()) return text->empty() ? "-" : std::string(*text);
    return json::serialize(value);
}

}  // namespace

void add_json_flag(CLI::App& command, bool& as_json) {
    command.add_flag("--json", as_json, "Print JSON");
}

void print(const json::object& object, bool as_json) {
    if (as_json) {
        std::puts(json::serialize(object).c_str());
        return;
    }
    std::size_t width = 0;
    for (const auto& [name, value] : object)
        width = std::max(width, name.size());
    for (const auto& [name, value] : object)
        std::printf("%-*s  %s\n", static_cast<int>(width), std::string(name).c_str(),
                    shown(value).c_str());
}

void print(const std::vector<json::object>& items, std::initializer_list<std::string_view> columns,
           bool as_json) {
    if (as_json) {
        for (const auto& item : items)
            std::puts(json::serialize(item).c_str());
        return;
    }
    std::vector<std::vector<std::string>> rows{{columns.begin(), columns.end()}};
    for (const auto& item : items) {
        auto& row = rows.emplace_back();
        for (const auto column : columns)
            row.push_back(shown(item.at(json::string_view(column.data(), column.size()))));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], row[i].size());
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] - row[i].size() + 2, ' ');
        }
        std::puts(line.c_str());
    }
}

}  // namespace handin::app
