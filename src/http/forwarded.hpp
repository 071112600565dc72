// Inside http/: who the client is when a reverse proxy speaks for it.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "http/parser.hpp"

namespace handin::http {

// Addresses of proxies that are believed, in canonical form.
using Proxies = std::set<std::string, std::less<>>;

// "::ffff:10.0.0.1" and "[10.0.0.1]:80" are 10.0.0.1; empty if it is no address.
std::string canonical_address(std::string_view text);

struct Client {
    std::string address;
    std::string_view scheme;
    std::string_view host;
};

// Takes X-Forwarded-For, -Proto and -Host into account. Call it only if the `peer` is trusted.
// The address is the rightmost one that is not trusted: what is left of it anybody can write.
Client forwarded_client(const Head& head, Client peer, const Proxies& trusted);

}  // namespace handin::http
