#include "api/admin/admin.hpp"

#include "api/admin/number.hpp"
#include "api/admin/reply.hpp"

namespace handin::admin {
namespace {

constexpr std::int64_t kDefaultEvents = 100;
constexpr std::int64_t kMostEvents = 10'000;  // a page is held in memory

http::Response plain(int status, std::string text) {
    http::Response response;
    response.status = status;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

std::string_view code_of(int status) {
    switch (status) {
        case 404:
            return "not_found";
        case 405:
            return "method_not_allowed";
        case 503:
            return "unavailable";
        default:
            return status < 500 ? "bad_request" : "internal";
    }
}

}  // namespace

void Admin::add_routes(http::Router& router) {
    using http::Method;
    const auto add = [&](std::string_view path,
                         task<http::Response> (Admin::*action)(http::Request)) {
        router.add(Method::get, path,
                   [this, action](http::Request request) { return (this->*action)(request); });
    };
    guard_.add(router, Method::get, "/api/handin/v1/events", domain::Permission::events_read,
               [this](http::Request request, service::Operator by) {
                   return events(request, std::move(by));
               });
    add("/healthz", &Admin::health);
    add("/readyz", &Admin::readiness);
    add("/metrics", &Admin::metrics);
    router.on_miss("/", [](const http::Request& /*request*/, const http::Router::Miss& miss) {
        return failure(miss.status, code_of(miss.status),
                       miss.status == 405 ? "This path takes " + miss.allow + " only."
                                          : std::string("There is nothing at this path."));
    });
    router.on_failure("/",
                      [](const http::Request& /*request*/, int status, std::string_view reason) {
                          return failure(status, code_of(status), reason);
                      });
}

task<http::Response> Admin::events(http::Request request, service::Operator /*by*/) {
    constexpr auto any = std::numeric_limits<std::int64_t>::max();
    const auto after = number_in(request, "after", 0, 0, any);
    if (!after) co_return failure(400, "bad_request", "after: expected a whole number from 0.");
    const auto limit = number_in(request, "limit", kDefaultEvents, 1, kMostEvents);
    if (!limit)
        co_return failure(400, "bad_request", "limit: expected a whole number from 1 to 10000.");
    co_return rendered(200, co_await feed_.read(*after, static_cast<std::size_t>(*limit)));
}

task<http::Response> Admin::health(http::Request /*request*/) {
    co_return plain(200, "ok\n");
}

task<http::Response> Admin::readiness(http::Request /*request*/) {
    const auto trouble = trouble_();
    if (trouble.empty()) co_return plain(200, "ready\n");
    auto response = plain(503, "not ready: " + trouble + "\n");
    response.headers.emplace_back("Retry-After", "5");
    co_return response;
}

task<http::Response> Admin::metrics(http::Request /*request*/) {
    auto response = plain(200, metrics_.text());
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    co_return response;
}

}  // namespace handin::admin
