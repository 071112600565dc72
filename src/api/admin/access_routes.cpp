#include "api/admin/access_routes.hpp"

#include <boost/json/array.hpp>
#include <charconv>

#include "api/admin/fields.hpp"
#include "api/admin/paging.hpp"
#include "api/admin/render_access.hpp"
#include "api/admin/reply.hpp"

namespace handin::admin {

namespace json = boost::json;

namespace {

using domain::Permission;
using http::Method;

constexpr std::int64_t kLongestLife = 10LL * 366 * 86'400;  // seconds

http::Response gone() {
    http::Response response;
    response.status = 204;
    return response;
}

http::Response bad(std::string_view problem) {
    return failure(400, "bad_request", problem);
}

// 201 with the row and what is told only now.
template <class Row>
http::Response issued(const service::Administered<service::Issued<Row>>& done,
                      std::string_view secret_name) {
    if (!done) return refused(done.error());
    auto object = render(done->row);
    if (!done->secret.empty())
        object[json::string_view(secret_name.data(), secret_name.size())] = done->secret;
    return rendered(201, object);
}

template <class Row>
http::Response changed(const service::Administered<Row>& done, int status = 200) {
    if (!done) return refused(done.error());
    return rendered(status, render(*done));
}

template <class Row>
http::Response removed(const service::Administered<Row>& done) {
    return done ? gone() : refused(done.error());
}

template <class Row>
http::Response list_of(std::string_view name, const service::Listed<Row>& list) {
    json::array items;
    for (const auto& row : list.items)
        items.push_back(render(row));
    return rendered(200, {{json::string_view(name.data(), name.size()), std::move(items)},
                          {"next", list.next ? json::value(list.next->str()) : json::value()}});
}

Uuid id_in(const http::Request& request) {
    return Uuid::parse(request.parameter("id")).value_or(Uuid{});  // nothing has the nil id
}

}  // namespace

void AccessRoutes::add_routes(http::Router& router) {
    const auto add = [&](Method method, std::string_view path, Permission permission,
                         task<http::Response> (AccessRoutes::*action)(http::Request, Operator)) {
        guard_.add(router, method, path, permission,
                   [this, action](http::Request request, Operator by) {
                       return (this->*action)(request, std::move(by));
                   });
    };
    constexpr auto manage = Permission::access_manage;
    add(Method::get, "/api/handin/v1/tokens", manage, &AccessRoutes::list_tokens);
    add(Method::post, "/api/handin/v1/tokens", manage, &AccessRoutes::create_token);
    add(Method::del, "/api/handin/v1/tokens/:id", manage, &AccessRoutes::revoke_token);
    add(Method::get, "/api/handin/v1/integrations", manage, &AccessRoutes::list_integrations);
    add(Method::post, "/api/handin/v1/integrations", manage, &AccessRoutes::create_integration);
    add(Method::patch, "/api/handin/v1/integrations/:id", manage,
        &AccessRoutes::change_integration);
    add(Method::post, "/api/handin/v1/integrations/:id/secret", manage,
        &AccessRoutes::rotate_secret);
    add(Method::get, "/api/handin/v1/api-users", manage, &AccessRoutes::list_api_users);
    add(Method::post, "/api/handin/v1/api-users", manage, &AccessRoutes::create_api_user);
    add(Method::del, "/api/handin/v1/api-users/:id", manage, &AccessRoutes::remove_api_user);
    add(Method::get, "/api/handin/v1/grants", manage, &AccessRoutes::list_grants);
    add(Method::post, "/api/handin/v1/grants", manage, &AccessRoutes::add_grant);
    add(Method::del, "/api/handin/v1/grants/:id", manage, &AccessRoutes::remove_grant);
    add(Method::get, "/api/handin/v1/audit", Permission::audit_read, &AccessRoutes::list_audit);
}

task<http::Response> AccessRoutes::list_tokens(http::Request request, Operator by) {
    using Kind = domain::Token::Kind;
    const auto page = page_of(request);
    if (!page) co_return bad(page.error());
    store::TokenFilter filter;
    if (const auto kind = request.query("kind")) {
        if (*kind == "person")
            filter.kind = Kind::access;
        else if (*kind == "integration")
            filter.kind = Kind::integration;
        else if (*kind == "application")
            filter.kind = Kind::application;
        else if (*kind == "admin")
            filter.kind = Kind::admin;
        else if (*kind == "refresh")
            filter.kind = Kind::refresh;
        else
            co_return bad("kind: expected person, integration, application, admin or refresh.");
    }
    if (const auto owner = request.query("owner")) {
        filter.owner_id = Uuid::parse(*owner);
        if (!filter.owner_id) co_return bad("owner: expected an id.");
    }
    co_return list_of("tokens", co_await administration_.tokens(std::move(by), filter, *page));
}

task<http::Response> AccessRoutes::create_token(http::Request request, Operator by) {
    using Kind = service::NewToken::Kind;
    auto fields =
        co_await Fields::read(request, {"kind", "owner", "name", "account", "expires_in"});
    service::NewToken wanted;
    wanted.kind =
        static_cast<Kind>(fields.choice("kind", {"person", "integration", "application", "admin"}));
    if (wanted.kind == Kind::admin)
        wanted.owner = fields.text("owner").value_or("");
    else
        wanted.owner = fields.required("owner");
    wanted.name = fields.text("name").value_or("");
    wanted.account = fields.text("account");
    if (const auto seconds = fields.number("expires_in")) {
        if (*seconds < 1 || *seconds > kLongestLife)
            fields.complain("expires_in: expected seconds, from 1 to ten years.");
        else
            wanted.expires_at = clock_.now() + std::chrono::seconds(*seconds);
    }
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return issued(co_await administration_.create_token(std::move(by), std::move(wanted)),
                     "token");
}

task<http::Response> AccessRoutes::revoke_token(http::Request request, Operator by) {
    co_return removed(co_await administration_.revoke_token(std::move(by), id_in(request)));
}

task<http::Response> AccessRoutes::list_integrations(http::Request request, Operator by) {
    const auto page = page_of(request);
    if (!page) co_return bad(page.error());
    co_return list_of("integrations", co_await administration_.integrations(std::move(by), *page));
}

task<http::Response> AccessRoutes::create_integration(http::Request request, Operator by) {
    auto fields = co_await Fields::read(request, {"name", "account"});
    service::NewIntegration wanted{.name = fields.required("name"),
                                   .account = fields.text("account")};
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return issued(co_await administration_.create_integration(std::move(by), std::move(wanted)),
                     "client_secret");
}

task<http::Response> AccessRoutes::change_integration(http::Request request, Operator by) {
    using State = domain::Integration::State;
    auto fields = co_await Fields::read(request, {"state"});
    const auto state = static_cast<State>(fields.choice("state", {"active", "paused", "disabled"}));
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return changed(co_await administration_.set_integration_state(
        std::move(by), request.parameter("id"), state));
}

task<http::Response> AccessRoutes::rotate_secret(http::Request request, Operator by) {
    co_return issued(co_await administration_.rotate_secret(std::move(by), request.parameter("id")),
                     "client_secret");
}

task<http::Response> AccessRoutes::list_api_users(http::Request request, Operator by) {
    const auto page = page_of(request);
    if (!page) co_return bad(page.error());
    co_return list_of("api_users", co_await administration_.api_users(std::move(by), *page));
}

task<http::Response> AccessRoutes::create_api_user(http::Request request, Operator by) {
    auto fields = co_await Fields::read(request, {"username", "password", "account"});
    service::NewApiUser wanted{.username = fields.required("username"),
                               .password = fields.text("password"),
                               .account = fields.text("account")};
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return issued(co_await administration_.create_api_user(std::move(by), std::move(wanted)),
                     "password");
}

task<http::Response> AccessRoutes::remove_api_user(http::Request request, Operator by) {
    co_return removed(
        co_await administration_.remove_api_user(std::move(by), request.parameter("id")));
}

task<http::Response> AccessRoutes::list_grants(http::Request request, Operator by) {
    const auto page = page_of(request);
    if (!page) co_return bad(page.error());
    std::optional<Uuid> owner;
    if (const auto text = request.query("owner")) {
        owner = Uuid::parse(*text);
        if (!owner) co_return bad("owner: expected an id.");
    }
    co_return list_of("grants", co_await administration_.grants(std::move(by), owner, *page));
}

task<http::Response> AccessRoutes::add_grant(http::Request request, Operator by) {
    using domain::Grant;
    auto fields = co_await Fields::read(
        request, {"holder", "owner", "permission", "effect", "scope", "scope_id", "account"});
    service::NewGrant wanted;
    wanted.holder =
        static_cast<Grant::Holder>(fields.choice("holder", {"api_user", "person", "integration"}));
    wanted.owner = fields.required("owner");
    wanted.permission = fields.required("permission");
    wanted.allow = fields.choice("effect", {"deny", "allow"}, 1) == 1;
    wanted.scope = static_cast<Grant::Scope>(
        fields.choice("scope", {"account", "department", "class", "assignment", "person"}));
    if (wanted.scope != Grant::Scope::account) wanted.scope_id = fields.required("scope_id");
    wanted.account = fields.text("account");
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return changed(co_await administration_.add_grant(std::move(by), std::move(wanted)), 201);
}

task<http::Response> AccessRoutes::remove_grant(http::Request request, Operator by) {
    co_return removed(co_await administration_.remove_grant(std::move(by), id_in(request)));
}

task<http::Response> AccessRoutes::list_audit(http::Request request, Operator by) {
    const auto page = page_of(request);
    if (!page) co_return bad(page.error());
    store::AuditFilter filter{.action = request.query("action"), .target = request.query("target")};
    co_return list_of("audit",
                      co_await administration_.audit(std::move(by), std::move(filter), *page));
}

}  // namespace handin::admin
