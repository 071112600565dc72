#include "http/client_guard.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace handin::http {
namespace {

namespace ip = boost::asio::ip;

struct Block {
    const char* network;
    unsigned short bits;
};

// The IANA special-purpose registries (RFC 6890), and multicast.
constexpr Block kSpecialV4[] = {{"0.0.0.0", 8},      {"10.0.0.0", 8},     {"100.64.0.0", 10},
                                {"127.0.0.0", 8},    {"169.254.0.0", 16}, {"172.16.0.0", 12},
                                {"192.0.0.0", 24},   {"192.0.2.0", 24},   {"192.88.99.0", 24},
                                {"192.168.0.0", 16}, {"198.18.0.0", 15},  {"198.51.100.0", 24},
                                {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4}};
// Only 2000::/3 is given out; within it:
constexpr Block kGlobalV6 = {"2000::", 3};
constexpr Block kSpecialV6[] = {{"2001::", 23}, {"2001:db8::", 32}, {"3fff::", 20}};
// The last 32 bits, or bits 16 to 48, are an IPv4 address that the packet ends up at.
constexpr Block kTranslated = {"64:ff9b::", 96};
constexpr Block k6to4 = {"2002::", 16};

bool in(const ip::address_v4& address, const ip::network_v4& network) {
    const auto mask = network.netmask().to_uint();
    return (address.to_uint() & mask) == network.network().to_uint();
}

bool in(const ip::address_v6& address, const ip::network_v6& network) {
    const auto bytes = address.to_bytes();
    const auto wanted = network.network().to_bytes();
    for (unsigned bit = 0; bit < network.prefix_length(); ++bit) {
        const auto mask = static_cast<unsigned char>(0x80U >> (bit % 8));
        if ((bytes[bit / 8] & mask) != (wanted[bit / 8] & mask)) return false;
    }
    return true;
}

bool in(const ip::address_v4& address, const Block& block) {
    return in(address, ip::network_v4(ip::make_address_v4(block.network), block.bits));
}

bool in(const ip::address_v6& address, const Block& block) {
    return in(address, ip::network_v6(ip::make_address_v6(block.network), block.bits));
}

bool is_public(const ip::address_v4& address) {
    return std::ranges::none_of(kSpecialV4, [&](const Block& block) { return in(address, block); });
}

ip::address_v4 embedded(const ip::address_v6& address, std::size_t at) {
    const auto bytes = address.to_bytes();
    ip::address_v4::bytes_type four{};
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, four.begin());
    return ip::address_v4(four);
}

bool is_public(const ip::address_v6& address) {
    if (in(address, kTranslated)) return is_public(embedded(address, 12));
    if (in(address, k6to4)) return is_public(embedded(address, 2));
    return in(address, kGlobalV6) &&
           std::ranges::none_of(kSpecialV6, [&](const Block& block) { return in(address, block); });
}

}  // namespace

ClientGuard::ClientGuard(const std::vector<std::string>& networks) {
    for (const auto& text : networks) {
        const bool v6 = text.find(':') != std::string::npos;
        const auto whole =
            text.find('/') != std::string::npos ? text : text + (v6 ? "/128" : "/32");
        boost::system::error_code error;
        if (v6) {
            const auto network = ip::make_network_v6(whole, error);
            if (!error) v6_.push_back(network.canonical());
        } else {
            const auto network = ip::make_network_v4(whole, error);
            if (!error) v4_.push_back(network.canonical());
        }
        if (error) throw std::runtime_error("'" + text + "' is no network, as 10.1.0.0/16 is one");
    }
}

bool ClientGuard::allows(const ip::address& address) const {
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return allows(ip::address(ip::make_address_v4(ip::v4_mapped, address.to_v6())));
    if (address.is_v4()) {
        const auto v4 = address.to_v4();
        return is_public(v4) ||
               std::ranges::any_of(v4_, [&](const auto& network) { return in(v4, network); });
    }
    const auto v6 = address.to_v6();
    return is_public(v6) ||
           std::ranges::any_of(v6_, [&](const auto& network) { return in(v6, network); });
}

bool ClientGuard::allows(const sockaddr* address) const {
    if (address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        return allows(ip::address(ip::address_v4(ntohl(v4.sin_addr.s_addr))));
    }
    if (address->sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    ip::address_v6::bytes_type bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return allows(ip::address(ip::address_v6(bytes)));
}

}  // namespace handin::http
