#include "base/sigv4.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>

#include "base/encoding.hpp"
#include "base/hash.hpp"

namespace handin {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string hmac(std::string_view key, std::string_view text) {
    const auto digest = hmac_sha256(key, text);
    return {digest.begin(), digest.end()};
}

// Sorted by encoded name, then by encoded value.
std::string canonical_query(const NamedValues& query) {
    NamedValues pairs;
    pairs.reserve(query.size());
    for (const auto& [name, value] : query)
        pairs.emplace_back(uri_encode(name), uri_encode(value));
    std::ranges::sort(pairs);
    std::string text;
    for (const auto& [name, value] : pairs)
        text.append(text.empty() ? "" : "&").append(name).append("=").append(value);
    return text;
}

std::string trimmed(std::string_view value) {
    std::string text;
    for (const char c : value)  // runs of spaces count as one
        if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
    if (text.ends_with(' ')) text.pop_back();
    return text;
}

std::string lower_case(std::string_view name) {
    std::string text(name);
    std::ranges::transform(text, text.begin(), lower);
    return text;
}

// By name; the values of equal names in their order.
std::map<std::string, std::string> canonical_headers(const AwsRequest& request,
                                                     const NamedValues& headers) {
    std::map<std::string, std::string> all{{"host", request.host}};
    for (const auto& [name, value] : headers) {
        auto& joined = all[lower_case(name)];
        joined.append(joined.empty() ? "" : ",").append(trimmed(value));
    }
    return all;
}

// 20150830T123600Z
std::string basic_time(Time now) {
    auto text = iso_seconds(now);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

}  // namespace

std::string uri_encode(std::string_view text, bool keep_slashes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~' ||
            (c == '/' && keep_slashes)) {
            out += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
        }
    }
    return out;
}

std::string aws_target(const AwsRequest& request) {
    const auto query = canonical_query(request.query);
    return uri_encode(request.path, true) + (query.empty() ? "" : '?' + query);
}

NamedValues aws_signed_headers(const AwsRequest& request, const AwsScope& scope,
                               const AwsCredentials& credentials, Time now) {
    const auto time = basic_time(now);
    const auto day = time.substr(0, 8);
    auto headers = request.headers;
    headers.emplace_back("X-Amz-Date", time);
    if (scope.service == "s3") headers.emplace_back("X-Amz-Content-Sha256", request.payload_hash);
    if (!credentials.session_token.empty())
        headers.emplace_back("X-Amz-Security-Token", credentials.session_token);

    std::string lines;
    std::string names;
    for (const auto& [name, value] : canonical_headers(request, headers)) {
        lines.append(name).append(":").append(value).append("\n");
        names.append(names.empty() ? "" : ";").append(name);
    }
    const auto canonical = request.method + '\n' + uri_encode(request.path, true) + '\n' +
                           canonical_query(request.query) + '\n' + lines + '\n' + names + '\n' +
                           request.payload_hash;
    const auto within = day + '/' + scope.region + '/' + scope.service + "/aws4_request";
    const auto to_sign =
        std::string(kAlgorithm) + '\n' + time + '\n' + within + '\n' + hex(sha256(canonical));
    auto key = hmac("AWS4" + credentials.secret_access_key, day);
    for (const std::string_view part :
         {std::string_view(scope.region), std::string_view(scope.service),
          std::string_view("aws4_request")})
        key = hmac(key, part);
    headers.emplace_back("Authorization", std::string(kAlgorithm) +
                                              " Credential=" + credentials.access_key_id + '/' +
                                              within + ", SignedHeaders=" + names +
                                              ", Signature=" + hex(hmac_sha256(key, to_sign)));
    return headers;
}

}  // namespace handin
