// Tokens, integrations, API users, grants and the audit (docs/access.md).
#pragma once

#include "api/admin/guard.hpp"
#include "http/router.hpp"
#include "service/administration/administration.hpp"

namespace handin::admin {

class AccessRoutes {
 public:
    // All outlive it.
    AccessRoutes(service::Access& access, service::Administration& administration,
                 const Clock& clock)
        : guard_(access), administration_(administration), clock_(clock) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Operator = service::Operator;

    task<http::Response> list_tokens(http::Request request, Operator by);
    task<http::Response> create_token(http::Request request, Operator by);
    task<http::Response> revoke_token(http::Request request, Operator by);
    task<http::Response> list_integrations(http::Request request, Operator by);
    task<http::Response> create_integration(http::Request request, Operator by);
    task<http::Response> change_integration(http::Request request, Operator by);
    task<http::Response> rotate_secret(http::Request request, Operator by);
    task<http::Response> list_api_users(http::Request request, Operator by);
    task<http::Response> create_api_user(http::Request request, Operator by);
    task<http::Response> remove_api_user(http::Request request, Operator by);
    task<http::Response> list_grants(http::Request request, Operator by);
    task<http::Response> add_grant(http::Request request, Operator by);
    task<http::Response> remove_grant(http::Request request, Operator by);
    task<http::Response> list_audit(http::Request request, Operator by);

    Guard guard_;
    service::Administration& administration_;
    const Clock& clock_;
};

}  // namespace handin::admin
