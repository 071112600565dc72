// Events go out: the parts of it, put together.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "api/admin/lti_subscriptions.hpp"
#include "api/admin/subscriptions.hpp"
#include "app/config.hpp"
#include "base/metrics.hpp"
#include "events/sinks/kafka/producer.hpp"
#include "http/client_loop.hpp"
#include "outbox/key_ring.hpp"
#include "outbox/relay.hpp"
#include "outbox/subscriptions.hpp"

namespace handin::app {

class Delivery {
 public:
    // All outlive it. `deliveries`: opened by the caller, who knows the engine. `busy`: commits are
    // waiting.
    Delivery(const Config& config, const std::string& base_url, store::Store& store,
             std::unique_ptr<store::Deliveries> deliveries, service::Access& access,
             service::Administration& administration, Pool& pool, const Clock& clock,
             Metrics& metrics, outbox::News& news, std::function<bool()> busy);

    void add_routes(http::Router& router) {
        routes_.add_routes(router);
        lti_routes_.add_routes(router);
    }
    void start() { relay_.start(); }
    // Something was committed.
    void wake() { relay_.wake(); }
    // Blocks. Before the io_contexts go, on which test messages may wait.
    void stop();

 private:
    void add_gauges(Metrics& metrics);

    std::unique_ptr<store::Deliveries> deliveries_;
    http::ClientLoop loop_;
    events::KafkaProducer producer_;
    outbox::Transports transports_;
    outbox::KeyRing keys_;
    outbox::Wording wording_;
    outbox::Relay relay_;
    outbox::Subscriptions subscriptions_;
    admin::Subscriptions routes_;
    admin::LtiSubscriptions lti_routes_;
};

}  // namespace handin::app
