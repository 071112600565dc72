// Inside http/: one connection, request after request.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "http/body.hpp"
#include "http/forwarded.hpp"
#include "http/guests.hpp"
#include "http/parts.hpp"
#include "http/reply.hpp"
#include "http/server.hpp"
#include "http/wire.hpp"

namespace handin::http {

class Session;

// What all io threads share. Only the counters change.
struct Shared {
    Shared(ServerOptions wanted, const Router::Table& table, const Clock& time);

    ServerOptions options;
    Proxies proxies;
    const Router::Table& routes;
    const Clock& clock;
    Guests guests;
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> connections_total{0};
    std::atomic<std::uint64_t> requests_active{0};
    std::atomic<std::uint64_t> reply_bytes{0};  // that replies keep in memory
    std::atomic<std::uint64_t> body_bytes{0};   // of large buffers for bodies
};

// What the sessions of one io thread share. Touched by that thread only.
struct Io {
    explicit Io(Shared& common)
        : shared(common),
          acceptor(context.get_executor()),
          pause(context.get_executor()),
          tick(context.get_executor()) {}

    using Timer =
        asio::basic_waitable_timer<std::chrono::steady_clock,
                                   asio::wait_traits<std::chrono::steady_clock>, Executor>;

    Shared& shared;
    asio::io_context context{1};
    asio::basic_socket_acceptor<asio::ip::tcp, Executor> acceptor;
    Timer pause;  // of the acceptor
    Timer tick;   // of the watch over slow clients
    std::unordered_set<Session*> sessions;
    std::size_t handshakes = 0;  // under way
    bool stopping = false;
};

class Session {
 public:
    using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

    Session(Io& io, Socket socket, Guests::Guest guest);
    ~Session();

    // Answers until the connection ends. Never throws.
    static task<void> serve(std::unique_ptr<Session> self);

    // No request is being answered, so closing it loses nothing.
    bool idle() const { return idle_; }
    void close() { wire_.stream.close(); }
    // See WireBody and Wire.
    void check_pace(std::chrono::steady_clock::time_point now) {
        body_.check_pace(now);
        wire_.check_pace(now);
    }

 private:
    enum class Heard { request, refusable, nothing };

    task<void> run();
    task<bool> open();
    task<Heard> hear();
    task<void> answer(bool understood);
    task<Response> respond();
    std::uint64_t body_limit(const RouteOptions& options) const;
    task<bool> reply(Response response);
    task<bool> send(Response response);
    task<bool> send_source(std::unique_ptr<Source> source, Framing framing);

    void begin_request();
    bool take_target();
    void read_client();
    Response missed(const Found& found);
    Response failure(int status, std::string_view reason);
    Response explain(const std::exception_ptr& thrown);
    void end_request();

    Io& io_;
    Guests::Guest guest_;
    Wire wire_;
    std::string peer_;
    Head head_;
    std::optional<Parser> parser_;
    WireBody body_;
    Request request_;
    Request::Parts parts_;
    std::string id_;
    Client client_;
    std::string own_host_;
    std::string reply_head_;
    std::chrono::steady_clock::time_point begun_;
    std::uint64_t bytes_out_before_ = 0;
    int status_ = 0;  // of the reply
    bool idle_ = true;
    bool first_ = true;
    bool gone_ = false;  // the client, while its request was read
    bool keep_ = true;   // the connection, after this reply
};

}  // namespace handin::http
