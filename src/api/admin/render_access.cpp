#include "api/admin/render_access.hpp"

#include <boost/json/parse.hpp>
#include <optional>

namespace handin::admin {

namespace json = boost::json;

namespace {

// Two tables in the order of their enumerations.
constexpr std::string_view kTokenKinds[] = {"person", "refresh", "integration", "admin",
                                            "application"};
constexpr std::string_view kHolders[] = {"api_user", "person", "integration"};
constexpr std::string_view kScopes[] = {"account", "department", "class", "assignment", "person"};
constexpr std::string_view kStates[] = {"active", "paused", "disabled"};

template <std::size_t N, class Enum>
json::string named(const std::string_view (&names)[N], Enum value) {
    const auto name = names[static_cast<std::size_t>(value)];
    return json::string(name.data(), name.size());
}

json::value optional_id(const std::optional<Uuid>& id) {
    return id ? json::value(id->str()) : json::value();
}

json::value id_or_null(const Uuid& id) {
    return id == Uuid{} ? json::value() : json::value(id.str());
}

}  // namespace

json::object render(const domain::Token& token) {
    const auto owner = token.person_id        ? token.person_id
                       : token.integration_id ? token.integration_id
                                              : token.api_user_id;
    return {{"id", token.id().str()},
            {"kind", named(kTokenKinds, token.kind)},
            {"name", token.name},
            {"account", id_or_null(token.account_id)},
            {"owner", optional_id(owner)},
            {"created_at", iso_millis(token.created_at)},
            {"expires_at",
             token.expires_at ? json::value(iso_millis(*token.expires_at)) : json::value()}};
}

json::object render(const domain::Integration& integration) {
    return {{"id", integration.id.str()},
            {"account", integration.account_id.str()},
            {"number", integration.number},
            {"name", integration.name},
            {"client_id", integration.client_id},
            {"state", named(kStates, integration.state)},
            {"created_at", iso_millis(integration.created_at)}};
}

json::object render(const domain::ApiUser& user) {
    return {{"id", user.id.str()},
            {"account", user.account_id.str()},
            {"username", user.username},
            {"created_at", iso_millis(user.created_at)}};
}

json::object render(const domain::Grant& grant) {
    return {{"id", grant.id.str()},
            {"holder", named(kHolders, grant.holder)},
            {"owner", grant.holder_id.str()},
            {"permission", grant.permission},
            {"effect", grant.allow ? "allow" : "deny"},
            {"scope", named(kScopes, grant.scope)},
            {"scope_id", grant.scope_id.str()}};
}

json::object render(const domain::AuditEntry& entry) {
    return {{"id", entry.id.str()},
            {"at", iso_millis(entry.at)},
            {"account", id_or_null(entry.account_id)},
            {"actor", {{"token", id_or_null(entry.actor_id)}, {"name", entry.actor}}},
            {"client_ip", entry.client_ip.empty() ? json::value() : json::value(entry.client_ip)},
            {"request_id", entry.request_id},
            {"action", entry.action},
            {"target", entry.target},
            {"detail", json::parse(entry.detail)}};
}

}  // namespace handin::admin
