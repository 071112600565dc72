#include "api/admin/lti_subscriptions.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/admin/lti_json.hpp"
#include "api/admin/reply.hpp"
#include "api/admin/subscription_json.hpp"

namespace handin::admin {
namespace {

namespace json = boost::json;

constexpr std::size_t kBodyBytes = 64 * 1024;

http::Response missing() {
    return failure(404, "not_found", "There is no such subscription.");
}

// This shape names one, and what is told is of all.
http::Response several_accounts() {
    return failure(409, "conflict", "There is not one account here, which this shape is for.");
}

http::Response bad(const std::string& problem) {
    return failure(400, "bad_request", problem + ".");
}

http::Response refusal(const outbox::Problem& problem) {
    return problem.field.empty() ? failure(409, "conflict", problem.message + ".")
                                 : bad(problem.field + ": " + problem.message);
}

// {"Id":"…"}: what came before on the page before.
std::optional<Uuid> start_key(const http::Request& request) {
    boost::system::error_code error;
    const auto value = json::parse(std::string(request.header("StartKey")), error);
    const auto* id = !error && value.is_object() ? value.get_object().if_contains("Id") : nullptr;
    return id && id->is_string() ? Uuid::parse(std::string(id->get_string())) : std::nullopt;
}

}  // namespace

void LtiSubscriptions::add_routes(http::Router& router) {
    using http::Method;
    const std::string all = "/api/lti/subscriptions";
    const auto one = all + "/:id";
    const auto add = [&](Method method, const std::string& path, domain::Permission permission,
                         Reply (LtiSubscriptions::*action)(Request, service::Operator)) {
        guard_.add(router, method, path, permission,
                   [this, action](Request request, service::Operator by) {
                       return (this->*action)(request, std::move(by));
                   });
    };
    using enum domain::Permission;
    add(Method::post, all, events_manage, &LtiSubscriptions::create);
    add(Method::get, all, events_read, &LtiSubscriptions::list);
    add(Method::get, one, events_read, &LtiSubscriptions::show);
    add(Method::put, one, events_manage, &LtiSubscriptions::change);
    add(Method::del, one, events_manage, &LtiSubscriptions::remove);
}

task<std::optional<store::Subscription>> LtiSubscriptions::named(Request request) {
    const auto id = Uuid::parse(request.parameter("id"));
    if (!id) co_return std::nullopt;
    auto found = co_await pool_.run([this, id = *id] { return subscriptions_.find(id); });
    co_return found&& lti_has_words(*found) ? std::move(found) : std::nullopt;
}

task<std::optional<domain::Account>> LtiSubscriptions::only_account() {
    auto all = co_await pool_.run([this] { return subscriptions_.accounts(); });
    co_return all.size() == 1 ? std::optional(std::move(all[0])) : std::nullopt;
}

task<http::Response> LtiSubscriptions::create(Request request, service::Operator by) {
    const auto body = co_await http::read_all(request, kBodyBytes);
    if (!body) co_return failure(413, "too_large", "The body is too long.");
    const auto account = co_await only_account();
    if (!account) co_return several_accounts();
    auto wish = parse_lti(request.header("Content-Type"), *body, *account);
    if (!wish) co_return bad(wish.error());
    if (!wish->target) co_return bad("TransportMetadata: expected {\"Url\":…}");
    wish->name = "LTI";
    const auto made = co_await pool_.run([&] { return subscriptions_.create(*wish); });
    if (!made) co_return refusal(made.error());
    co_await administration_.note(std::move(by), "subscription.create", made->id.str(),
                                  audit_detail(*made));
    co_return rendered(201, lti_shown(*made, *account));
}

task<http::Response> LtiSubscriptions::list(Request request, service::Operator /*by*/) {
    const auto after = start_key(request);
    const auto account = co_await only_account();
    if (!account) co_return several_accounts();
    json::array all;  // there are no more than make a page of Canvas's
    for (const auto& each : co_await pool_.run([this] { return subscriptions_.list(); }))
        if (lti_has_words(each) && (!after || each.id > *after))
            all.push_back(lti_shown(each, *account));
    co_return rendered(200, json::serialize(all));
}

task<http::Response> LtiSubscriptions::show(Request request, service::Operator /*by*/) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto account = co_await only_account();
    co_return account ? rendered(200, lti_shown(*found, *account)) : several_accounts();
}

task<http::Response> LtiSubscriptions::change(Request request, service::Operator by) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    const auto body = co_await http::read_all(request, kBodyBytes);
    if (!body) co_return failure(413, "too_large", "The body is too long.");
    const auto account = co_await only_account();
    if (!account) co_return several_accounts();
    const auto wish = parse_lti(request.header("Content-Type"), *body, *account);
    if (!wish) co_return bad(wish.error());
    const auto changed =
        co_await pool_.run([&] { return subscriptions_.change(found->id, *wish); });
    if (!changed) co_return refusal(changed.error());
    if (!*changed) co_return missing();
    co_await administration_.note(std::move(by), "subscription.change", found->id.str(),
                                  audit_detail(**changed));
    co_return rendered(200, lti_shown(**changed, *account));
}

task<http::Response> LtiSubscriptions::remove(Request request, service::Operator by) {
    const auto found = co_await named(request);
    if (!found) co_return missing();
    co_await pool_.run([&] { return subscriptions_.remove(found->id); });
    co_await administration_.note(std::move(by), "subscription.remove", found->id.str(), "{}");
    http::Response response;
    response.status = 204;
    co_return response;
}

}  // namespace handin::admin
