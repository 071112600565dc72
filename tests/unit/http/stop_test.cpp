// Starting and ending a server.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <system_error>
#include <thread>

#include "http/harness.hpp"

namespace handin::http::test {
namespace {

using Clock = std::chrono::steady_clock;

TEST(Server, TakesNoPortThatIsTaken) {
    Site site;
    Router router;
    SystemClock clock;
    ServerOptions options;
    options.port = site.port();
    EXPECT_THROW(Server(options, router, clock), std::system_error);
    options.port = 0;
    options.host = "not an address";
    EXPECT_THROW(Server(options, router, clock), std::system_error);
    options.host = "127.0.0.1";
    options.trusted_proxies = {"proxy.test"};
    EXPECT_THROW(Server(options, router, clock), std::invalid_argument);
}

TEST(Server, CanBeStartedAgainOnItsPort) {
    auto first = std::make_unique<Site>();
    const auto client = first->connect();
    client->send(get("/hello"));
    EXPECT_EQ(client->reply().status, 200);
    ServerOptions options;
    options.port = first->port();
    first.reset();
    Router router;
    SystemClock clock;
    EXPECT_NO_THROW(Server(options, router, clock));  // and is never started
}

TEST(Stop, ClosesIdleConnectionsAtOnce) {
    Site site;
    const auto fresh = site.connect();
    const auto used = site.connect();
    used->send(get("/hello"));
    EXPECT_EQ(used->reply().body, "hello");
    const auto partial = site.connect();
    partial->send("GET /he");
    EXPECT_TRUE(eventually([&] { return site.server->counts().connections_open == 3; }));
    const auto start = Clock::now();
    site.server->stop(10s);
    EXPECT_LT(Clock::now() - start, 1s);
    EXPECT_TRUE(fresh->closed());
    EXPECT_TRUE(used->closed());
    EXPECT_TRUE(partial->closed());
    EXPECT_THROW(site.connect(), std::runtime_error);
    site.server->stop(10s);  // again: nothing
}

TEST(Stop, LetsARunningRequestFinish) {
    Site site;
    const auto client = site.connect();
    client->send(get("/sleep/300") + get("/hello"));
    nap(100ms);
    std::thread stopping([&] { site.server->stop(10s); });
    const auto reply = client->reply();
    EXPECT_EQ(reply.body, "slept");
    EXPECT_EQ(reply.header("Connection"), "close");
    EXPECT_TRUE(client->closed());
    stopping.join();
    EXPECT_EQ(site.server->counts().connections_open, 0U);
}

TEST(Stop, EndsAnUploadWhenPatienceIsOver) {
    Site site;
    const auto client = site.connect();
    client->send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
    nap(100ms);
    const auto start = Clock::now();
    site.server->stop(1s);
    EXPECT_GT(Clock::now() - start, 900ms);
    EXPECT_LT(Clock::now() - start, 3s);
    EXPECT_TRUE(client->closed());
}

TEST(Stop, WaitsForAHandlerThatIsLate) {
    Site site;
    const auto client = site.connect();
    client->send(get("/sleep/1500"));
    nap(100ms);
    site.server->stop(1s);
    EXPECT_TRUE(client->closed());  // too late for the client
    EXPECT_EQ(site.server->counts().requests_active, 0U);
}

TEST(Stop, UnderLoad) {
    for (int round = 0; round < 3; ++round) {
        Site site;
        std::atomic<int> answered = 0, broken = 0;
        std::vector<std::thread> clients;
        for (int i = 0; i < 8; ++i) {
            clients.emplace_back([&, i] {
                try {
                    for (;;) {
                        const auto client = site.connect();
                        for (int n = 0; n < 20; ++n) {
                            const std::string body(static_cast<std::size_t>(i) * 3000, 'x');
                            if (!client->send(post("/echo", body))) break;
                            const auto reply = client->reply();
                            if (reply.status == 0) break;  // closed before an answer
                            ++answered;
                            if (reply.status != 200 || reply.body != body) ++broken;
                        }
                    }
                } catch (const std::runtime_error&) {
                    // connections are refused: it has stopped
                }
            });
        }
        nap(300ms);
        const auto start = Clock::now();
        site.server->stop(5s);
        EXPECT_LT(Clock::now() - start, 4s);
        for (auto& client : clients)
            client.join();
        EXPECT_GT(answered, 100);
        EXPECT_EQ(broken, 0);
        EXPECT_EQ(site.server->counts().connections_open, 0U);
        EXPECT_EQ(site.server->counts().requests_active, 0U);
    }
}

// Resumed from a thread of its own, as the committer does.
struct Elsewhere {
    task<Response> operator()(Request) const {
        const auto home = co_await asio::this_coro::executor;
        auto start = [home](auto resume) {
            std::thread([home, resume = std::move(resume)]() mutable {
                nap(1ms);
                asio::post(home, std::move(resume));
            }).detach();
        };
        co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
        Response response;
        response.body = "back";
        co_return response;
    }
};

TEST(Stop, WithRequestsParkedElsewhere) {
    Site site({}, nullptr,
              [](Router& router) { router.add(Method::get, "/elsewhere", Elsewhere{}); });
    std::vector<std::unique_ptr<RawClient>> clients;
    for (int i = 0; i < 50; ++i) {
        clients.push_back(site.connect());
        clients.back()->send(get("/elsewhere"));
    }
    EXPECT_EQ(clients.back()->reply().body, "back");
    for (auto& client : clients)
        client->send(get("/elsewhere"));
    for (std::size_t i = 0; i < clients.size(); i += 2)
        clients[i]->reset();
    site.server->stop(5s);
    EXPECT_EQ(site.server->counts().requests_active, 0U);
}

}  // namespace
}  // namespace handin::http::test
