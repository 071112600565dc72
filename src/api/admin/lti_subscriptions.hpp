// /api/lti/subscriptions: the same subscriptions in the shape that Canvas gives them to LTI tools
// (canvas-live-events.md 3.1), for clients that know that one.
#pragma once

#include <optional>

#include "api/admin/guard.hpp"
#include "base/pool.hpp"
#include "http/router.hpp"
#include "outbox/subscriptions.hpp"
#include "service/access.hpp"
#include "service/administration/administration.hpp"

namespace handin::admin {

class LtiSubscriptions {
 public:
    // All outlive it. What blocks is done on `pool`.
    LtiSubscriptions(service::Access& access, service::Administration& administration,
                     outbox::Subscriptions& subscriptions, Pool& pool)
        : guard_(access),
          administration_(administration),
          subscriptions_(subscriptions),
          pool_(pool) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Request = http::Request;
    using Reply = task<http::Response>;

    Reply create(Request request, service::Operator by);
    Reply list(Request request, service::Operator by);
    Reply show(Request request, service::Operator by);
    Reply change(Request request, service::Operator by);
    Reply remove(Request request, service::Operator by);

    // One that this shape has words for; nullopt: there is none of the path's id.
    task<std::optional<store::Subscription>> named(Request request);

    // Nothing if there are several, or none.
    task<std::optional<domain::Account>> only_account();

    Guard guard_;
    service::Administration& administration_;
    outbox::Subscriptions& subscriptions_;
    Pool& pool_;
};

}  // namespace handin::admin
