#include "api/admin/lti_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include "http/uri.hpp"

namespace handin::admin {
namespace {

namespace json = boost::json;
using store::Subscription;
using Error = std::unexpected<std::string>;

// Ours, Canvas's.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kForms{
    {{"canvas", "live-event"}, {"caliper", "caliper"}}};
constexpr std::array<std::string_view, 2> kTransports{"https", "sqs"};

// subscription[TransportMetadata][Url]=u as {"TransportMetadata":{"Url":"u"}}.
json::object form_fields(const std::string& body) {
    json::object fields;
    for (auto& [name, value] : http::query_pairs(body)) {
        constexpr std::string_view begin = "subscription[";
        if (!name.starts_with(begin)) continue;
        const auto rest = std::string_view(name).substr(begin.size());
        const std::string key(rest.substr(0, rest.find(']')));
        if (rest.ends_with("][]")) {
            if (!fields[key].is_array()) fields[key] = json::array();
            fields[key].get_array().emplace_back(value);
        } else if (const auto inner = rest.find("]["); inner != std::string_view::npos) {
            if (!fields[key].is_object()) fields[key] = json::object();
            fields[key].get_object()[rest.substr(inner + 2, rest.size() - inner - 3)] = value;
        } else {
            fields[key] = value;
        }
    }
    return fields;
}

std::expected<json::object, std::string> fields_of(std::string_view content_type,
                                                   const std::string& body) {
    if (content_type.starts_with("application/x-www-form-urlencoded")) return form_fields(body);
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    const auto* object = error ? nullptr : value.if_object();
    const auto* inner = object ? object->if_contains("subscription") : nullptr;
    if (!inner || !inner->is_object()) return Error("expected {\"subscription\":{…}}");
    return inner->get_object();
}

std::optional<std::string> text(const json::object& fields, std::string_view name) {
    const auto* value = fields.if_contains(name);
    if (value && value->is_int64()) return std::to_string(value->get_int64());
    return value && value->is_string() ? std::optional(std::string(value->get_string()))
                                       : std::nullopt;
}

bool names(const domain::Account& account, const std::string& context) {
    return context == account.id.str() || context == account.public_token ||
           context == account.lti_guid || context == std::to_string(account.number);
}

std::string trouble_with_context(const json::object& fields, const domain::Account& account) {
    const auto type = text(fields, "ContextType");
    if (type && *type != "account" && *type != "root_account")
        return "ContextType: only account: what is told is everything";
    const auto id = text(fields, "ContextId");
    if (id && !names(account, *id)) return "ContextId: there is no such account";
    return "";
}

}  // namespace

bool lti_has_words(const Subscription& it) {
    const auto is_form = [&](const auto& each) { return each.first == it.form; };
    return std::ranges::any_of(kForms, is_form) &&
           std::ranges::find(kTransports, it.transport) != kTransports.end();
}

json::object lti_shown(const Subscription& it, const domain::Account& account) {
    const auto* form = std::ranges::find(kForms, std::string_view(it.form),
                                         &std::pair<std::string_view, std::string_view>::first);
    return {{"Id", it.id.str()},
            {"ContextId", account.public_token},
            {"ContextType", "account"},
            {"EventTypes", json::array(it.events.begin(), it.events.end())},
            {"Format", form->second},
            {"TransportType", it.transport},
            {"TransportMetadata", {{"Url", it.target}}},
            {"State", it.state == Subscription::State::active ? "Active" : "Deactivated"}};
}

std::expected<outbox::SubscriptionWish, std::string> parse_lti(std::string_view content_type,
                                                               const std::string& body,
                                                               const domain::Account& account) {
    const auto fields = fields_of(content_type, body);
    if (!fields) return Error(fields.error());
    if (auto trouble = trouble_with_context(*fields, account); !trouble.empty())
        return Error(std::move(trouble));
    outbox::SubscriptionWish wish;
    if (const auto* events = fields->if_contains("EventTypes")) {
        if (!events->is_array() ||
            !std::ranges::all_of(events->get_array(), [](const auto& e) { return e.is_string(); }))
            return Error("EventTypes: expected an array of names");
        wish.events.emplace();
        for (const auto& each : events->get_array())
            wish.events->emplace_back(each.get_string());
    }
    if (const auto format = text(*fields, "Format")) {
        const auto* known =
            std::ranges::find(kForms, std::string_view(*format),
                              &std::pair<std::string_view, std::string_view>::second);
        if (known == kForms.end()) return Error("Format: expected live-event or caliper");
        wish.form = known->first;
    }
    if (const auto transport = text(*fields, "TransportType")) {
        if (std::ranges::find(kTransports, *transport) == kTransports.end())
            return Error("TransportType: expected https or sqs");
        wish.transport = *transport;
    }
    if (const auto* metadata = fields->if_contains("TransportMetadata"))
        wish.target = metadata->is_object() ? text(metadata->get_object(), "Url") : std::nullopt;
    return wish;
}

}  // namespace handin::admin
