#include "api/admin/guard.hpp"

#include <memory>

#include "api/admin/reply.hpp"
#include "service/committer.hpp"

namespace handin::admin {

void Guard::add(http::Router& router, http::Method method, std::string_view path,
                domain::Permission permission, Action action, http::RouteOptions options) {
    auto kept = std::make_shared<const Action>(std::move(action));
    router.add(
        method, path,
        [this, permission, kept](http::Request request) {
            return answer(request, permission, kept.get());
        },
        options);
}

task<http::Response> Guard::answer(http::Request request, domain::Permission permission,
                                   const Action* action) {
    const auto token = request.bearer_token();
    if (token.empty())
        co_return failure(401, "unauthorized", "Send the admin token as 'Authorization: Bearer'.");
    const auto actor = co_await access_.authenticate(token);
    if (!actor) co_return failure(401, "unauthorized", "This is not a valid admin token.");
    auto permit = co_await access_.permit(*actor, permission);
    if (!permit)
        co_return failure(
            403, "not_permitted",
            "This token may not do that: it takes an admin token, or the permission " +
                std::string(domain::info(permission).name) + " where it can be granted.");
    const bool local = actor->token_id == Uuid{};
    service::Operator by{.permit = std::move(*permit),
                         .name = std::string(access_.local_name()),
                         .client_ip = local ? "" : std::string(request.remote_address),
                         .request_id = std::string(request.id)};
    try {
        co_return co_await (*action)(request, std::move(by));
    } catch (const service::TryLater&) {
    }
    co_return failure(503, "unavailable", "Too much is waiting: try again soon.");
}

task<bool> Guard::allows(std::string token, domain::Permission permission) {
    const auto actor = co_await access_.authenticate(token);
    co_return actor&& co_await access_.permit(*actor, permission);
}

}  // namespace handin::admin
