// GET /api/handin/v1/events/stream: events as they happen, as server-sent events (WHATWG HTML 9.2).
#pragma once

#include <atomic>
#include <memory>

#include "api/admin/guard.hpp"
#include "http/router.hpp"
#include "outbox/feed.hpp"
#include "outbox/news.hpp"
#include "service/access.hpp"

namespace handin::admin {

class EventStream {
 public:
    // All outlive it.
    EventStream(service::Access& access, outbox::Feed& feed, outbox::News& news)
        : guard_(access), feed_(feed), news_(news) {}

    // It outlives the router's use. Streams end when the news are stopped.
    void add_routes(http::Router& router);
    std::size_t listeners() const { return static_cast<std::size_t>(listeners_.use_count()) - 1; }

 private:
    class Stream;
    task<http::Response> open(http::Request request);

    Guard guard_;
    outbox::Feed& feed_;
    outbox::News& news_;
    std::shared_ptr<const int> listeners_ = std::make_shared<const int>(0);  // each holds one
};

}  // namespace handin::admin
