// When a body arrived (DESIGN 5.4), and that a server which does not read is not sent to.
#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

task<> really_wait(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    timer.expires_after(time);
    co_await timer.async_wait(asio::use_awaitable_t<Executor>());
}

// Takes `before` before it reads and `between` after each piece, by the test's clock.
struct Dawdler {
    TestClock* clock;
    std::chrono::microseconds before, between;

    task<Response> operator()(Request request) const {
        co_await really_wait(100ms);  // what was sent is in the socket now
        clock->advance(before);
        while (!(co_await request.body().read()).empty())
            clock->advance(between);
        Response response;
        const auto received = request.body().received_at();
        EXPECT_GE(received, request.started_at);
        if (between >= 0s) EXPECT_LE(received, clock->now());
        response.body = std::to_string((received - request.started_at).count());
        co_return response;
    }
};

struct Dawdling {
    TestClock clock;
    Site site;

    Dawdling(std::chrono::microseconds before, std::chrono::microseconds between)
        : site({}, &clock, [this, before, between](Router& router) {
              router.add(Method::post, "/dawdle", Dawdler{&clock, before, between});
          }) {}
};

TEST(Arrival, WithTheHeadIsWhenTheHeadArrived) {
    Dawdling slow(10s, 10s);
    EXPECT_EQ(slow.site.ask(post("/dawdle", "")).body, "0");
    EXPECT_EQ(slow.site.ask(post("/dawdle", "short")).body, "0");
    EXPECT_EQ(slow.site
                  .ask("POST /dawdle HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "1\r\na\r\n1\r\nb\r\n0\r\n\r\n")
                  .body,
              "0");
}

TEST(Arrival, DoesNotCountWhatTheServerWithheld) {
    Dawdling slow(10s, 10s);
    EXPECT_EQ(slow.site.ask(post("/dawdle", std::string(500'000, 'x'))).body, "0");
    std::string chunks;
    for (int i = 0; i < 5; ++i)
        chunks += "186A0\r\n" + std::string(100'000, 'x') + "\r\n";
    EXPECT_EQ(slow.site
                  .ask("POST /dawdle HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" +
                       chunks + "0\r\n\r\n")
                  .body,
              "0");
}

TEST(Arrival, DoesNotCountTheWaitForOurLeave) {
    Dawdling slow(10s, 0s);
    const auto client = slow.site.connect();
    client->send(
        "POST /dawdle HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client->reply().status, 100);
    slow.clock.advance(1s);
    client->send("ok");
    EXPECT_EQ(client->reply().body, "1000000");
}

TEST(Arrival, CountsWhatTheClientTook) {
    Dawdling slow(10s, 10s);
    const auto client = slow.site.connect();
    // Nothing more is there when the server dawdles, so it is not what holds the client up.
    client->send("POST /dawdle HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na");
    nap(300ms);  // 10 s before it read, 10 s after the first piece
    slow.clock.advance(3s);
    client->send("b");
    EXPECT_EQ(client->reply().body, "23000000");
}

TEST(Arrival, OfARestThatWasAlreadyThereIsNotDelayedByTheNextRequest) {
    Dawdling slow(0s, 10s);
    const auto client = slow.site.connect();
    client->send(
        "POST /dawdle HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
    nap(200ms);  // reads "a" and then waits; 10 s have passed
    slow.clock.advance(1s);
    client->send("1\r\nb\r\n1\r\nc\r\n0\r\n\r\n" + get("/hello"));
    EXPECT_EQ(client->reply().body, "11000000");
    EXPECT_EQ(client->reply().body, "hello");
}

TEST(Arrival, IsNeverBeforeTheHead) {
    Dawdling slow(-10s, -10s);  // a clock that is set back
    EXPECT_EQ(slow.site.ask(post("/dawdle", std::string(500'000, 'x'))).body, "0");
}

// Reads only once it is let.
struct Holder {
    std::atomic<bool>* open;

    task<Response> operator()(Request request) const {
        while (!*open)
            co_await really_wait(5ms);
        std::size_t total = 0;
        for (;;) {
            const auto piece = co_await request.body().read();
            if (piece.empty()) break;
            EXPECT_LE(piece.size(), 64U * 1024U);
            total += piece.size();
        }
        Response response;
        response.body = std::to_string(total);
        co_return response;
    }
};

TEST(BackPressure, AClientCannotSendMoreThanTheSocketHolds) {
    constexpr std::size_t kBody = std::size_t{64} << 20U;
    std::atomic<bool> open = false;
    ServerOptions options;
    options.limits.body_bytes = kBody;
    Site site(options, nullptr,
              [&](Router& router) { router.add(Method::post, "/hold", Holder{&open}); });
    const auto client = site.connect();
    client->send("POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kBody) +
                 "\r\n\r\n");
    const auto sent = client->send_until_stuck(kBody, 300ms);
    EXPECT_LT(sent, kBody / 2);
    open = true;
    EXPECT_EQ(client->send_until_stuck(kBody - sent, 5s), kBody - sent);
    EXPECT_EQ(client->reply().body, std::to_string(kBody));
}

}  // namespace
}  // namespace handin::http::test
