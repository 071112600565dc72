#include "api/admin/receipts.hpp"

#include "api/admin/reply.hpp"
#include "api/receipt_link.hpp"
#include "receipt/receipt.hpp"

namespace handin::admin {
namespace {

constexpr std::string_view kKeysMaxAge = "max-age=300";  // seconds; a new key is used after a start

http::Response missing() {
    return failure(404, "not_found", "There is no attempt with this id for you.");
}

}  // namespace

void Receipts::add_routes(http::Router& router) {
    using http::Method;
    router.add(Method::get, std::string(api::kReceiptsPath) + "keys",
               [this](http::Request request) { return keys(request); });
    router.add(Method::get, std::string(api::kReceiptsPath) + ":attempt",
               [this](http::Request request) { return receipt(request); });
}

task<http::Response> Receipts::receipt(http::Request request) {
    using Kind = domain::Token::Kind;
    const auto token = request.bearer_token();
    if (token.empty())
        co_return failure(401, "unauthorized",
                          "Send an access token or the admin token as 'Authorization: Bearer'.");
    auto actor = co_await access_.authenticate(token, Kind::access);
    if (!actor) actor = co_await access_.authenticate(token, Kind::admin);
    if (!actor) co_return failure(401, "unauthorized", "This is not a valid token.");
    const auto id = Uuid::parse(request.parameter("attempt"));
    if (!id) co_return missing();
    auto found = co_await receipts_.find(*actor, *id);
    if (!found) co_return missing();
    if (!found->batch)
        co_return failure(
            404, "no_receipt",
            "This attempt has no receipt: it was committed when receipts were off, or "
            "by a version of handin that had none.");
    const receipt::Subject subject{.account_id = found->account_id,
                                   .class_id = found->class_id,
                                   .assignment_id = found->assignment_id,
                                   .person_id = found->person_id};
    co_return rendered(200, receipt::render(receipt::receipt_of(subject, std::move(found->attempt),
                                                                *found->batch)));
}

task<http::Response> Receipts::keys(http::Request /*request*/) {
    http::Response response;
    response.content_type = "application/jwk-set+json";
    response.headers.emplace_back("Cache-Control", kKeysMaxAge);
    response.body = key_set_;
    co_return response;
}

}  // namespace handin::admin
