// /api/handin/v1/subscriptions and what belongs to them (docs/events.md).
#pragma once

#include <optional>

#include "api/admin/guard.hpp"
#include "base/pool.hpp"
#include "http/router.hpp"
#include "outbox/subscriptions.hpp"
#include "service/access.hpp"

namespace handin::admin {

class Subscriptions {
 public:
    // All outlive it. What blocks is done on `pool`.
    Subscriptions(service::Access& access, outbox::Subscriptions& subscriptions, Pool& pool)
        : guard_(access), subscriptions_(subscriptions), pool_(pool) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Request = http::Request;
    using Reply = task<http::Response>;

    Reply create(Request request);
    Reply list(Request request);
    Reply show(Request request);
    Reply change(Request request);
    Reply remove(Request request);
    Reply renew_secret(Request request);
    Reply test(Request request);
    Reply replay(Request request);
    Reply deliveries(Request request);
    Reply retry(Request request);
    Reply retry_all(Request request);
    Reply keys(Request request);
    Reply rotate_keys(Request request);

    // The subscription of the path; nullopt: there is none.
    task<std::optional<store::Subscription>> named(Request request);

    Guard guard_;
    outbox::Subscriptions& subscriptions_;
    Pool& pool_;
};

}  // namespace handin::admin
