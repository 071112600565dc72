// POST /api/authentication/token (edlink.md 1.2).
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/parse_query.hpp>

#include "api/edlink/edlink.hpp"

namespace handin::edlink {
namespace {

constexpr std::size_t kLongestBody = 4 * 1024;  // four fields; anybody may send it

struct TokenRequest {
    std::string grant_type, client_id, client_secret, refresh_token;
};

void set(TokenRequest& request, std::string_view name, std::string value) {
    static constexpr std::pair<std::string_view, std::string TokenRequest::*> fields[] = {
        {"grant_type", &TokenRequest::grant_type},
        {"client_id", &TokenRequest::client_id},
        {"client_secret", &TokenRequest::client_secret},
        {"refresh_token", &TokenRequest::refresh_token}};
    const auto field = std::ranges::find(fields, name, [](const auto& f) { return f.first; });
    if (field != std::end(fields)) request.*(field->second) = std::move(value);
}

std::optional<TokenRequest> parse_form(const std::string& body) {
    const auto query = boost::urls::parse_query(body);
    if (!query) return std::nullopt;
    TokenRequest request;
    boost::urls::encoding_opts plus_is_space;
    plus_is_space.space_as_plus = true;
    for (const auto& pair : *query)
        set(request, pair.key.decode(plus_is_space), pair.value.decode(plus_is_space));
    return request;
}

std::optional<TokenRequest> parse_json(const std::string& body) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    TokenRequest request;
    for (const auto& [name, field] : value.get_object())
        if (const auto* text = field.if_string()) set(request, name, std::string(*text));
    return request;
}

Failure missing_field(const TokenRequest& request) {
    Failure failure{.status = 400, .errors = {}};
    for (const auto& [name, value] : {std::pair("client_id", &request.client_id),
                                      std::pair("client_secret", &request.client_secret),
                                      std::pair("refresh_token", &request.refresh_token)})
        if (value->empty())
            failure.errors.push_back(
                {"MISSING_REQUIRED_FIELD", std::string("'") + name + "' is required."});
    return failure;
}

}  // namespace

task<http::Response> Edlink::exchange_token(http::Request request) {
    const Call call{.request = request, .actor = {}, .warnings = {}};
    const auto body = co_await http::read_all(request, kLongestBody);
    if (!body) co_return failure(call, fail("INVALID_REQUEST_BODY", "The body is too long.", 413));
    const bool form =
        request.header("Content-Type").starts_with("application/x-www-form-urlencoded");
    const auto parsed = form ? parse_form(*body) : parse_json(*body);
    if (!parsed)
        co_return failure(call, fail("INVALID_REQUEST_BODY",
                                     "The body must be a JSON object or a form with grant_type, "
                                     "client_id, client_secret and refresh_token."));
    if (parsed->grant_type != "refresh_token")
        co_return failure(call, fail("UNSUPPORTED_OPERATION",
                                     "grant_type must be 'refresh_token' on this server."));
    if (const auto missing = missing_field(*parsed); !missing.errors.empty())
        co_return failure(call, missing);
    const auto made = co_await services_.sign_in.refresh(parsed->client_id, parsed->client_secret,
                                                         parsed->refresh_token);
    if (!made) co_return failure(call, fail(request, made.error()));
    const json::object tokens{{"access_token", made->token},
                              {"refresh_token", parsed->refresh_token},
                              {"token_type", "Bearer"},
                              {"expires_in", made->expires_in.count()}};
    // SDK 1.x reads $data, plain OAuth clients the top level (edlink.md 1.2).
    auto reply = success(call, tokens);
    auto both = json::parse(reply.body).as_object();
    for (const auto& [name, value] : tokens)
        both[name] = value;
    reply.body = json::serialize(both);
    co_return reply;
}

}  // namespace handin::edlink
