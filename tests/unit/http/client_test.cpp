#include "http/client.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

TEST(Client, FetchesWithAnyMethod) {
    Site site;
    const auto hello = fetch("GET", site.url("/hello"));
    EXPECT_EQ(hello.status, 200);
    EXPECT_EQ(hello.body, "hello");
    EXPECT_EQ(hello.header("content-TYPE"), "text/plain");
    EXPECT_EQ(hello.header("nothing"), "");
    const std::string body(300'000, 'x');
    EXPECT_EQ(fetch("PUT", site.url("/echo"), {}, body).status, 200);
    EXPECT_EQ(fetch("POST", site.url("/echo"), {{"X-Thing", "1"}}, body).body, body);
    EXPECT_EQ(fetch("POST", site.url("/count")).body, "0");
    EXPECT_EQ(fetch("HEAD", site.url("/hello")).header("Content-Length"), "5");
    EXPECT_EQ(fetch("GET", site.url("/list/2")).body, "piecepiece");
    EXPECT_EQ(fetch("DELETE", site.url("/hello")).status, 405);
    const auto seen = fetch("GET", site.url("/view"), {{"X-Thing", "a b"}});
    EXPECT_NE(seen.body.find("x=a b\n"), std::string::npos);
}

TEST(Client, SaysWhyItCannot) {
    std::uint16_t port = 0;
    {
        Site site;
        port = site.port();
        EXPECT_THROW(fetch("GET", site.url("/sleep/1000"), {}, {}, 100ms), std::runtime_error);
    }
    try {
        fetch("GET", "http://127.0.0.1:" + std::to_string(port) + "/");
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("connect"), std::string::npos) << error.what();
    }
    EXPECT_THROW(fetch("GET", "file:///etc/hostname"), std::runtime_error);
}

}  // namespace
}  // namespace handin::http::test
