// Which addresses a server may be sent to by somebody else's URL: those that are on the public
// internet, and networks of its own that were named. Anything else could be a service that trusts
// whoever is inside (server-side request forgery).
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <vector>

struct sockaddr;

namespace handin::http {

class ClientGuard {
 public:
    // `networks`: "10.1.0.0/16", "fd00::/8", or single addresses, that may be reached although they
    // are not public. Throws std::runtime_error naming the one that is none.
    explicit ClientGuard(const std::vector<std::string>& networks = {});

    bool allows(const boost::asio::ip::address& address) const;
    bool allows(const sockaddr* address) const;

 private:
    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace handin::http
