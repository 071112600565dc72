#include "api/edlink/parameters.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/edlink/query.hpp"
#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "service/intake.hpp"

namespace handin::edlink {
namespace {

constexpr std::size_t kLongestKey = 255;  // characters (edlink.md 2.2)

// An assignment may also be named by an alias such as sis:101 (edlink.md 2.3).
bool is_alias(std::string_view text) {
    const auto colon = text.find(':');
    return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size();
}

// The host of http://host:port, an IPv6 address with its brackets.
std::string host_of(std::string_view base_url) {
    auto authority = base_url.substr(base_url.find("://") + 3);
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos)
        authority = authority.substr(0, colon);
    return std::string(authority);
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

// The structured-field string of the draft is quoted; many clients leave the quotes out.
std::string_view unquoted(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        return text.substr(1, text.size() - 2);
    return text;
}

}  // namespace

std::expected<Uuid, Failure> id_in(const Call& call, std::string_view parameter) {
    const auto text = call.request.parameter(parameter);
    if (const auto id = Uuid::parse(text)) return *id;
    const bool takes_alias = parameter == "assignment_id";
    // No assignment has an alias yet, so a well-formed one is of none of them.
    if (takes_alias && is_alias(text))
        return std::unexpected(
            fail(call.request, {{domain::Reason::not_found, "assignment_id", ""}}));
    return std::unexpected(fail(
        "INVALID_UUID", std::string("A valid v4 or v5 UUID ") + (takes_alias ? "or Alias " : "") +
                            "is expected for parameter '" + std::string(parameter) + "'."));
}

std::expected<AssignmentPath, Failure> assignment_in(const Call& call) {
    const auto class_id = id_in(call, "class_id");
    if (!class_id) return std::unexpected(class_id.error());
    const auto assignment_id = id_in(call, "assignment_id");
    if (!assignment_id) return std::unexpected(assignment_id.error());
    return AssignmentPath{*class_id, *assignment_id};
}

std::expected<std::optional<domain::ReplayKey>, Failure> replay_key_of(const Call& call,
                                                                       std::string_view verb) {
    auto key = call.request.method == http::Method::post ? call.request.query("$idempotency")
                                                         : std::nullopt;
    if (!key || key->empty())
        if (const auto header = call.request.header("Idempotency-Key"); !header.empty())
            key = std::string(unquoted(header));
    if (!key || key->empty()) return std::nullopt;
    if (code_points(*key) > kLongestKey)
        return std::unexpected(
            fail("IDEMPOTENCY_KEY_TOO_LONG", "An idempotency key has at most 255 characters."));
    return service::replay_key(call.actor, verb, *key);
}

std::string only_properties(Call& call, std::string body) {
    const auto wish = call.request.query("$properties");
    if (!wish) return body;
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return body;
    json::object kept;
    for (const auto& name : names_in(*wish)) {
        if (const auto* property = value.get_object().if_contains(name))
            kept[name] = *property;
        else
            call.warnings.push_back(
                {"INVALID_PATCH_PROPERTY", well_formed_utf8(name) + " is not in the body."});
    }
    return json::serialize(kept);
}

domain::RequestFacts facts_of(const http::Request& request) {
    const auto base_url = request.base_url();
    const auto token = sha256("session:" + std::string(request.bearer_token()));
    return {.request_id = std::string(request.id),
            .session_id = hex(std::span(token).first(16)),
            .hostname = host_of(base_url),
            .http_method = std::string(http::name_of(request.method)),
            .url = base_url + std::string(request.target),
            .referrer = std::string(request.header("Referer")),
            .user_agent = std::string(request.header("User-Agent")),
            .client_ip = std::string(request.remote_address)};
}

}  // namespace handin::edlink
