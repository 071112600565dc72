// Connections: keep-alive, order, what a handler sees and what every reply carries.
#include <gtest/gtest.h>

#include "base/uuid.hpp"
#include "http/harness.hpp"

namespace handin::http::test {
namespace {

TEST(Session, EveryReplySaysWhoAndWhen) {
    Site site;
    const auto first = site.ask(get("/hello"));
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.body, "hello");
    EXPECT_EQ(first.header("Server"), "handin");
    EXPECT_EQ(first.header("Content-Type"), "text/plain");
    EXPECT_EQ(first.header("Content-Length"), "5");
    EXPECT_TRUE(first.header("Date").ends_with(" GMT"));
    EXPECT_FALSE(first.has("Connection"));
    const auto second = site.ask(get("/nothing"));
    EXPECT_TRUE(Uuid::parse(first.header("X-Request-Id")));
    EXPECT_TRUE(Uuid::parse(second.header("X-Request-Id")));
    EXPECT_NE(first.header("X-Request-Id"), second.header("X-Request-Id"));
}

TEST(Session, KeepsAliveAsAsked) {
    Site site;
    struct Case {
        std::string request;
        std::string connection;
    };
    const Case cases[] = {
        {"GET /hello HTTP/1.1\r\nHost: h\r\n\r\n", ""},
        {"GET /hello HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "close"},
        {"GET /hello HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", "close"},
        {"GET /hello HTTP/1.0\r\n\r\n", "close"},
        {"GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive"},
    };
    for (const auto& wanted : cases) {
        SCOPED_TRACE(wanted.request);
        const auto client = site.connect();
        client->send(wanted.request);
        const auto reply = client->reply();
        EXPECT_EQ(reply.body, "hello");
        EXPECT_EQ(reply.header("Connection"), wanted.connection);
        if (wanted.connection == "close") {
            EXPECT_TRUE(client->closed());
        } else {
            client->send(get("/hello"));
            EXPECT_EQ(client->reply().body, "hello");
        }
    }
}

TEST(Session, AnswersPipelinedRequestsInOrder) {
    Site site;
    const auto client = site.connect();
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += get("/sleep/" + std::to_string(i % 3)) + post("/echo", std::string(1000, 'b')) +
               get("/items/" + std::to_string(i)) +
               "POST /echo HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
               "3\r\nabc\r\n0\r\n\r\n" +
               "HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\n" + get("/nothing");
    }
    ASSERT_TRUE(client->send(all));
    for (int i = 0; i < 200; ++i) {
        ASSERT_EQ(client->reply().body, "slept");
        ASSERT_EQ(client->reply().body, std::string(1000, 'b'));
        ASSERT_EQ(client->reply().body, std::to_string(i));
        ASSERT_EQ(client->reply().body, "abc");
        ASSERT_EQ(client->reply(true).header("Content-Length"), "5");
        ASSERT_EQ(client->reply().status, 404);
    }
}

TEST(Session, ReadsAHeadInPieces) {
    Site site;
    const auto client = site.connect();
    const auto request = get("/view?a=1", "X-Thing: " + std::string(6000, 'y') + "\r\n");
    for (std::size_t at = 0; at < request.size(); at += 7) {
        client->send(std::string_view(request).substr(at, 7));
    }
    const auto reply = client->reply();
    EXPECT_EQ(reply.status, 200);
    EXPECT_NE(reply.body.find("x=" + std::string(6000, 'y')), std::string::npos);
}

TEST(Session, SkipsOneEmptyLineBeforeARequest) {
    Site site;
    const auto client = site.connect();
    client->send("\r\n" + post("/echo", "a") + "\r\n" + post("/echo", "b"));
    EXPECT_EQ(client->reply().body, "a");
    EXPECT_EQ(client->reply().body, "b");
    client->send("\r");
    nap(20ms);
    client->send("\n" + get("/hello"));
    EXPECT_EQ(client->reply().body, "hello");
}

TEST(Session, ShowsTheRequestToTheHandler) {
    Site site;
    const auto seen = site.ask(
        "GET /view?%24first=10&a=b+c%20d&$x= HTTP/1.1\r\nhOsT: school.test:81\r\n"
        "X-THING:  some value \t\r\n\r\n");
    EXPECT_EQ(seen.body,
              "target=/view?%24first=10&a=b+c%20d&$x=\npath=/view\nremote=127.0.0.1\n"
              "base=http://school.test:81\nx=some value\n?$first=10\n?a=b c d\n?$x=\n");
    EXPECT_EQ(site.ask(get("/view?")).status, 200);
    EXPECT_EQ(site.ask(get("/items/a%2Fb%20c+d")).body, "a/b c+d");
}

TEST(Session, TakesTheHostOfAnAbsoluteTarget) {
    Site site;
    const auto seen = site.ask("GET http://other.test:9/view?q=1 HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(seen.body,
              "target=/view?q=1\npath=/view\nremote=127.0.0.1\nbase=http://other.test:9\nx=\n"
              "?q=1\n");
    EXPECT_EQ(site.ask("GET http://other.test HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
    EXPECT_EQ(site.ask("GET HTTP://other.test?a HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
}

TEST(Session, WithoutHostItsOwnAddressIsTheBase) {
    Site site;
    const auto own = "base=http://127.0.0.1:" + std::to_string(site.port()) + "\n";
    EXPECT_NE(site.ask("GET /view HTTP/1.0\r\n\r\n").body.find(own), std::string::npos);
}

TEST(Session, HeadIsGetWithoutTheBody) {
    Site site;
    const auto client = site.connect();
    for (const auto* path : {"/hello", "/file/3", "/list/3", "/nothing"}) {
        SCOPED_TRACE(path);
        client->send("HEAD " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
        const auto head = client->reply(true);
        client->send(get(path));
        const auto whole = client->reply();
        EXPECT_EQ(head.status, whole.status);
        EXPECT_EQ(head.header("Content-Length"), whole.header("Content-Length"));
        EXPECT_EQ(head.header("Transfer-Encoding"), whole.header("Transfer-Encoding"));
    }
}

TEST(Session, MissesAndFailuresInTheShapeOfTheirPrefix) {
    Site site;
    EXPECT_EQ(site.ask(get("/nothing")).body, R"({"error":"not found"})");
    const auto wrong = site.ask("DELETE /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(wrong.status, 405);
    EXPECT_EQ(wrong.header("Allow"), "GET, HEAD");
    EXPECT_EQ(site.ask("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").status, 404);
}

Response plain(int status, std::string text) {
    Response response;
    response.status = status;
    response.body = std::move(text);
    return response;
}

TEST(Session, PrefixesAnswerInTheirOwnShape) {
    Site site({}, nullptr, [](Router& router) {
        router.on_miss("/dialect", [](const Request& request, const Router::Miss& miss) {
            return plain(miss.status, "miss " + std::string(request.path) + " " + miss.allow);
        });
        router.on_miss("/broken", [](const Request&, const Router::Miss&) -> Response {
            throw std::runtime_error("no miss");
        });
        router.on_failure("", [](const Request& request, int status, std::string_view reason) {
            EXPECT_FALSE(request.id.empty());
            return plain(status,
                         "failure " + std::string(request.path) + " " + std::string(reason));
        });
        router.on_failure("/broken", [](const Request&, int, std::string_view) -> Response {
            throw std::runtime_error("not even this");
        });
    });
    EXPECT_EQ(site.ask(get("/dialect/x")).body, "miss /dialect/x ");
    EXPECT_EQ(site.ask(get("/throw")).body, "failure /throw internal error");
    EXPECT_EQ(site.ask("GET /a HTTP/1.1\r\n\r\n").body, "failure /a missing Host");
    EXPECT_EQ(site.ask("nonsense\r\n\r\n").body, "failure  malformed method");
    EXPECT_EQ(site.ask("GET /broken HTTP/1.1\r\n\r\n").body, R"({"error":"missing Host"})");
    EXPECT_EQ(site.ask(get("/broken/x")).body, R"({"error":"internal error"})");
}

TEST(Session, AThrowingHandlerShowsNothingOfItsInside) {
    Site site;
    const auto client = site.connect();
    client->send(get("/throw") + get("/hello"));
    const auto reply = client->reply();
    EXPECT_EQ(reply.status, 500);
    EXPECT_EQ(reply.body, R"({"error":"internal error"})");
    EXPECT_EQ(client->reply().body, "hello");
}

TEST(Session, ObservesEachRequestByItsPattern) {
    ServerOptions options;
    options.threads = 1;  // so that their order is known
    Site site(options);
    site.ask(get("/items/5?token=secret"));
    site.ask(get("/nothing"));
    site.ask("BREW /hello HTTP/1.1\r\nHost: h\r\n\r\n");
    site.ask(post("/small", std::string(101, 'x')));
    ASSERT_TRUE(eventually([&] { return site.observed().size() == 4; }));
    EXPECT_EQ(site.observed(), (std::vector<std::string>{"GET /items/:id 200", "GET unmatched 404",
                                                         "BREW unmatched 405", "POST /small 413"}));
    EXPECT_TRUE(eventually([&] { return site.server->counts().requests_active == 0; }));
    EXPECT_EQ(site.server->counts().connections_total, 4U);
}

}  // namespace
}  // namespace handin::http::test
