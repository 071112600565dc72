// /api/handin/v1/subscriptions and what belongs to them (docs/events.md).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/admin/guard.hpp"
#include "base/pool.hpp"
#include "http/router.hpp"
#include "outbox/subscriptions.hpp"
#include "service/access.hpp"
#include "service/administration/administration.hpp"

namespace handin::admin {

class Subscriptions {
 public:
    // All outlive it. What blocks is done on `pool`.
    Subscriptions(service::Access& access, service::Administration& administration,
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

    // What the audit tells of a change that has been made.
    struct Done {
        std::string target = {};  // id of the subscription, if it is about one
        std::string detail = "{}";
    };
    using Change = Reply (Subscriptions::*)(Request, Done*);
    Reply noted(Request request, service::Operator by, std::string_view what, Change change);

    Reply create(Request request, Done* done);
    Reply list(Request request);
    Reply show(Request request);
    Reply change(Request request, Done* done);
    Reply remove(Request request, Done* done);
    Reply renew_secret(Request request, Done* done);
    Reply test(Request request);
    Reply replay(Request request, Done* done);
    Reply deliveries(Request request);
    Reply retry(Request request, Done* done);
    Reply retry_all(Request request, Done* done);
    Reply keys(Request request);
    Reply rotate_keys(Request request, Done* done);

    // The subscription of the path; nullopt: there is none.
    task<std::optional<store::Subscription>> named(Request request);

    Guard guard_;
    service::Administration& administration_;
    outbox::Subscriptions& subscriptions_;
    Pool& pool_;
};

}  // namespace handin::admin
