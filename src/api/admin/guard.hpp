// Who may use handin's own API: asked before anything else of every route that is not for
// everybody.
#pragma once

#include <functional>

#include "domain/permission.hpp"
#include "http/router.hpp"
#include "service/access.hpp"
#include "service/administration/operator.hpp"

namespace handin::admin {

class Guard {
 public:
    // It outlives this.
    explicit Guard(service::Access& access) : access_(access) {}

    // Gets only callers who may. What it throws as service::TryLater becomes 503.
    using Action = std::function<task<http::Response>(http::Request, service::Operator)>;
    void add(http::Router& router, http::Method method, std::string_view path,
             domain::Permission permission, Action action, http::RouteOptions options = {});

    // Whether whoever has this token may (still) do it.
    task<bool> allows(std::string token, domain::Permission permission);

 private:
    task<http::Response> answer(http::Request request, domain::Permission permission,
                                const Action* action);

    service::Access& access_;
};

}  // namespace handin::admin
