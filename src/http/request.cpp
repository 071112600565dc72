#include "http/request.hpp"

#include <algorithm>

#include "http/parts.hpp"
#include "http/uri.hpp"

namespace handin::http {

std::string_view name_of(Method method) {
    static constexpr std::string_view names[] = {"GET",   "HEAD",   "POST",    "PUT",
                                                 "PATCH", "DELETE", "OPTIONS", ""};
    return names[static_cast<std::size_t>(method)];
}

std::string_view Request::header(std::string_view name) const {
    return parts->head->field(name);
}

std::string_view Request::bearer_token() const {
    constexpr std::string_view scheme = "Bearer ";
    const auto value = header("Authorization");
    if (!same_name(value.substr(0, scheme.size()), scheme)) return {};
    return value.substr(std::min(value.find_first_not_of(' ', scheme.size()), value.size()));
}

std::optional<std::string> Request::query(std::string_view name) const {
    return query_value(parts->query, name);
}

std::vector<std::pair<std::string, std::string>> Request::queries() const {
    return query_pairs(parts->query);
}

std::string Request::parameter(std::string_view name) const {
    if (!parts->route) return {};
    const auto& names = parts->route->names;
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) return {};
    return percent_decode(parts->values[static_cast<std::size_t>(at - names.begin())]);
}

std::string Request::base_url() const {
    return std::string(scheme) + "://" + std::string(parts->host);
}

Body& Request::body() const {
    return *parts->body;
}

task<std::optional<std::string>> read_all(Request request, std::size_t limit,
                                          std::function<void(std::size_t)> grows) {
    // A length that is only claimed gets no memory: it grows with what arrives.
    constexpr std::size_t kTrusted = 64 * 1024;
    auto& body = request.body();
    const auto length = body.length();
    if (length && *length > limit) co_return std::nullopt;
    std::string bytes;
    if (length) bytes.reserve(std::min<std::size_t>(static_cast<std::size_t>(*length), kTrusted));
    for (;;) {
        const auto piece = co_await body.read();
        if (piece.empty()) co_return bytes;
        if (piece.size() > limit - bytes.size()) co_return std::nullopt;
        if (grows) grows(bytes.size() + piece.size());
        bytes += piece;
    }
}

}  // namespace handin::http
