#include "api/edlink/query.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "domain/number_text.hpp"
#include "domain/text.hpp"

namespace handin::edlink {
namespace {

constexpr std::size_t kLongestFilter = 4096;  // bytes: a cursor carries it
constexpr std::size_t kMostNames = 100;       // of $fields, and of $expand

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

constexpr std::array<std::string_view, 11> kOperators{"equals", "starts with", "contains",   "in",
                                                      "not in", "is known",    "is unknown", "gt",
                                                      "gte",    "lt",          "lte"};

// A value as a filter compares it.
std::string text_of(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    if (value.is_number()) return domain::number_text(value.to_number<double>());
    return json::serialize(value);
}

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), domain::lower_case);
    return result;
}

// Takes the first name off a list with commas.
std::string_view name_of(std::string_view& list) {
    const auto comma = list.find(',');
    const auto name = domain::trimmed(list.substr(0, comma));
    list = comma == std::string_view::npos ? "" : list.substr(comma + 1);
    return name;
}

bool is_listed(std::string_view list, std::string_view text) {
    while (!list.empty())
        if (const auto name = name_of(list); !name.empty() && name == text) return true;
    return false;
}

// Numbers as numbers; the rest, dates for example, as text.
int compare(const std::string& a, const std::string& b) {
    const auto x = domain::number_from(a);
    const auto y = domain::number_from(b);
    if (x && y) return *x < *y ? -1 : *x > *y ? 1 : 0;
    return a.compare(b);
}

Failure bad_filter(std::string_view why) {
    return fail("INVALID_FILTER", "$filter: " + std::string(why));
}

}  // namespace

std::vector<std::string> names_in(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty() && names.size() < kMostNames) {
        const auto name = name_of(list);
        if (!name.empty() && std::ranges::find(names, name) == names.end())
            names.emplace_back(name);
    }
    return names;
}

bool Query::holds(const Condition& condition, const json::value* field) {
    const auto& op = condition.op;
    const bool known = field != nullptr && !field->is_null();
    if (op == "is known") return known;
    if (op == "is unknown") return !known;
    if (!known) return op == "not in";
    if (const auto* list = field->if_array()) {  // one of them is enough
        const auto matches = [&](const json::value& each) { return holds(condition, &each); };
        return op == "not in" ? std::ranges::all_of(*list, matches)
                              : std::ranges::any_of(*list, matches);
    }
    const auto text = text_of(*field);
    const auto& value = condition.value;
    if (op == "equals") return text == value;
    if (op == "starts with") return text.starts_with(value);
    if (op == "contains") return lower(text).find(lower(value)) != std::string::npos;
    if (op == "in") return is_listed(value, text);
    if (op == "not in") return !is_listed(value, text);
    const int order = compare(text, value);
    if (op == "gt") return order > 0;
    if (op == "gte") return order >= 0;
    if (op == "lt") return order < 0;
    return order <= 0;
}

std::expected<Query, Failure> Query::made(std::string filter, std::string_view fields,
                                          std::string_view expand) {
    Query query;
    query.filter_ = std::move(filter);
    query.fields_ = names_in(fields);
    query.expansions_ = names_in(expand);
    if (query.filter_.empty()) return query;
    if (query.filter_.size() > kLongestFilter)
        return std::unexpected(bad_filter("at most 4096 bytes are taken."));
    boost::system::error_code error;
    const auto value = json::parse(view(query.filter_), error);
    if (error || !value.is_object())
        return std::unexpected(bad_filter("expected a JSON object of fields."));
    for (const auto& [name, list] : value.get_object()) {
        if (!list.is_array())
            return std::unexpected(bad_filter("expected a list of conditions for each field."));
        for (const auto& each : list.get_array()) {
            const auto* condition = each.if_object();
            const auto* op = condition ? condition->if_contains("operator") : nullptr;
            if (op == nullptr || !op->is_string() ||
                std::ranges::find(kOperators, std::string_view(op->get_string())) ==
                    kOperators.end())
                return std::unexpected(bad_filter("that operator is not known."));
            const auto* wanted = condition->if_contains("value");
            query.conditions_.push_back(
                {std::string(name), std::string(op->get_string()),
                 wanted != nullptr && !wanted->is_null() ? text_of(*wanted) : ""});
        }
    }
    return query;
}

std::expected<Query, Failure> Query::of(const Call& call) {
    return made(call.request.query("$filter").value_or(""),
                call.request.query("$fields").value_or(""),
                call.request.query("$expand").value_or(""));
}

std::string Query::text() const {
    const auto list = [](const std::vector<std::string>& names) {
        std::string text;
        for (const auto& name : names)
            text += (text.empty() ? "" : ",") + name;
        return text;
    };
    if (filter_.empty() && fields_.empty() && expansions_.empty()) return "";
    return json::serialize(json::array{filter_, list(fields_), list(expansions_)});
}

std::expected<Query, Failure> Query::from(std::string_view remembered) {
    if (remembered.empty()) return Query();
    boost::system::error_code error;
    const auto value = json::parse(view(remembered), error);
    const auto* list = value.if_array();
    if (error || list == nullptr || list->size() != 3)
        return std::unexpected(fail("INVALID_CURSOR", "The $cursor is damaged."));
    return made(text_of(list->at(0)), text_of(list->at(1)), text_of(list->at(2)));
}

bool Query::keeps(const json::object& object) const {
    return std::ranges::all_of(conditions_, [&](const Condition& condition) {
        return holds(condition, object.if_contains(view(condition.field)));
    });
}

void Query::trim(json::object& object, std::vector<std::string>& met) const {
    if (fields_.empty()) return;
    json::object kept(object.storage());
    const auto keep = [&](const std::string& name) {
        auto* value = object.if_contains(view(name));
        if (value == nullptr) return;
        kept.insert_or_assign(view(name), std::move(*value));
        object.erase(view(name));
        if (std::ranges::find(met, name) == met.end()) met.push_back(name);
    };
    std::ranges::for_each(fields_, keep);
    std::ranges::for_each(expansions_, keep);  // what was asked for beside the fields stays
    object = std::move(kept);
}

}  // namespace handin::edlink
