#include "api/admin/subscriptions.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "api/admin/number.hpp"
#include "api/admin/reply.hpp"
#include "api/admin/subscription_json.hpp"

namespace handin::admin {
namespace {

namespace json = boost::json;
using outbox::Problem;
using store::Deliveries;
using store::Subscription;

constexpr std::size_t kBodyBytes = 64 * 1024;
constexpr std::int64_t kDefaultDeliveries = 100;
constexpr std::int64_t kMostDeliveries = 1'000;
constexpr auto kAny = std::numeric_limits<std::int64_t>::max();
constexpr std::string_view kKeysMaxAge =
    "max-age=300";  // seconds; the next key is in it long before

http::Response missing() {
    return failure(404, "not_found", "There is no such subscription.");
}

http::Response refusal(const Problem& problem) {
    if (problem.field.empty()) return failure(409, "conflict", problem.message + ".");
    return failure(400, "bad_request", problem.field + ": " + problem.message + ".");
}

http::Response nothing() {
    http::Response response;
    response.status = 204;
    return response;
}

}  // namespace

void Subscriptions::add_routes(http::Router& router) {
    using http::Method;
    const std::string all = "/api/handin/v1/subscriptions";
    const auto one = all + "/:id";
    const auto add = [&](Method method, const std::string& path, domain::Permission permission,
                         Reply (Subscriptions::*action)(Request)) {
        guard_.add(router, method, path, permission,
                   [this, action](Request request, const service::Operator& /*by*/) {
                       return (this->*action)(request);
                   });
    };
    const auto manage = [&](Method method, const std::string& path, std::string_view what,
                            Change change) {
        guard_.add(router, method, path, domain::Permission::events_manage,
                   [this, what, change](Request request, service::Operator by) {
                       return noted(request, std::move(by), what, change);
                   });
    };
    using enum domain::Permission;
    add(Method::get, all, events_read, &Subscriptions::list);
    add(Method::get, one, events_read, &Subscriptions::show);
    add(Method::get, one + "/deliveries", events_read, &Subscriptions::deliveries);
    add(Method::post, one + "/test", events_manage, &Subscriptions::test);
    manage(Method::post, all, "subscription.create", &Subscriptions::create);
    manage(Method::patch, one, "subscription.change", &Subscriptions::change);
    manage(Method::del, one, "subscription.remove", &Subscriptions::remove);
    manage(Method::post, one + "/secret", "subscription.renew_secret",
           &Subscriptions::renew_secret);
    manage(Method::post, one + "/replay", "subscription.replay", &Subscriptions::replay);
    manage(Method::post, one + "/deliveries/retry", "delivery.retry", &Subscriptions::retry_all);
    manage(Method::post, one + "/deliveries/:sequence/retry", "delivery.retry",
           &Subscriptions::retry);
    manage(Method::post, "/api/handin/v1/event-keys/rotate", "event_keys.rotate",
           &Subscriptions::rotate_keys);
    // For receivers, who have no token.
    router.add(Method::get, "/api/handin/v1/event-keys",
               [this](Request request) { return keys(request); });
}

// Subscriptions are kept apart from the rest, so the line is written right after the change.
task<http::Response> Subscriptions::noted(Request request, service::Operator by,
                                          std::string_view what, Change change) {
    Done done{.target = request.parameter("id")};
    auto response = co_await (this->*change)(request, &done);
    if (response.status < 300)
        co_await administration_.note(std::move(by), std::string(what), std::move(done.target),
                                      std::move(done.detail));
    co_return response;
}

task<std::optional<Subscription>> Subscriptions::named(Request request) {
    const auto id = Uuid::parse(request.parameter("id"));
    if (!id) co_return std::nullopt;
    co_return co_await pool_.run([this, id = *id] { return subscriptions_.find(id); });
}

task<http::Response> Subscriptions::create(Request request, Done* done) {
    const auto body = co_await http::read_all(request, kBodyBytes);
    if (!body) co_return failure(413, "too_large", "The body is too long.");
    const auto wish = parse_wish(*body);
    if (!wish)
        co_return refusal(
            {wish.error().field.empty() ? "body" : wish.error().field, wish.error().message});
    const auto made = co_await pool_.run([&] { return subscriptions_.create(*wish); });
    if (!made) co_return refusal(made.error());
    *done = {.target = made->id.str(), .detail = audit_detail(*made)};
    co_return rendered(201, shown(*made, Secret::shown));
}

task<http::Response> Subscriptions::list(Request /*request*/) {
    json::array all;
    for (const auto& each : co_await pool_.run([this] { return subscriptions_.list(); }))
        all.push_back(shown(each));
    co_return rendered(200, {{"subscriptions", std::move(all)}});
}

task<http::Response> Subscriptions::show(Request request) {
    const auto found = co_await named(request);
    co_return found ? rendered(200, shown(*found)) : missing();
}

task<http::Response> Subscriptions::change(Request request, Done* done) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto body = co_await http::read_all(request, kBodyBytes);
    if (!body) co_return failure(413, "too_large", "The body is too long.");
    const auto wish = parse_wish(*body);
    if (!wish)
        co_return refusal(
            {wish.error().field.empty() ? "body" : wish.error().field, wish.error().message});
    const auto changed =
        co_await pool_.run([&] { return subscriptions_.change(found->id, *wish); });
    if (!changed) co_return refusal(changed.error());
    if (*changed) done->detail = audit_detail(**changed);
    co_return *changed ? rendered(200, shown(**changed)) : missing();
}

