// Addresses that somebody else's URL must not lead to (RFC 6890's registries).
#include "http/client_guard.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "http/client_loop.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

using boost::asio::ip::make_address;
using http::ClientGuard;

TEST(ClientGuardTest, OnlyPublicAddresses) {
    const ClientGuard guard;
    for (const auto* address : {"0.0.0.0",
                                "0.1.2.3",
                                "10.0.0.1",
                                "10.255.255.255",
                                "100.64.0.1",
                                "100.127.255.255",
                                "127.0.0.1",
                                "127.8.9.10",
                                "169.254.169.254",
                                "172.16.0.1",
                                "172.31.255.255",
                                "192.0.0.8",
                                "192.0.2.1",
                                "192.88.99.1",
                                "192.168.1.1",
                                "198.18.0.1",
                                "198.19.255.255",
                                "198.51.100.1",
                                "203.0.113.1",
                                "224.0.0.1",
                                "239.255.255.250",
                                "240.0.0.1",
                                "255.255.255.255",
                                "::",
                                "::1",
                                "::ffff:127.0.0.1",
                                "::ffff:10.0.0.1",
                                "::ffff:169.254.169.254",
                                "::127.0.0.1",
                                "64:ff9b::127.0.0.1",
                                "64:ff9b::a00:1",
                                "64:ff9b:1::1",
                                "100::1",
                                "2001::1",
                                "2001:db8::1",
                                "2002:7f00:1::",
                                "2002:a00:1::1",
                                "3fff::1",
                                "fc00::1",
                                "fd12:3456::1",
                                "fe80::1",
                                "fec0::1",
                                "ff02::1"})
        EXPECT_FALSE(guard.allows(make_address(address))) << address;
    for (const auto* address :
         {"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.1.2.3",
          "128.0.0.1", "172.15.255.255", "172.32.0.1", "192.167.1.1", "198.17.1.1", "198.20.0.1",
          "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
          "2606:4700::1111", "2a00:1450::1"})
        EXPECT_TRUE(guard.allows(make_address(address))) << address;
}

TEST(ClientGuardTest, NetworksOfOnesOwn) {
    const ClientGuard guard({"10.1.0.0/16", "127.0.0.1", "::1", "fd00::/8"});
    for (const auto* address :
         {"10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3", "::1", "fd12::1", "1.1.1.1"})
        EXPECT_TRUE(guard.allows(make_address(address))) << address;
    for (const auto* address : {"10.2.0.1", "127.0.0.2", "::2", "fc00::1"})
        EXPECT_FALSE(guard.allows(make_address(address))) << address;
    for (const auto* none : {"", "10.0.0.0/33", "localhost", "::/129", "10.0.0.0/8/8"})
        EXPECT_THROW(ClientGuard({none}), std::runtime_error) << none;
}

TEST(ClientGuardTest, AskedByTheSocket) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = htonl(0x7f000001);
    EXPECT_FALSE(ClientGuard().allows(reinterpret_cast<const sockaddr*>(&v4)));
    EXPECT_TRUE(ClientGuard({"127.0.0.0/8"}).allows(reinterpret_cast<const sockaddr*>(&v4)));
    sockaddr other{};
    other.sa_family = AF_UNIX;
    EXPECT_FALSE(ClientGuard({"0.0.0.0/0", "::/0"}).allows(&other));
}

task<void> begin(http::ClientLoop& loop, std::string url) {
    http::Exchange exchange(loop, {.method = "GET", .url = std::move(url)});
    co_await exchange.head();
}

// After resolution, whatever the name.
TEST(ClientGuardTest, HoldsBackTheLoop) {
    http::ClientLoop loop({.guard = std::make_shared<const ClientGuard>()});
    for (const auto* url :
         {"http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://0x7f.1:1/"}) {
        try {
            run(begin(loop, url));
            ADD_FAILURE() << url;
        } catch (const std::system_error& error) {
            EXPECT_EQ(error.code(), std::errc::operation_not_permitted) << url << error.what();
        }
    }
}

}  // namespace
}  // namespace handin::test
