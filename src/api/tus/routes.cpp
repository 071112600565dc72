// Which request about uploads is answered by what.
#include <algorithm>
#include <array>

#include "api/tus/form.hpp"
#include "api/tus/reply.hpp"
#include "api/tus/tus.hpp"

namespace handin::tus {
namespace {

using http::Method;

// The method that counts (tus: X-HTTP-Method-Override).
Method method_of(const http::Request& request) {
    const auto other = request.header("X-HTTP-Method-Override");
    if (other.empty()) return request.method;
    constexpr std::array<std::pair<std::string_view, Method>, 6> known{
        {{"GET", Method::get},
         {"HEAD", Method::head},
         {"POST", Method::post},
         {"PATCH", Method::patch},
         {"DELETE", Method::del},
         {"OPTIONS", Method::options}}};
    for (const auto& [name, method] : known)
        if (name == other) return method;
    return Method::other;
}

// Whether a request that is nothing without tus speaks it, and in our version.
bool speaks_tus(const http::Request& request) {
    return request.header("Tus-Resumable") == kVersion;
}

http::Response wrong_version() {
    return failure(412, "wrong_version", "Send Tus-Resumable: 1.0.0.");
}

http::Response wrong_method() {
    return failure(405, "method_not_allowed", "That method means nothing here.");
}

std::string_view code_of(int status) {
    if (status >= 500) return status == 503 ? "unavailable" : "internal";
    if (status == 404) return "not_found";
    if (status == 405) return "method_not_allowed";
    return status == 413 ? "too_large" : "bad_request";
}

}  // namespace

void Tus::add_routes(http::Router& router) {
    const http::RouteOptions options{.body_bytes = uploads_.limits().bytes};
    // A form may hold all that somebody may have; what takes anything else bounds it itself.
    const http::RouteOptions form_options{
        .body_bytes = std::max(uploads_.limits().bytes, uploads_.limits().person_bytes) +
                      UploadForm::most_around()};
    for (const auto method : {Method::post, Method::options})
        router.add(
            method, kPath, [this](http::Request request) { return on_all(request); }, form_options);
    const auto one = std::string(kPath) + "/:upload_id";
    for (const auto method :
         {Method::get, Method::head, Method::post, Method::patch, Method::del, Method::options})
        router.add(method, one, [this](http::Request request) { return on_one(request); }, options);
    router.on_miss(kPath, [](const http::Request& /*request*/, const http::Router::Miss& miss) {
        return failure(miss.status, code_of(miss.status),
                       miss.status == 405 ? "This path takes " + miss.allow + " only."
                                          : std::string("There is nothing at this path."));
    });
    router.on_failure(
        kPath, [](const http::Request& /*request*/, int status, std::string_view reason) {
            return failure(status, code_of(status),
                           status == 503 ? "Too much is waiting, or the disk is full: "
                                           "try again soon."
                                         : reason);
        });
}

task<std::expected<domain::Actor, http::Response>> Tus::authenticate(http::Request request) {
    const auto token = request.bearer_token();
    auto reason = service::AuthFailure::unknown;
    if (!token.empty()) {
        const auto actor = co_await access_.authenticate(token, domain::Token::Kind::access);
        if (actor) {
            if (co_await access_.permit(*actor, domain::Permission::upload,
                                        {.person_id = actor->person_id}))
                co_return *actor;
            co_return std::unexpected(
                failure(403, "not_permitted", "To send files was denied to you."));
        }
        reason = actor.error();
    }
    switch (reason) {
        case service::AuthFailure::expired:
            co_return std::unexpected(
                failure(401, "expired_token", "The access token has expired."));
        case service::AuthFailure::integration_disabled:
            co_return std::unexpected(
                failure(403, "integration_disabled", "The integration is disabled."));
        case service::AuthFailure::unknown:
            break;
    }
    co_return std::unexpected(failure(
        401, "unauthorized", "Send the access token of a person as 'Authorization: Bearer'."));
}

task<http::Response> Tus::on_all(http::Request request) {
    const auto method = method_of(request);
    if (method == Method::options) co_return options();
    if (method != Method::post) co_return wrong_method();
    if (!request.header("Tus-Resumable").empty() && !speaks_tus(request)) co_return wrong_version();
    auto actor = co_await authenticate(request);
    if (!actor) co_return std::move(actor.error());
    co_return co_await answer_all(request, *actor);
}

task<http::Response> Tus::answer_all(http::Request request, domain::Actor actor) {
    if (speaks_tus(request)) co_return co_await create(request, actor);
    if (http::is_form_data(request.header("Content-Type")))
        co_return co_await keep_form(request, actor);
    co_return co_await keep_whole(request, actor);
}

task<http::Response> Tus::on_one(http::Request request) {
    const auto method = method_of(request);
    if (method == Method::options) co_return options();
    // A GET, and a DELETE without version, are no tus; the others are nothing else.
    const bool needs_tus = method == Method::head || method == Method::patch;
    const bool has_version = !request.header("Tus-Resumable").empty();
    if ((needs_tus || has_version) && method != Method::get && !speaks_tus(request))
        co_return wrong_version();
    auto actor = co_await authenticate(request);
    if (!actor) co_return std::move(actor.error());
    const auto id = Uuid::parse(request.parameter("upload_id"));
    if (!id)
        co_return failure(domain::Refusals{
            {domain::Reason::upload_not_found, "", "There is no such upload of yours."}});
    co_return co_await answer_one(request, method, *actor, *id);
}

task<http::Response> Tus::answer_one(http::Request request, Method method, domain::Actor actor,
                                     Uuid id) {
    switch (method) {
        case Method::get:
            co_return co_await show(actor, id);
        case Method::head:
            co_return co_await head(actor, id);
        case Method::patch:
            co_return co_await patch(request, actor, id);
        case Method::del:
            co_return co_await discard(actor, id);
        default:
            co_return wrong_method();
    }
}

}  // namespace handin::tus