task<http::Response> Subscriptions::remove(Request request, Done* /*done*/) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const bool removed = co_await pool_.run([&] { return subscriptions_.remove(found->id); });
    co_return removed ? nothing() : missing();
}

task<http::Response> Subscriptions::renew_secret(Request request, Done* /*done*/) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto changed = co_await pool_.run([&] { return subscriptions_.renew_secret(found->id); });
    if (!changed) co_return refusal(changed.error());
    co_return *changed ? rendered(200, shown(**changed, Secret::shown)) : missing();
}

task<http::Response> Subscriptions::test(Request request) {
    auto found = co_await named(request);
    if (!found) co_return missing();
    co_return rendered(200, shown(co_await subscriptions_.try_out(std::move(*found))));
}

task<http::Response> Subscriptions::replay(Request request, Done* done) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto after = number_in(request, "after", 0, 0, kAny);
    const auto until = number_in(request, "until", kAny, 0, kAny);
    if (!after || !until)
        co_return failure(400, "bad_request", "after, until: expected whole numbers from 0.");
    const auto replaying =
        co_await pool_.run([&] { return subscriptions_.replay(*found, *after, *until); });
    done->detail = json::serialize(json::object{{"after", *after}, {"until", *until}});
    co_return replaying ? rendered(202, shown(*replaying)) : refusal(replaying.error());
}

task<http::Response> Subscriptions::deliveries(Request request) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto after = number_in(request, "after", 0, 0, kAny);
    const auto limit = number_in(request, "limit", kDefaultDeliveries, 1, kMostDeliveries);
    const auto state = request.query("state").value_or("all");
    const auto which = state == "dead"      ? Deliveries::Which::dead
                       : state == "waiting" ? Deliveries::Which::waiting
                                            : Deliveries::Which::all;
    if (!after || !limit || (which == Deliveries::Which::all && state != "all"))
        co_return failure(
            400, "bad_request",
            "after: a whole number from 0; limit: from 1 to 1000; state: all, waiting "
            "or dead.");
    const auto rows = co_await pool_.run([&] {
        return subscriptions_.deliveries(found->id, which, *after,
                                         static_cast<std::size_t>(*limit));
    });
    json::array all;
    for (const auto& each : rows)
        all.push_back(shown(each));
    co_return rendered(200, {{"deliveries", std::move(all)},
                             {"next", rows.empty() ? *after : rows.back().sequence}});
}

task<http::Response> Subscriptions::retry(Request request, Done* done) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto sequence = number_of(request.parameter("sequence"), 0, kAny);
    const auto revived =
        sequence ? co_await pool_.run([&] { return subscriptions_.revive(found->id, *sequence); })
                 : std::int64_t{0};
    if (revived == 0)
        co_return failure(404, "not_found", "There is no dead delivery of this sequence.");
    done->detail = json::serialize(json::object{{"sequence", *sequence}});
    co_return rendered(202, {{"retried", revived}});
}

task<http::Response> Subscriptions::retry_all(Request request, Done* /*done*/) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto revived =
        co_await pool_.run([&] { return subscriptions_.revive(found->id, std::nullopt); });
    co_return rendered(202, {{"retried", revived}});
}

task<http::Response> Subscriptions::keys(Request /*request*/) {
    http::Response response;
    response.content_type = "application/jwk-set+json";
    response.headers.emplace_back("Cache-Control", kKeysMaxAge);
    response.body = co_await pool_.run([this] { return subscriptions_.jwks(); });
    co_return response;
}

task<http::Response> Subscriptions::rotate_keys(Request request, Done* done) {
    const bool whatever = request.query("force") == "true";
    const auto rotated = co_await pool_.run([&] { return subscriptions_.rotate_keys(whatever); });
    if (!rotated) co_return refusal({"", rotated.error()});
    done->detail = json::serialize(json::object{{"force", whatever}});
    co_return rendered(200, subscriptions_.jwks());
}

}  // namespace handin::admin
