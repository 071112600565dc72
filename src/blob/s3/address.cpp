#include "blob/s3/address.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "http/uri.hpp"

namespace handin::blob::s3 {
namespace {

constexpr std::string_view kScheme = "s3://";

[[noreturn]] void refuse(const std::string& url, const std::string& why) {
    throw std::runtime_error(
        "--blobs: " + why + " in '" + url +
        "'; expected s3://BUCKET/PREFIX?endpoint=http://HOST:PORT&region=NAME");
}

bool is_bucket_name(std::string_view name) {
    return name.size() >= 3 && name.size() <= 63 && std::ranges::all_of(name, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                      c == '_';
           });
}

// Without the port that the scheme implies, as it is in a Host header.
std::string plain_host(const std::string& scheme, std::string host) {
    const std::string implied = scheme == "http" ? ":80" : ":443";
    if (host.ends_with(implied)) host.resize(host.size() - implied.size());
    return host;
}

void set_endpoint(Address& address, const std::string& url, const std::string& endpoint) {
    const auto colon = endpoint.find("://");
    address.scheme = endpoint.substr(0, colon);
    if (colon == std::string::npos || (address.scheme != "http" && address.scheme != "https"))
        refuse(url, "an endpoint that is no http:// or https:// URL");
    auto host = endpoint.substr(colon + 3);
    while (host.ends_with('/'))
        host.pop_back();
    if (host.empty() || host.find_first_of("/?#@ ") != std::string::npos)
        refuse(url, "an endpoint that is not just a host");
    address.host = plain_host(address.scheme, std::move(host));
}

}  // namespace

std::string Address::shown() const {
    return std::string(kScheme) + bucket + '/' + prefix;
}

Address parse_address(const std::string& url) {
    if (!url.starts_with(kScheme)) refuse(url, "no s3://");
    const auto mark = url.find('?');
    const auto path = url.substr(kScheme.size(), mark - kScheme.size());
    const auto slash = path.find('/');
    const auto* region = std::getenv("AWS_REGION");
    Address address{.scheme = "https",
                    .host = {},
                    .bucket = path.substr(0, slash),
                    .prefix = slash == std::string::npos ? "" : path.substr(slash + 1),
                    .region = region != nullptr && *region != 0 ? region : "us-east-1",
                    .virtual_host = false};
    if (!is_bucket_name(address.bucket)) refuse(url, "no name of a bucket");
    while (address.prefix.ends_with('/'))
        address.prefix.pop_back();
    if (!address.prefix.empty()) address.prefix += '/';

    std::string endpoint;
    std::string style;
    const auto query = mark == std::string::npos ? std::string() : url.substr(mark + 1);
    for (const auto& [name, value] : http::query_pairs(query)) {
        if (name == "endpoint")
            endpoint = value;
        else if (name == "region")
            address.region = value;
        else if (name == "style" && (value == "path" || value == "virtual"))
            style = value;
        else
            refuse(url, "'" + name + "=" + value + "'");
    }
    if (address.region.empty()) refuse(url, "an empty region");
    if (endpoint.empty())
        address.host = "s3." + address.region + ".amazonaws.com";
    else
        set_endpoint(address, url, endpoint);
    address.virtual_host = style.empty() ? endpoint.empty() : style == "virtual";
    if (address.virtual_host) address.host = address.bucket + '.' + address.host;
    return address;
}

}  // namespace handin::blob::s3
