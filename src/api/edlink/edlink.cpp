#include "api/edlink/edlink.hpp"

#include <boost/json/object.hpp>

#include "api/edlink/parameters.hpp"

namespace handin::edlink {
namespace {

using http::Method;

Failure auth_failure(service::AuthFailure reason, Tree tree, int status) {
    switch (reason) {
        case service::AuthFailure::expired:
            return fail("EXPIRED_TOKEN", "The access token has expired: refresh it.", status);
        case service::AuthFailure::integration_disabled:
            return fail("INVALID_INTEGRATION_STATE", "The integration is disabled.");
        case service::AuthFailure::unknown:
            break;
    }
    const std::string_view whose = tree == Tree::graph ? "an integration" : "a person";
    return fail("INVALID_TOKEN",
                "You must supply a valid access token to access this endpoint. Send the token of " +
                    std::string(whose) + " as 'Authorization: Bearer <token>'.",
                status);
}

// What the server refuses before or beside a handler.
Failure server_failure(int status, std::string_view reason) {
    if (status == 503)
        return fail("UNKNOWN",
                    "Too many requests are waiting, the disk is full, or files cannot be scanned "
                    "for viruses: try again soon.",
                    503);
    std::string_view code = "INVALID_REQUEST_BODY";
    if (status >= 500) code = "INTERNAL";
    if (status == 404) code = "NOT_FOUND";
    if (status == 405) code = "UNSUPPORTED_OPERATION";
    return fail(code, std::string(reason), status);
}

task<http::Response> up(http::Request /*request*/) {
    http::Response response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = "Ok";
    co_return response;
}

}  // namespace

Edlink::Edlink(Services services, std::string cursor_key, int token_status)
    : services_(services),
      paging_(std::move(cursor_key), services.clock),
      token_status_(token_status) {}

void Edlink::add_routes(http::Router& router) {
    add_own_routes(router);
    add_graph_routes(router);
    add_shared_routes(router);

    router.add(Method::get, "/api/up", up);
    router.add(Method::post, "/api/authentication/token",
               [this](http::Request request) { return exchange_token(request); });

    for (const std::string_view prefix : {"/api/v2", "/api/authentication"}) {
        router.on_miss(prefix, [](const http::Request& request, const http::Router::Miss& miss) {
            const auto reason = miss.status == 405 ? "This path takes " + miss.allow + " only."
                                                   : std::string("There is nothing at this path.");
            return failure(Call{.request = request, .actor = {}, .warnings = {}},
                           server_failure(miss.status, reason));
        });
        router.on_failure(prefix,
                          [](const http::Request& request, int status, std::string_view reason) {
                              return failure(Call{.request = request, .actor = {}, .warnings = {}},
                                             server_failure(status, reason));
                          });
    }
}

void Edlink::on(http::Router& router, Tree tree, http::Method method, std::string_view path,
                Action action, http::RouteOptions options) {
    const std::string_view root = tree == Tree::graph ? "/api/v2/graph" : "/api/v2/my";
    router.add(
        method, std::string(root) + std::string(path),
        [this, tree, action](http::Request request) { return with_actor(request, tree, action); },
        options);
}

task<std::expected<domain::Actor, Failure>> Edlink::authenticate(http::Request request, Tree tree) {
    const auto token = request.bearer_token();
    const auto refused = [&](service::AuthFailure reason) {
        return std::unexpected(auth_failure(reason, tree, token_status_));
    };
    if (token.empty()) co_return refused(service::AuthFailure::unknown);
    auto actor = co_await services_.access.authenticate(
        token,
        tree == Tree::graph ? domain::Token::Kind::integration : domain::Token::Kind::access);
    if (!actor) co_return refused(actor.error());
    co_return *actor;
}

task<http::Response> Edlink::with_actor(http::Request request, Tree tree, Action action) {
    Call call{.request = request, .actor = {}, .warnings = {}, .tree = tree};
    const auto actor = co_await authenticate(request, tree);
    if (!actor) co_return failure(call, actor.error());
    call.actor = *actor;
    // The header works on every write, Edlink's own parameter on POST only (edlink.md 2.2).
    const bool writes = request.method != Method::get && request.method != Method::head;
    if ((request.method != Method::post && request.query("$idempotency")) ||
        (!writes && !request.header("Idempotency-Key").empty()))
        call.warnings.push_back(
            {"IDEMPOTENCY_KEY_IGNORED", "An idempotency key means something to POST only."});
    co_return co_await (this->*action)(&call);
}

}  // namespace handin::edlink
