// What a parser and a proxy could read in two ways is refused, and nothing after it is answered.
#include <gtest/gtest.h>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

using namespace std::string_literals;

struct Case {
    const char* name;
    std::string bytes;
};

// Would be answered if the server took it for a request of its own.
constexpr std::string_view kSecond = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

std::string head(std::string_view lines) {
    return "POST /echo HTTP/1.1\r\n" + std::string(lines) + "\r\n";
}

class Refused : public testing::TestWithParam<Case> {};

TEST_P(Refused, With400AndTheEndOfTheConnection) {
    Site site;
    const auto client = site.connect();
    client->send(GetParam().bytes + std::string(kSecond));
    const auto reply = client->reply();
    EXPECT_EQ(reply.status, 400) << reply.body;
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(client->closed());
    for (const auto& seen : site.observed())
        EXPECT_EQ(seen.find("smuggled"), std::string::npos);
    EXPECT_EQ(site.observed().size(), 1U);
}

const Case kHeads[] = {
    {"no host", "GET /hello HTTP/1.1\r\n\r\n"},
    {"two hosts", "GET /hello HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"},
    {"two hosts, any case", "GET /hello HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n"},
    {"host with path", "GET /hello HTTP/1.1\r\nHost: a/b\r\n\r\n"},
    {"host with user", "GET /hello HTTP/1.1\r\nHost: a@b\r\n\r\n"},
    {"two hosts in one", "GET /hello HTTP/1.1\r\nHost: a b\r\n\r\n"},
    {"folded value", "GET /hello HTTP/1.1\r\nHost: h\r\nX-Thing: a\r\n b\r\n\r\n"},
    {"folded with tab", "GET /hello HTTP/1.1\r\nHost: h\r\nX-Thing: a\r\n\tb\r\n\r\n"},
    {"folded at once", "GET /hello HTTP/1.1\r\nHost: h\r\nX-Thing:\r\n b\r\n\r\n"},
    {"folded to nothing", "GET /hello HTTP/1.1\r\nHost: h\r\nX-Thing: a\r\n \r\n\r\n"},
    {"folded empty", "GET /hello HTTP/1.1\r\nHost: h\r\nX-Thing:\r\n \r\n\r\n"},
    {"folded length", head("Host: h\r\nContent-Length:\r\n 5\r\n") + "hello"},
    {"space before colon", "GET /hello HTTP/1.1\r\nHost: h\r\nX-Thing : a\r\n\r\n"},
    {"space before name", "GET /hello HTTP/1.1\r\n Host: h\r\n\r\n"},
    {"no colon", "GET /hello HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n"},
    {"empty name", "GET /hello HTTP/1.1\r\nHost: h\r\n: a\r\n\r\n"},
    {"control in name", "GET /hello HTTP/1.1\r\nHost: h\r\nX-\x01: a\r\n\r\n"},
    {"zero in value", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s},
    {"bare return in value", "GET /hello HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n"},
    {"bare line feeds", "GET /hello HTTP/1.1\nHost: h\n\n"},
    {"bare line feed once", "GET /hello HTTP/1.1\r\nHost: h\nX: a\r\n\r\n"},
    {"control in target", "GET /he\x01llo HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"tab in target", "GET /he\tllo HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"delete in target", "GET /he\x7fllo HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"fragment in target", "GET /hello#x HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"space in target", "GET /hel lo HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"two spaces", "GET  /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"no target", "GET HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"relative target", "GET hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"authority", "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"star, but not OPTIONS", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"absolute with user", "GET http://u@h/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"absolute without host", "GET http:///hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"other scheme", "GET ftp://h/hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"no version", "GET /hello\r\nHost: h\r\n\r\n"},
    {"version 2.0", "GET /hello HTTP/2.0\r\nHost: h\r\n\r\n"},
    {"version 1.2", "GET /hello HTTP/1.2\r\nHost: h\r\n\r\n"},
    {"lower-case version", "GET /hello http/1.1\r\nHost: h\r\n\r\n"},
    {"bad method", "G(T /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
    {"TLS hello", "\x16\x03\x01\x02\x00\x01\x00"s},
    {"two empty lines", "\r\n\r\nGET /hello HTTP/1.1\r\nHost: h\r\n\r\n"},
};

const Case kFramings[] = {
    {"length and chunked",
     head("Host: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
    {"chunked and length",
     head("Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "0\r\n\r\n"},
    {"equal lengths", head("Host: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n") + "hello"},
    {"unequal lengths", head("Host: h\r\nContent-Length: 5\r\nContent-Length: 6\r\n") + "hello"},
    {"list of lengths", head("Host: h\r\nContent-Length: 5, 5\r\n") + "hello"},
    {"signed length", head("Host: h\r\nContent-Length: +5\r\n") + "hello"},
    {"negative length", head("Host: h\r\nContent-Length: -5\r\n") + "hello"},
    {"hexadecimal length", head("Host: h\r\nContent-Length: 0x5\r\n") + "hello"},
    {"empty length", head("Host: h\r\nContent-Length: \r\n") + "hello"},
    {"length too long", head("Host: h\r\nContent-Length: 99999999999999999999\r\n") + "hello"},
    {"xchunked", head("Host: h\r\nTransfer-Encoding: xchunked\r\n") + "0\r\n\r\n"},
    {"gzip, chunked", head("Host: h\r\nTransfer-Encoding: gzip, chunked\r\n") + "0\r\n\r\n"},
    {"chunked, chunked", head("Host: h\r\nTransfer-Encoding: chunked, chunked\r\n") + "0\r\n\r\n"},
    {"chunked twice",
     head("Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
    {"identity and chunked",
     head("Host: h\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n") +
         "0\r\n\r\n"},
    {"chunked, quoted", head("Host: h\r\nTransfer-Encoding: \"chunked\"\r\n") + "0\r\n\r\n"},
    {"chunked with tab", head("Host: h\r\nTransfer-Encoding: \vchunked\r\n") + "0\r\n\r\n"},
    {"chunked;q=1", head("Host: h\r\nTransfer-Encoding: chunked;q=1\r\n") + "0\r\n\r\n"},
    {"empty encoding", head("Host: h\r\nTransfer-Encoding:\r\n") + "0\r\n\r\n"},
    {"chunked in 1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
};

std::string chunked(std::string_view body) {
    return head("Host: h\r\nTransfer-Encoding: chunked\r\n") + std::string(body);
}

const Case kChunks[] = {
    {"chunk size missing", chunked("\r\nhello\r\n0\r\n\r\n")},
    {"chunk size signed", chunked("+5\r\nhello\r\n0\r\n\r\n")},
    {"chunk size negative", chunked("-5\r\nhello\r\n0\r\n\r\n")},
    {"chunk size 0x5", chunked("0x5\r\nhello\r\n0\r\n\r\n")},
    {"chunk size with space", chunked("5 \r\nhello\r\n0\r\n\r\n")},
    {"chunk size no number", chunked("five\r\nhello\r\n0\r\n\r\n")},
    {"chunk size too long", chunked("fffffffffffffffff\r\nhello\r\n0\r\n\r\n")},
    {"chunk ends with bare line feed", chunked("5\r\nhello\n0\r\n\r\n")},
    {"chunk size ends with bare line feed", chunked("5\nhello\r\n0\r\n\r\n")},
    {"chunk longer than said", chunked("3\r\nhello\r\n0\r\n\r\n")},
    {"line feed in extension", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n")},
    {"line feed in quoted extension", chunked("5;a=\"\n\"\r\nhello\r\n0\r\n\r\n")},
    {"bad extension", chunked("5;=\r\nhello\r\n0\r\n\r\n")},
    {"line feed in last extension", chunked("0;a=\"\n\"\r\n\r\n")},
    {"endless extension", chunked("5;a=" + std::string(20'000, 'x') + "\r\nhello\r\n0\r\n\r\n")},
    {"trailer folded", chunked("0\r\nX: a\r\n b\r\n\r\n")},
    {"trailer malformed", chunked("0\r\nnonsense\r\n\r\n")},
    {"trailer with length", chunked("0\r\nContent-Length: 5\r\n\r\n")},
    {"trailer with encoding", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n")},
};

INSTANTIATE_TEST_SUITE_P(Heads, Refused, testing::ValuesIn(kHeads));
INSTANTIATE_TEST_SUITE_P(Framings, Refused, testing::ValuesIn(kFramings));
INSTANTIATE_TEST_SUITE_P(Chunks, Refused, testing::ValuesIn(kChunks));

// For gtest's list of parameters.
void PrintTo(const Case& shown, std::ostream* out) {
    *out << shown.name;
}

TEST(Smuggling, AMissingHostInHttp10IsFine) {
    Site site;
    EXPECT_EQ(site.ask("GET /hello HTTP/1.0\r\n\r\n").status, 200);
}

TEST(Smuggling, ABodyIsNeverTakenForARequest) {
    Site site;
    const auto client = site.connect();
    client->send(post("/echo", kSecond) + post("/ignore", kSecond) + get("/hello"));
    EXPECT_EQ(client->reply().body, kSecond);
    EXPECT_EQ(client->reply().body, "ignored");
    EXPECT_EQ(client->reply().body, "hello");
    EXPECT_TRUE(eventually([&] { return site.observed().size() == 3; }));
}

TEST(Smuggling, ARefusalByteForByte) {
    Site site;
    for (const auto& refused : kFramings) {
        const auto client = site.connect();
        for (const char c : refused.bytes) {
            if (!client->send(std::string_view(&c, 1))) break;
        }
        EXPECT_EQ(client->reply().status, 400) << refused.name;
    }
}

}  // namespace
}  // namespace handin::http::test
