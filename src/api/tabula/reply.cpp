#include "api/tabula/reply.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"

namespace handin::tabula {
namespace {

// The reason phrase in lower case, with _ for spaces (tabula.md 1.3 B).
std::string_view status_word(int status) {
    constexpr std::array<std::pair<int, std::string_view>, 14> words{
        {{400, "bad_request"},
         {401, "unauthorized"},
         {403, "forbidden"},
         {404, "not_found"},
         {405, "method_not_allowed"},
         {408, "request_timeout"},
         {409, "conflict"},
         {413, "request_entity_too_large"},
         {415, "unsupported_media_type"},
         {416, "requested_range_not_satisfiable"},
         {429, "too_many_requests"},
         {431, "request_header_fields_too_large"},
         {500, "internal_server_error"},
         {503, "service_unavailable"}}};
    const auto found =
        std::ranges::find(words, status, [](const auto& each) { return each.first; });
    return found == words.end() ? "error" : found->second;
}

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

http::Response rendered(int status, const json::object& object) {
    http::Response response;
    response.status = status;
    // tabula.md 1.1
    response.content_type = "application/json;charset=UTF-8";
    response.headers.emplace_back("Cache-Control", "no-cache, no-store");
    response.headers.emplace_back("Pragma", "no-cache");
    response.headers.emplace_back("Expires", "0");
    response.body = json::serialize(object);
    return response;
}

}  // namespace

http::Response success(json::object payload, int status) {
    json::object object{{"success", true}, {"status", "ok"}};
    for (auto& [name, value] : payload)
        object[name] = std::move(value);
    return rendered(status, object);
}

http::Response created(const Call& call, std::string_view path, json::object payload) {
    auto response = success(std::move(payload), 201);
    response.headers.emplace_back("Location", url_of(call.request, path));
    return response;
}

http::Response invalid(const std::vector<Fault>& faults) {
    json::object result;
    json::array errors;
    json::array about_fields;
    for (const auto& fault : faults) {
        const auto message = well_formed_utf8(fault.message);
        json::object error{{"code", fault.code}, {"message", message}};
        if (fault.field.empty()) {
            errors.push_back(std::move(error));
            continue;
        }
        error["field"] = fault.field;
        about_fields.push_back(std::move(error));
        // tabula.md 6, conflict 3: the first of several about one field
        if (!result.contains(fault.field)) result[fault.field] = message;
    }
    errors.insert(errors.end(), about_fields.begin(), about_fields.end());
    return rendered(400, {{"success", false},
                          {"status", "bad_request"},
                          {"result", std::move(result)},
                          {"errors", std::move(errors)}});
}

http::Response failure(int status, std::string_view message) {
    return rendered(
        status, {{"success", false},
                 {"status", view(status_word(status))},
                 {"errors", json::array{json::object{{"message", well_formed_utf8(message)}}}}});
}

http::Response not_found(std::string_view type) {
    return failure(404, "Item not found of type " + std::string(type));
}

http::Response forbidden(const Call& call, std::string_view permission, std::string_view target) {
    return failure(403, call.username + " can't perform " + std::string(permission) + " on " +
                            std::string(target));
}

http::Response refused(const Call& call, const domain::Refusal& refusal,
                       std::string_view permission) {
    if (refusal.reason == domain::Reason::not_permitted)
        return forbidden(call, permission, refusal.field);
    return not_found(refusal.field);
}

std::string url_of(const http::Request& request, std::string_view path) {
    return request.base_url().append(kBase).append(path);
}

}  // namespace handin::tabula
