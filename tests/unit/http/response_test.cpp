// Replies: bodies that are made while they are sent, and heads that cannot be broken.
#include <gtest/gtest.h>

#include <stdexcept>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

TEST(Source, WithLengthAndWithout) {
    Site site;
    const auto client = site.connect();
    client->send(get("/file/1000") + get("/list/1000") + get("/list/0") + get("/file/0") +
                 get("/hello"));
    std::string expected;
    for (int i = 0; i < 1000; ++i)
        expected += "piece";
    auto reply = client->reply();
    EXPECT_EQ(reply.header("Content-Length"), "5000");
    EXPECT_EQ(reply.body, expected);
    reply = client->reply();
    EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked");
    EXPECT_FALSE(reply.has("Content-Length"));
    EXPECT_EQ(reply.body, expected);
    EXPECT_EQ(client->reply().body, "");
    EXPECT_EQ(client->reply().body, "");
    EXPECT_EQ(client->reply().body, "hello");
}

TEST(Source, WithoutLengthInHttp10EndsWithTheConnection) {
    Site site;
    const auto client = site.connect();
    client->send("GET /list/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const auto reply = client->reply();
    EXPECT_FALSE(reply.has("Transfer-Encoding"));
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_EQ(reply.body, "piecepiecepiece");
}

// One piece of three bytes, whatever length was promised; or it fails.
class Abc final : public Source {
 public:
    explicit Abc(bool fails) : fails_(fails) {}
    task<std::string_view> next() override {
        if (std::exchange(given_, true)) {
            if (fails_) throw std::runtime_error("disk on fire");
            co_return std::string_view();
        }
        co_return "abc";
    }

 private:
    bool fails_;
    bool given_ = false;
};

struct Promise {
    std::optional<std::uint64_t> length;
    bool fails;
    task<Response> operator()(Request) const {
        Response response;
        response.source = std::make_unique<Abc>(fails);
        response.source_length = length;
        co_return response;
    }
};

TEST(Source, ThatFailsOrLiesEndsTheConnectionEarly) {
    Site site({}, nullptr, [](Router& router) {
        router.add(Method::get, "/fails", Promise{{}, true});
        router.add(Method::get, "/short", Promise{4, false});
        router.add(Method::get, "/long", Promise{2, false});
    });
    for (const auto* path : {"/fails", "/short", "/long"}) {
        SCOPED_TRACE(path);
        const auto client = site.connect();
        client->send(get(path) + get("/hello"));
        std::string all;
        for (auto piece = client->read_some(); !piece.empty(); piece = client->read_some()) {
            all += piece;
        }
        EXPECT_TRUE(all.starts_with("HTTP/1.1 200 OK\r\n"));
        EXPECT_EQ(all.find("0\r\n\r\n", all.find("\r\n\r\n") + 4), std::string::npos);
        EXPECT_EQ(all.find("hello"), std::string::npos);
    }
}

struct Fixed {
    int status;
    std::vector<std::pair<std::string, std::string>> headers;
    task<Response> operator()(Request) const {
        Response response;
        response.status = status;
        response.headers = headers;
        if (status == 200) response.body = "body";
        co_return response;
    }
};

TEST(Response, HasNoBodyWhereThereIsNone) {
    Site site({}, nullptr, [](Router& router) {
        router.add(Method::get, "/204", Fixed{204, {}});
        router.add(Method::get, "/304", Fixed{304, {}});
        router.add(Method::get, "/201", Fixed{201, {{"Location", "/x"}}});
        router.add(Method::get, "/499", Fixed{499, {}});
    });
    const auto client = site.connect();
    client->send(get("/204") + get("/304") + get("/201") + get("/499") + get("/hello"));
    for (const int status : {204, 304}) {
        const auto reply = client->reply();
        EXPECT_EQ(reply.status, status);
        EXPECT_FALSE(reply.has("Content-Length"));
        EXPECT_FALSE(reply.has("Content-Type"));
    }
    const auto created = client->reply();
    EXPECT_EQ(created.header("Content-Length"), "0");
    EXPECT_EQ(created.header("Location"), "/x");
    EXPECT_EQ(client->reply().status, 499);
    EXPECT_EQ(client->reply().body, "hello");
}

TEST(Response, CannotBeSplitByAHeader) {
    Site site({}, nullptr, [](Router& router) {
        router.add(
            Method::get, "/name",
            Fixed{200,
                  {{"Content-Disposition", "attachment; filename=\"a\r\nX-Evil: 1\r\n\r\nb\""},
                   {"Content-Length", "1"},
                   {"transfer-encoding", "chunked"},
                   {"Connection", "upgrade"}}});
    });
    const auto reply = site.ask(get("/name"));
    EXPECT_FALSE(reply.has("X-Evil"));
    EXPECT_EQ(reply.header("Content-Disposition"), "attachment; filename=\"a  X-Evil: 1    b\"");
    EXPECT_EQ(reply.header("Content-Length"), "4");
    EXPECT_FALSE(reply.has("Transfer-Encoding"));
    EXPECT_FALSE(reply.has("Connection"));
    EXPECT_EQ(reply.body, "body");
}

}  // namespace
}  // namespace handin::http::test
