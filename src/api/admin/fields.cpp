#include "api/admin/fields.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <vector>

namespace handin::admin {

namespace json = boost::json;

namespace {

constexpr std::size_t kLongestBody = 64 * 1024;  // bytes; a handful of short fields

std::string listed(std::initializer_list<std::string_view> names) {
    std::string text;
    for (const auto name : names) {
        if (!text.empty()) text += ", ";
        text += name;
    }
    return text;
}

}  // namespace

task<Fields> Fields::read(http::Request request, std::initializer_list<std::string_view> names) {
    const std::vector<std::string_view> known(names);  // the list does not outlive the first wait
    Fields fields;
    const auto body = co_await http::read_all(request, kLongestBody);
    if (!body) {
        fields.complain("The body is too long.");
        co_return fields;
    }
    if (body->empty()) co_return fields;
    boost::system::error_code error;
    auto value = json::parse(*body, error);
    if (error || !value.is_object()) {
        fields.complain("The body must be a JSON object.");
        co_return fields;
    }
    fields.object_ = std::move(value.get_object());
    for (const auto& [name, field] : fields.object_)
        if (std::ranges::find(known, std::string_view(name)) == known.end())
            fields.complain("There is no field '" + std::string(name) + "' here.");
    co_return fields;
}

void Fields::complain(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
}

const json::value* Fields::find(std::string_view name) const {
    const auto* value = object_.if_contains(json::string_view(name.data(), name.size()));
    return value != nullptr && !value->is_null() ? value : nullptr;
}

std::optional<std::string> Fields::text(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->if_string()) return std::string(*text);
    complain(std::string(name) + ": expected a text.");
    return std::nullopt;
}

std::string Fields::required(std::string_view name) {
    auto value = text(name).value_or("");
    if (value.empty()) complain(std::string(name) + ": is required.");
    return value;
}

std::optional<std::int64_t> Fields::number(std::string_view name) {
    const auto* value = find(name);
    if (value == nullptr) return std::nullopt;
    boost::system::error_code error;
    const auto number = value->to_number<std::int64_t>(error);
    if (!error) return number;
    complain(std::string(name) + ": expected a whole number.");
    return std::nullopt;
}

std::size_t Fields::choice(std::string_view name, std::initializer_list<std::string_view> choices,
                           std::optional<std::size_t> fallback) {
    const auto value = text(name);
    if (!value && fallback) return *fallback;
    const auto found = std::ranges::find(choices, std::string_view(value ? *value : ""));
    if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
    complain(std::string(name) + ": expected one of " + listed(choices) + ".");
    return 0;
}

}  // namespace handin::admin
