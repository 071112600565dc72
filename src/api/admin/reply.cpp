#include "api/admin/reply.hpp"

#include <boost/json/serialize.hpp>

namespace handin::admin {

namespace json = boost::json;

http::Response rendered(int status, std::string json) {
    http::Response response;
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = std::move(json);
    return response;
}

http::Response rendered(int status, const json::object& object) {
    return rendered(status, json::serialize(object));
}

http::Response failure(int status, std::string_view code, std::string_view message) {
    auto response =
        rendered(status, {{"error",
                           {{"code", json::string_view(code.data(), code.size())},
                            {"message", json::string_view(message.data(), message.size())}}}});
    if (status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

http::Response refused(const domain::Refusals& refusals) {
    const auto& first = refusals.front();
    const auto message = first.field.empty() ? first.detail : first.field + ": " + first.detail;
    switch (first.reason) {
        case domain::Reason::not_found:
            return failure(404, "not_found", message);
        case domain::Reason::not_permitted:
            return failure(403, "not_permitted", message);
        case domain::Reason::already_there:
            return failure(409, "conflict", message);
        default:
            return failure(400, "bad_request", message);
    }
}

}  // namespace handin::admin
