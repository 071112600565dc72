// A real server on a free port, and a client that sends exactly the bytes it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "http/router.hpp"
#include "http/server.hpp"

namespace handin::http::test {

using namespace std::chrono_literals;

struct Reply {
    int status = 0;  // 0: the connection ended before a reply
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    std::string header(std::string_view name) const;
    bool has(std::string_view name) const;
};

// Blocking; gives up after some seconds, so that a test fails rather than hangs.
class RawClient {
 public:
    explicit RawClient(std::uint16_t port, int receive_buffer = 0);
    ~RawClient();
    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    // False if the server has closed.
    bool send(std::string_view bytes);
    // How many of `bytes` can be sent before the other side has taken nothing for `patience`.
    std::size_t send_until_stuck(std::size_t bytes, std::chrono::milliseconds patience);
    // The next reply. `to_head`: of a HEAD request, so without a body.
    Reply reply(bool to_head = false);
    std::string read_some();       // empty at the end
    void take(std::size_t bytes);  // at most so many, to be part of the next reply
    // True if the server closes within `patience` without sending anything more.
    bool closed(std::chrono::milliseconds patience = 3s);
    void reset();  // closes so that the server sees an error

 private:
    bool fill(std::chrono::milliseconds patience = 10s);
    std::string line();

    int socket_ = -1;
    std::string buffer_;
};

// Goes on only when told to.
class TestClock final : public Clock {
 public:
    Time now() const override { return from_micros(micros_.load()); }
    void advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
    std::atomic<std::int64_t> micros_{1'700'000'000'000'000};
};

// Starts a server with the routes below and `more`; ends with it.
class Site {
    std::mutex mutex_;  // the server uses these to its end
    std::vector<std::string> observed_;

 public:
    explicit Site(ServerOptions options = {}, const Clock* clock = nullptr,
                  const std::function<void(Router&)>& more = {});

    std::uint16_t port() const { return server->port(); }
    std::string url(std::string_view path = "/") const;
    std::unique_ptr<RawClient> connect() { return std::make_unique<RawClient>(port()); }
    // Sends to a new connection and gives the first reply.
    Reply ask(std::string_view request);
    std::vector<std::string> observed();  // "GET /echo 200", in order

    Router router;
    std::unique_ptr<Server> server;
};

std::string get(std::string_view path, std::string_view more = {});
std::string post(std::string_view path, std::string_view body, std::string_view more = {});

// Waits until `condition` holds, for at most five seconds.
template <class F>
bool eventually(F condition);
void nap(std::chrono::milliseconds time);

template <class F>
bool eventually(F condition) {
    for (int i = 0; i < 500; ++i) {
        if (condition()) return true;
        nap(10ms);
    }
    return false;
}

// GET  /hello         "hello"
// GET  /view          what a handler sees of its request, a line each
// GET  /items/:id     its parameter
// *    /echo          the body (POST, PUT)
// POST /count         the number of bytes of the body
// POST /ignore        answers without reading
// POST /small         takes at most 100 bytes
// POST /form          takes at most 100 bytes, or a form of Limits::form_bytes
// POST /arrival       received_at - started_at, in microseconds
// GET  /throw         fails
// GET  /sleep/:ms     answers after that time
// GET  /list/:n       n pieces of 5 bytes, no length;  /file/:n the same with a length
// GET  /big/:n        n million bytes
void add_routes(Router& router);

}  // namespace handin::http::test
