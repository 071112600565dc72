#include "api/admin/event_stream.hpp"

#include <chrono>
#include <limits>
#include <string>

#include "api/admin/number.hpp"
#include "api/admin/reply.hpp"

namespace handin::admin {
namespace {

constexpr std::size_t kMostListeners = 32;  // each keeps a page, and a connection
constexpr std::size_t kPage = 50;           // events
// A comment so often tells proxies and the server that the other side is there.
constexpr auto kHeartbeat = std::chrono::seconds(15);
constexpr std::string_view kBeat = ":\n\n";
constexpr std::string_view kHello = "retry: 1000\n\n";  // ms until a client connects again
constexpr auto kPermission = domain::Permission::events_read;

}  // namespace

// What one listener gets: pages of the feed, and comments while there is nothing.
class EventStream::Stream final : public http::Source {
 public:
    Stream(EventStream& all, std::string token, std::int64_t after)
        : all_(all), token_(std::move(token)), after_(after), place_(all.listeners_) {}

    task<std::string_view> next() override {
        text_.clear();
        if (!greeted_) {
            greeted_ = true;
            co_return kHello;
        }
        for (;;) {
            if (all_.news_.stopped()) co_return std::string_view();
            const auto rung = all_.news_.rung();
            co_await read();
            if (text_.empty()) {
                co_await all_.news_.wait(rung, kHeartbeat);
                if (all_.news_.rung() != rung) continue;
                text_ = kBeat;
            }
            // The token may have been revoked meanwhile.
            const bool may = co_await all_.guard_.allows(token_, kPermission);
            co_return may ? std::string_view(text_) : std::string_view();
        }
    }

 private:
    task<void> read() {
        const auto page = co_await all_.feed_.page(after_, kPage);
        for (const auto& each : page.entries)
            text_.append("id: ")
                .append(std::to_string(each.sequence))
                .append("\ndata: ")
                .append(each.payload)
                .append("\n\n");
        // What has no words is passed over, and is nothing to send.
        if (text_.empty() && page.next > after_) text_ = kBeat;
        after_ = page.next;
    }

    EventStream& all_;
    std::string token_;
    std::int64_t after_;
    std::shared_ptr<const int> place_;
    std::string text_;
    bool greeted_ = false;
};

void EventStream::add_routes(http::Router& router) {
    guard_.add(
        router, http::Method::get, "/api/handin/v1/events/stream", kPermission,
        [this](http::Request request, const service::Operator& /*by*/) { return open(request); });
}

task<http::Response> EventStream::open(http::Request request) {
    constexpr auto any = std::numeric_limits<std::int64_t>::max();
    // A client that connects again asks the same URL, and says where it was.
    const auto last = request.header("Last-Event-ID");
    const auto after =
        last.empty() ? number_in(request, "after", -1, 0, any) : number_of(last, 0, any);
    if (!after)
        co_return failure(400, "bad_request",
                          "after, Last-Event-ID: expected a whole number from 0.");
    if (listeners() >= kMostListeners || news_.stopped()) {
        auto response = failure(503, "unavailable", "Too many listen: try again later.");
        response.headers.emplace_back("Retry-After", http::retry_after());
        co_return response;
    }
    http::Response response;
    response.content_type = "text/event-stream";
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("X-Accel-Buffering", "no");  // nginx passes it on at once
    response.source = std::make_unique<Stream>(*this, std::string(request.bearer_token()),
                                               *after >= 0 ? *after : co_await feed_.last());
    co_return response;
}

}  // namespace handin::admin
