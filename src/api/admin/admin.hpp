// handin's own API (/api/handin/v1) and what machines ask of a server: health, readiness, metrics.
#pragma once

#include <functional>

#include "api/admin/guard.hpp"
#include "base/metrics.hpp"
#include "http/router.hpp"
#include "outbox/feed.hpp"
#include "service/access.hpp"

namespace handin::admin {

class Admin {
 public:
    // All outlive it. `trouble`: why no work can be taken now; empty if it can.
    Admin(service::Access& access, outbox::Feed& feed, Metrics& metrics,
          std::function<std::string()> trouble)
        : guard_(access), feed_(feed), metrics_(metrics), trouble_(std::move(trouble)) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    task<http::Response> events(http::Request request, service::Operator by);
    task<http::Response> health(http::Request request);
    task<http::Response> readiness(http::Request request);
    task<http::Response> metrics(http::Request request);

    Guard guard_;
    outbox::Feed& feed_;
    Metrics& metrics_;
    std::function<std::string()> trouble_;
};

}  // namespace handin::admin
