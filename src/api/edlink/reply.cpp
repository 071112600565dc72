#include "api/edlink/reply.hpp"

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace handin::edlink {
namespace {

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

json::array list(const std::vector<Notice>& notices) {
    json::array array;
    for (const auto& notice : notices)
        array.push_back(json::object{{"code", notice.code}, {"message", notice.message}});
    return array;
}

http::Response rendered(int status, const json::object& object) {
    http::Response response;
    response.status = status;
    response.headers.emplace_back("Cache-Control", "no-store");
    response.body = json::serialize(object);
    return response;
}

json::object opened(const Call& call, json::storage_ptr memory) {
    json::object object(std::move(memory));
    object["$request"] = view(call.request.id);
    return object;
}

// SDK 2.x throws at any $errors, even an empty list, so neither key is there without need
// (edlink.md 7.3).
void add_warnings(const Call& call, json::object& object) {
    if (!call.warnings.empty()) object["$warnings"] = list(call.warnings);
}

}  // namespace

json::storage_ptr json_memory() {
    constexpr std::size_t first_block = 4096;  // a submission fits
    return json::make_shared_resource<json::monotonic_resource>(first_block);
}

http::Response success(const Call& call, json::value data, const std::optional<std::string>& next) {
    auto object = opened(call, data.storage());  // so that the data is moved, not copied
    object["$data"] = std::move(data);
    if (next) object["$next"] = *next;
    add_warnings(call, object);
    return rendered(200, object);
}

http::Response success(const Call& call) {
    auto object = opened(call, {});
    add_warnings(call, object);
    return rendered(200, object);
}

http::Response failure(const Call& call, const Failure& failure) {
    auto object = opened(call, {});
    object["$errors"] = list(failure.errors);
    add_warnings(call, object);
    auto response = rendered(failure.status, object);
    if (failure.status == 503) response.headers.emplace_back("Retry-After", http::retry_after());
    if (failure.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Notice repeated_key() {
    return {"IDEMPOTENCY_KEY_REPEATED",
            "This key was used before: this is the answer of that time."};
}

Failure fail(std::string_view code, std::string message, int status) {
    return {status, {{std::string(code), std::move(message)}}};
}

}  // namespace handin::edlink
