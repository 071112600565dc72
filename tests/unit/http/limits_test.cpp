// Bounds of time and number.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

using Clock = std::chrono::steady_clock;

ServerOptions with(const std::function<void(Limits&)>& set) {
    ServerOptions options;
    set(options.limits);
    return options;
}

task<> really_wait(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable_t<Executor>());
}

void expect_about_a_second(Clock::time_point since) {
    const auto passed = Clock::now() - since;
    EXPECT_GT(passed, 800ms);
    EXPECT_LT(passed, 2500ms);
}

TEST(Limits, OfTheHeadInBytes) {
    Site site;  // 16 KiB
    EXPECT_EQ(site.ask(get("/hello", "X: " + std::string(15'000, 'x') + "\r\n")).status, 200);
    for (const auto& request : {get("/hello", "X: " + std::string(20'000, 'x') + "\r\n"),
                                get("/hello?" + std::string(20'000, 'x')), std::string(20'000, 'x'),
                                "GET /hello HTTP/1.1\r\nHost: h\r\n" + std::string(20'000, 'x')}) {
        const auto client = site.connect();
        client->send(request);
        const auto reply = client->reply();
        EXPECT_EQ(reply.status, 431) << request.substr(0, 40);
        EXPECT_EQ(reply.header("Connection"), "close");
        EXPECT_TRUE(client->closed());
    }
    std::string many = "GET /hello HTTP/1.1\r\nHost: h\r\n";
    for (int i = 0; i < 3000; ++i)
        many += "X: yyyy\r\n";
    EXPECT_EQ(site.ask(many + "\r\n").status, 431);
}

TEST(Limits, OfTheHeadInTime) {
    Site site(with([](Limits& limits) { limits.head_timeout = 1s; }));
    const auto start = Clock::now();
    const auto silent = site.connect();
    const auto stuck = site.connect();
    stuck->send("GET /hello HTTP/1.1\r\nHos");
    const auto trickling = site.connect();
    while (Clock::now() - start < 900ms) {
        trickling->send("G");
        nap(50ms);
    }
    EXPECT_TRUE(silent->closed());
    EXPECT_TRUE(stuck->closed());
    EXPECT_TRUE(trickling->closed());
    expect_about_a_second(start);
}

TEST(Limits, OfIdleConnections) {
    Site site(with([](Limits& limits) { limits.keep_alive = 1s; }));
    const auto client = site.connect();
    client->send(get("/sleep/1200"));  // is not idle
    EXPECT_EQ(client->reply().body, "slept");
    const auto start = Clock::now();
    EXPECT_TRUE(client->closed());
    expect_about_a_second(start);
}

TEST(Limits, OfASilentBody) {
    Site site(with([](Limits& limits) {
        limits.body_idle = 1s;
        limits.body_rate = 0;
    }));
    const auto client = site.connect();
    client->send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n");
    for (int i = 0; i < 4; ++i) {
        nap(400ms);
        client->send("x");
    }
    const auto start = Clock::now();
    const auto reply = client->reply();
    EXPECT_EQ(reply.status, 408);  // RFC 9110 15.5.9
    EXPECT_EQ(reply.header("Connection"), "close");
    expect_about_a_second(start);
    EXPECT_TRUE(client->closed());
    EXPECT_TRUE(eventually([&] { return site.observed().size() == 1; }));
}

TEST(Limits, OfATricklingBody) {
    Site site(with([](Limits& limits) {
        limits.body_idle = 1s;
        limits.body_rate = 100;
    }));
    for (const bool chunked : {false, true}) {
        const auto client = site.connect();
        client->send(chunked
                         ? "POST /count HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                         : "POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 6000\r\n\r\n");
        const auto start = Clock::now();
        // Never silent for long, and yet it would take ten minutes.
        while (Clock::now() - start < 900ms) {
            client->send(chunked ? "1\r\nx\r\n" : "x");
            nap(100ms);
        }
        EXPECT_EQ(client->reply().status, 408);
        expect_about_a_second(start);
    }
}

TEST(Limits, ASlowLineIsFastEnough) {
    Site site(with([](Limits& limits) {
        limits.body_idle = 1s;
        limits.body_rate = 100;
    }));
    const auto client = site.connect();
    client->send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 600\r\n\r\n");
    for (int i = 0; i < 30; ++i) {  // 200 a second, for three seconds
        client->send(std::string(20, 'x'));
        nap(100ms);
    }
    EXPECT_EQ(client->reply().body, "600");
}

TEST(Limits, OurOwnDawdlingIsNotTheClients) {
    Site site(with([](Limits& limits) {
                  limits.body_idle = 1s;
                  limits.body_rate = 1'000'000;
              }),
              nullptr, [](Router& router) {
                  router.add(Method::post, "/later", [](Request request) -> task<Response> {
                      co_await really_wait(2500ms);
                      Response response;
                      response.body = std::to_string((co_await request.body().read()).size());
                      co_return response;
                  });
              });
    EXPECT_EQ(site.ask(post("/later", std::string(2000, 'x'))).body, "2000");
}

TEST(Limits, OfAReplyThatIsNotTaken) {
    Site site(with([](Limits& limits) { limits.write_timeout = 1s; }));
    RawClient client(site.port(), 4096);
    client.send(get("/big/64"));
    EXPECT_TRUE(eventually([&] { return site.observed().size() == 1; }));
    EXPECT_TRUE(eventually([&] { return site.server->counts().connections_open == 0; }));
}

TEST(Limits, ASlowReaderGetsEverything) {
    Site site(with([](Limits& limits) { limits.write_timeout = 1s; }));
    RawClient client(site.port(), 4096);
    client.send(get("/big/8") + get("/hello"));
    nap(700ms);
    EXPECT_EQ(client.reply().body.size(), 8'000'000U);
    EXPECT_EQ(client.reply().body, "hello");
}

TEST(Limits, OfAReplyThatIsTakenByteByByte) {
    Site site(with([](Limits& limits) { limits.write_timeout = 1s; }));
    RawClient client(site.port(), 4096);
    client.send(get("/big/64"));
    const auto start = Clock::now();
    while (site.observed().empty() && Clock::now() - start < 10s) {
        client.take(1);
        nap(20ms);
    }
    EXPECT_LT(Clock::now() - start, 5s);
    EXPECT_TRUE(eventually([&] { return site.server->counts().connections_open == 0; }));
}

// The kernel asks for more only when a third of what it holds, some megabytes, is gone.
TEST(Limits, AReaderSlowerThanTheSocketsBufferIsFastEnough) {
    Site site(with([](Limits& limits) { limits.write_timeout = 1s; }));
    RawClient client(site.port(), 4096);
    client.send(get("/big/8"));
    const auto start = Clock::now();
    while (Clock::now() - start < 4s) {  // at 100 KB a second
        client.take(2000);
        nap(20ms);
    }
    EXPECT_TRUE(site.observed().empty());
    EXPECT_EQ(client.reply().body.size(), 8'000'000U);
}

// Reads everything and tells its largest piece.
task<Response> largest(Request request) {
    std::size_t size = 0;
    for (;;) {
        const auto piece = co_await request.body().read();
        if (piece.empty()) break;
        size = std::max(size, piece.size());
    }
    Response response;
    response.body = std::to_string(size);
    co_return response;
}

TEST(Limits, OfMemoryForBodies) {
    Site site(with([](Limits& limits) { limits.body_buffers = 128U * 1024U; }), nullptr,
              [](Router& router) { router.add(Method::post, "/largest", largest); });
    const std::string half(150'000, 'x');
    const auto chunked = [](std::string_view bytes) {
        return "249F0\r\n" + std::string(bytes) + "\r\n";
    };
    const auto begin = [&](bool in_chunks) {
        auto client = site.connect();
        client->send("POST /largest HTTP/1.1\r\nHost: h\r\n" +
                     (in_chunks ? "Transfer-Encoding: chunked\r\n\r\n" + chunked(half)
                                : "Content-Length: 300000\r\n\r\n" + half));
        nap(200ms);  // so that it has its buffer
        return client;
    };
    const auto end = [&](RawClient& client, bool in_chunks) {
        client.send(in_chunks ? chunked(half) + "0\r\n\r\n" : half);
        return std::stoul(client.reply().body);
    };
    for (const bool in_chunks : {false, true}) {
        const auto first = begin(in_chunks);
        const auto second = begin(!in_chunks);
        const auto third = begin(in_chunks);
        EXPECT_LE(end(*third, in_chunks), 8192U);
        EXPECT_GT(end(*first, in_chunks), 8192U);
        EXPECT_GT(end(*second, !in_chunks), 8192U);
        const auto fourth = begin(in_chunks);
        EXPECT_GT(end(*fourth, in_chunks), 8192U);
    }
}

TEST(Limits, OfMemoryForReplies) {
    Site site(with([](Limits& limits) { limits.reply_memory = 17'000'000; }));
    std::vector<std::unique_ptr<RawClient>> clients;
    const auto full = [&] {
        return eventually([&] { return site.server->counts().reply_bytes == 16'000'000; });
    };
    for (int i = 0; i < 2; ++i) {  // more than the socket takes
        clients.push_back(std::make_unique<RawClient>(site.port(), 4096));
        clients.back()->send(get("/big/8"));
    }
    ASSERT_TRUE(full());
    const auto refused = site.connect();
    refused->send(get("/big/2"));
    const auto reply = refused->reply();
    EXPECT_EQ(reply.status, 503);
    EXPECT_FALSE(reply.header("Retry-After").empty());
    EXPECT_EQ(reply.body, R"({"error":"too many replies are being sent"})");
    refused->send(get("/hello"));  // the connection stays, and what takes no memory is answered
    EXPECT_EQ(refused->reply().body, "hello");
    refused->send(post("/echo", std::string(1'000'000, 'x')));  // has changed something
    refused->send(post("/echo", std::string(1'000'000, 'y')));
    EXPECT_EQ(refused->reply().body.size(), 1'000'000U);
    EXPECT_EQ(refused->reply().body.size(), 1'000'000U);
    ASSERT_TRUE(full());
    for (int i = 0; i < 10; ++i) {
        refused->send(get("/file/100000"));  // a piece at a time
        EXPECT_EQ(refused->reply().body.size(), 500'000U);
    }
    EXPECT_EQ(clients[0]->reply().body.size(), 8'000'000U);
    EXPECT_TRUE(eventually([&] { return site.server->counts().reply_bytes == 8'000'000; }));
    refused->send(get("/big/2"));
    EXPECT_EQ(refused->reply().body.size(), 2'000'000U);
    clients.clear();
    EXPECT_TRUE(eventually([&] { return site.server->counts().reply_bytes == 0; }));
}

TEST(Limits, OfConnections) {
    Site site(with([](Limits& limits) { limits.connections = 3; }));
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(site.connect());
        clients.back()->send(get("/hello"));
        EXPECT_EQ(clients.back()->reply().status, 200);
    }
    const auto refused = site.connect();
    refused->send(get("/hello"));
    const auto reply = refused->reply();
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_FALSE(reply.header("Retry-After").empty());
    EXPECT_EQ(reply.body, R"({"error":"too many connections"})");
    EXPECT_TRUE(refused->closed());
    clients.pop_back();
    EXPECT_TRUE(eventually([&] { return site.server->counts().connections_open == 2; }));
    EXPECT_EQ(site.ask(get("/hello")).status, 200);
}

TEST(Limits, OfConnectionsFromOneAddress) {
    for (const bool proxied : {false, true}) {
        auto options = with([](Limits& limits) { limits.connections_per_address = 2; });
        if (proxied) options.trusted_proxies = {"127.0.0.1"};
        Site site(options);
        std::vector<std::unique_ptr<RawClient>> clients;
        for (int i = 0; i < 2; ++i) {
            clients.push_back(site.connect());
            clients.back()->send(get("/hello"));
            EXPECT_EQ(clients.back()->reply().status, 200);
        }
        const auto third = site.connect();
        third->send(get("/hello"));
        EXPECT_EQ(third->reply().status, proxied ? 200 : 503);
        clients.pop_back();
        EXPECT_TRUE(
            eventually([&] { return site.server->counts().connections_open < 2 + proxied; }));
        EXPECT_EQ(site.ask(get("/hello")).status, 200);
    }
}

}  // namespace
}  // namespace handin::http::test
