#include "http/forwarded.hpp"

#include <gtest/gtest.h>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

TEST(Forwarded, CanonicalAddresses) {
    EXPECT_EQ(canonical_address("10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(canonical_address("10.0.0.1:80"), "10.0.0.1");
    EXPECT_EQ(canonical_address("::ffff:10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(canonical_address("2001:DB8:0::1"), "2001:db8::1");
    EXPECT_EQ(canonical_address("[2001:db8::1]:443"), "2001:db8::1");
    EXPECT_EQ(canonical_address("[2001:db8::1"), "");
    EXPECT_EQ(canonical_address("unknown"), "");
    EXPECT_EQ(canonical_address(""), "");
}

struct Case {
    std::string headers, remote, base;
};

TEST(Forwarded, IsBelievedFromATrustedProxy) {
    ServerOptions options;
    options.trusted_proxies = {"::ffff:127.0.0.1", "10.0.0.1"};
    Site site(options);
    const Case cases[] = {
        {"", "127.0.0.1", "http://h"},
        {"X-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7", "http://h"},
        {"X-Forwarded-For: 192.0.2.7:4711\r\n", "192.0.2.7", "http://h"},
        // The leftmost ones are the client's own invention.
        {"X-Forwarded-For: 1.1.1.1, 192.0.2.7, 10.0.0.1\r\n", "192.0.2.7", "http://h"},
        {"X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-For: 192.0.2.7\r\n", "192.0.2.7", "http://h"},
        {"X-Forwarded-For: 192.0.2.7\r\nx-forwarded-for: 10.0.0.1\r\n", "192.0.2.7", "http://h"},
        {"X-Forwarded-For: 192.0.2.7, nonsense, 10.0.0.1\r\n", "10.0.0.1", "http://h"},
        {"X-Forwarded-For: 192.0.2.7, nonsense\r\n", "127.0.0.1", "http://h"},
        {"X-Forwarded-For: ,\r\n", "127.0.0.1", "http://h"},
        {"X-Forwarded-Proto: https\r\nX-Forwarded-Host: school.test:8\r\n", "127.0.0.1",
         "https://school.test:8"},
        {"X-Forwarded-Proto: javascript\r\nX-Forwarded-Host: a/b\r\n", "127.0.0.1", "http://h"},
        {"X-Forwarded-Host: evil.test, school.test\r\n", "127.0.0.1", "http://school.test"},
    };
    for (const auto& wanted : cases) {
        const auto seen = site.ask(get("/view", wanted.headers)).body;
        EXPECT_NE(seen.find("remote=" + wanted.remote + "\nbase=" + wanted.base + "\n"),
                  std::string::npos)
            << wanted.headers << seen;
    }
}

TEST(Forwarded, IsIgnoredFromAnybodyElse) {
    ServerOptions options;
    options.trusted_proxies = {"10.0.0.1"};
    Site site(options);
    const auto seen = site.ask(get("/view",
                                   "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
                                   "X-Forwarded-Host: evil.test\r\n"))
                          .body;
    EXPECT_NE(seen.find("remote=127.0.0.1\nbase=http://h\n"), std::string::npos) << seen;
}

}  // namespace
}  // namespace handin::http::test
