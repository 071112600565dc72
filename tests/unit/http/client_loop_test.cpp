#include "http/client_loop.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <system_error>
#include <thread>

#include "http/harness.hpp"
#include "support/run_task.hpp"

namespace handin::http::test {
namespace {

using handin::test::run;

struct Answer {
    int status = 0;
    std::string body;
    std::errc error{};  // that ended it
};

task<Answer> ask(ClientLoop* loop, ClientRequest request, std::string body = {},
                 std::size_t piece = 100'000) {
    request.body_bytes = body.size();
    Answer answer;
    try {
        Exchange exchange(*loop, std::move(request));
        for (std::size_t at = 0; at < body.size(); at += piece)
            if (!co_await exchange.write(std::string_view(body).substr(at, piece))) break;
        answer.status = (co_await exchange.head())->status;
        for (auto bytes = co_await exchange.next(); !bytes.empty();
             bytes = co_await exchange.next())
            answer.body += bytes;
    } catch (const std::system_error& error) {
        answer.error = static_cast<std::errc>(error.code().value());
    }
    co_return answer;
}

// Takes one connection, reads a little, says what it is told to and closes, after a pause.
class RudePeer {
 public:
    explicit RudePeer(std::string words, std::chrono::milliseconds pause = 0ms)
        : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* plain = reinterpret_cast<sockaddr*>(&address);
        if (bind(listener_, plain, size) != 0 || listen(listener_, 1) != 0 ||
            getsockname(listener_, plain, &size) != 0)
            throw std::runtime_error("cannot listen");
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this, words = std::move(words), pause] {
            const int peer = accept(listener_, nullptr, nullptr);
            char some[1000];
            if (recv(peer, some, sizeof some, 0) > 0)
                ::send(peer, words.data(), words.size(), MSG_NOSIGNAL);
            nap(pause);
            close(peer);
        });
    }
    ~RudePeer() {
        thread_.join();
        close(listener_);
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/"; }

 private:
    int listener_;
    std::uint16_t port_ = 0;
    std::jthread thread_;
};

TEST(ClientLoop, SendsAndReceives) {
    Site site;
    ClientLoop loop;
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = site.url("/hello")})).body, "hello");
    std::string body(900'000, 'x');
    body[450'000] = 'y';
    for (const std::size_t piece : {1'000U, 65'536U, 900'000U})
        EXPECT_TRUE(
            run(ask(&loop, {.method = "PUT", .url = site.url("/echo")}, body, piece)).body == body);
    EXPECT_EQ(run(ask(&loop, {.method = "POST", .url = site.url("/count")})).body, "0");
    EXPECT_EQ(run(ask(&loop, {.method = "HEAD", .url = site.url("/hello")})).status, 200);
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = site.url("/big/5")})).body.size(),
              5'000'000U);
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = site.url("/list/3")})).body,
              "piecepiecepiece");
    EXPECT_EQ(run(ask(&loop, {.method = "DELETE", .url = site.url("/hello")})).status, 405);
    const auto seen = run(
        ask(&loop, {.method = "GET", .url = site.url("/view"), .headers = {{"X-Thing", "a b"}}}));
    EXPECT_NE(seen.body.find("x=a b\n"), std::string::npos);
}

task<void> read_slowly(ClientLoop* loop, std::string url, Site* site) {
    Exchange exchange(*loop, {.method = "GET", .url = std::move(url)});
    co_await exchange.head();
    const auto first = (co_await exchange.next()).size();
    nap(300ms);  // nobody asks: the server must not have sent everything
    EXPECT_EQ(site->observed().size(), 0U);
    EXPECT_LE(first, kClientBytes);
    std::size_t all = first;
    for (auto bytes = co_await exchange.next(); !bytes.empty(); bytes = co_await exchange.next()) {
        EXPECT_LE(bytes.size(), kClientBytes);
        all += bytes.size();
    }
    EXPECT_EQ(all, 100'000'000U);
}

TEST(ClientLoop, ASlowReaderHoldsUpTheServerAndNobodyElse) {
    Site site;
    ClientLoop loop;
    run(read_slowly(&loop, site.url("/big/100"), &site));
}

TEST(ClientLoop, AnAnswerBeforeTheBodyEndsTheSending) {
    ClientLoop loop;
    RudePeer peer("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy", 300ms);
    const auto answer = run(
        ask(&loop, {.method = "PUT", .url = peer.url()}, std::string(50'000'000, 'x'), 1'000'000));
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.error, std::errc{}) << "a refusal is an answer, so that it can be repeated";
    EXPECT_EQ(answer.body, "busy");
}

TEST(ClientLoop, SaysHowItEnded) {
    ClientLoop loop;
    const struct {
        std::string words;
        std::chrono::milliseconds pause;
        std::errc error;
    } cases[] = {
        {"", 0ms, std::errc::connection_reset},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!", 0ms, std::errc::connection_reset},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n", 0ms,
         std::errc::connection_reset},
        {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!", 2s, std::errc::timed_out},
        {"", 2s, std::errc::timed_out},
    };
    for (const auto& [words, pause, error] : cases) {
        RudePeer peer(words, pause);
        const auto answer =
            run(ask(&loop, {.method = "GET", .url = peer.url(), .idle_timeout = 500ms}));
        EXPECT_EQ(answer.error, error) << words;
    }
    std::string nobody;
    {
        RudePeer peer("x");
        nobody = peer.url();
        run(ask(&loop, {.method = "GET", .url = nobody}));
    }
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = nobody})).error,
              std::errc::connection_refused);
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = "file:///etc/hostname"})).error,
              std::errc::io_error);
}

task<void> ask_many(ClientLoop* loop, std::string url, int* answered) {
    const auto answer = co_await ask(loop, {.method = "GET", .url = std::move(url)});
    if (answer.body == "slept") ++*answered;
}

TEST(ClientLoop, ThoseBeyondTheLimitOfAHostWait) {
    Site site;
    ClientLoop loop({.connections_per_host = 2});
    int answered = 0;
    auto& io = handin::test::thread_context();
    const auto begun = std::chrono::steady_clock::now();
    for (int i = 0; i < 6; ++i)
        asio::co_spawn(io, ask_many(&loop, site.url("/sleep/100"), &answered), asio::detached);
    io.run();
    EXPECT_EQ(answered, 6);
    EXPECT_GE(std::chrono::steady_clock::now() - begun, 300ms);
}

TEST(ClientLoop, StoppingEndsWhatIsUnderWayAndWhatComesAfter) {
    Site site;
    ClientLoop loop;
    std::jthread other([&] {
        nap(200ms);
        loop.stop();
    });
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = site.url("/sleep/3000")})).error,
              std::errc::operation_canceled);
    other.join();
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = site.url("/hello")})).error,
              std::errc::operation_canceled);
}

task<void> give_up(ClientLoop* loop, std::string url) {
    Exchange exchange(*loop, {.method = "GET", .url = std::move(url)});
    co_await exchange.head();
    co_await exchange.next();
}

TEST(ClientLoop, AnExchangeMayBeGivenUp) {
    Site site;
    ClientLoop loop;
    for (int i = 0; i < 3; ++i)
        run(give_up(&loop, site.url("/big/20")));
    EXPECT_EQ(run(ask(&loop, {.method = "GET", .url = site.url("/hello")})).body, "hello");
}

}  // namespace
}  // namespace handin::http::test
