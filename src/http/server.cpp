#include "http/server.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "base/log.hpp"
#include "http/response.hpp"
#include "http/session.hpp"

namespace handin::http {
namespace {

using Tcp = asio::ip::tcp;

constexpr int kBacklog = 4096;  // the kernel lowers it to net.core.somaxconn
// Connections beyond the limit that are told so at the same time, a thread; the rest is just
// closed.
constexpr std::size_t kTurnedAway = 64;
// TLS handshakes under way, a thread; further connections are closed. At about a millisecond of
// processor time each, the last of so many is about to run out of time.
constexpr std::size_t kHandshakes = 4096;
// How long after everything was closed a handler may take to notice.
constexpr std::chrono::seconds kLastGrace{5};
// After accept() failed for want of descriptors or memory: without a pause it would spin.
constexpr std::chrono::milliseconds kAcceptPause{100};

// How often slow clients are looked for.
constexpr std::chrono::milliseconds kTick{500};

std::string full_reply() {
    return "HTTP/1.1 503 Service Unavailable\r\nServer: handin\r\nRetry-After: " + retry_after() +
           "\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: 32\r\n"
           "Connection: close\r\n\r\n{\"error\":\"too many connections\"}";
}

Tcp::endpoint endpoint_of(const std::string& host, std::uint16_t port) {
    const auto name = host == "localhost" ? std::string("127.0.0.1") : host;
    return {asio::ip::make_address(name), port};
}

template <class Acceptor>
void claim(Acceptor& acceptor, const Tcp::endpoint& endpoint, bool shared) {
    using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    acceptor.open(endpoint.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    if (shared) acceptor.set_option(ReusePort(true));
    acceptor.bind(endpoint);
}

task<void> turn_away(std::shared_ptr<std::size_t> count, Session::Socket socket,
                     const Shared* shared) {
    Wire wire(Stream(std::move(socket)), shared->options.limits, shared->clock,
              shared->options.tls.get());
    const auto reply = full_reply();
    if (co_await wire.open() && co_await wire.write(reply, {})) co_await wire.close_gently();
    --*count;
}

// The place of a new connection among those of its address; none if there are too many. Behind a
// trusted proxy all of them are one address, and it has bounds of its own.
std::optional<Guests::Guest> guest_of(Shared& shared, const Session::Socket& socket) {
    const auto most = shared.options.limits.connections_per_address;
    boost::system::error_code error;
    const auto remote = socket.remote_endpoint(error);
    if (most == 0 || error) return Guests::Guest();
    auto address = canonical_address(remote.address().to_string());
    if (shared.proxies.contains(address)) return Guests::Guest();
    if (!shared.guests.enter(address, most)) return std::nullopt;
    return Guests::Guest(shared.guests, std::move(address));
}

void admit(Io& io, Session::Socket socket, const std::shared_ptr<std::size_t>& turned_away) {
    const auto& shared = io.shared;
    const auto& limits = shared.options.limits;
    const auto home = io.context.get_executor();
    if (io.handshakes >= kHandshakes) return;
    const bool room = shared.connections_open.load(std::memory_order_relaxed) < limits.connections;
    if (auto guest = room ? guest_of(io.shared, socket) : std::nullopt) {
        auto session = std::make_unique<Session>(io, std::move(socket), std::move(*guest));
        asio::co_spawn(home, Session::serve(std::move(session)), asio::detached);
    } else if (*turned_away < kTurnedAway) {
        // An answer says more than a backlog that is not served; a balancer goes elsewhere at once.
        ++*turned_away;
        asio::co_spawn(home, turn_away(turned_away, std::move(socket), &shared), asio::detached);
    }
}

task<void> accept_loop(Io* io) {
    const auto turned_away = std::make_shared<std::size_t>(0);
    while (io->acceptor.is_open()) {
        auto [error, socket] = co_await io->acceptor.async_accept(use_result);
        if (error == asio::error::operation_aborted) continue;
        if (error) {
            if (error == asio::error::connection_aborted) continue;
            log::warn("cannot accept", {{"reason", error.message()}});
            io->pause.expires_after(kAcceptPause);
            co_await io->pause.async_wait(use_result);
            continue;
        }
        try {
            admit(*io, std::move(socket), turned_away);
        } catch (const std::exception& failure) {
            log::error("cannot serve", {{"reason", failure.what()}});  // this connection only
        }
    }
}

task<void> watch_loop(Io* io) {
    while (!io->stopping) {
        io->tick.expires_after(kTick);
        co_await io->tick.async_wait(use_result);
        const auto now = std::chrono::steady_clock::now();
        for (auto* session : io->sessions)
            session->check_pace(now);
    }
}

}  // namespace

Shared::Shared(ServerOptions wanted, const Router::Table& table, const Clock& time)
    : options(std::move(wanted)), routes(table), clock(time) {
    for (const auto& proxy : options.trusted_proxies) {
        auto address = canonical_address(proxy);
        if (address.empty()) throw std::invalid_argument("no address of a proxy: " + proxy);
        proxies.insert(std::move(address));
    }
}

struct Server::Impl {
    Impl(ServerOptions options, const Router::Table& routes, const Clock& clock)
        : shared(std::move(options), routes, clock) {}

    Shared shared;
    std::vector<std::unique_ptr<Io>> ios;
    std::vector<std::thread> threads;
    std::uint16_t port = 0;

    std::mutex mutex;
    std::condition_variable ended;
    std::size_t running = 0;

    void listen(Tcp::endpoint endpoint, unsigned count);
    void run(Io& io);
    bool wait(std::chrono::seconds patience);
    template <class F>
    void tell_all(F what) {
        for (auto& io : ios)
            asio::post(io->context, [&io = *io, what] { what(io); });
    }
};

void Server::Impl::listen(Tcp::endpoint endpoint, unsigned count) {
    if (endpoint.port() != 0) {
        // With SO_REUSEPORT a second server would get half of the first one's clients, and no
        // error.
        asio::io_context context;
        Tcp::acceptor probe(context);
        claim(probe, endpoint, false);
    }
    for (unsigned i = 0; i < count; ++i) {
        auto& io = *ios.emplace_back(std::make_unique<Io>(shared));
        claim(io.acceptor, endpoint, true);
        endpoint = io.acceptor.local_endpoint();  // the first one finds a free port
    }
    port = endpoint.port();
    for (auto& io : ios)
        io->acceptor.listen(kBacklog);
}

void Server::Impl::run(Io& io) {
    for (;;) {
        try {
            io.context.run();
            break;
        } catch (const std::exception& error) {
            // Somebody's posted function: the thread's other sessions must not pay for it.
            log::error("io thread", {{"reason", error.what()}});
        }
    }
    const std::lock_guard lock(mutex);
    --running;
    ended.notify_all();
}

bool Server::Impl::wait(std::chrono::seconds patience) {
    std::unique_lock lock(mutex);
    return ended.wait_for(lock, patience, [this] { return running == 0; });
}

Server::Server(ServerOptions options, const Router& router, const Clock& clock) {
    auto threads = options.threads;
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    impl_ = std::make_unique<Impl>(std::move(options), router.table(), clock);
    const auto& wanted = impl_->shared.options;
    try {
        impl_->listen(endpoint_of(wanted.host, wanted.port), threads);
    } catch (const boost::system::system_error& error) {
        throw std::system_error(error.code(), wanted.host + ":" + std::to_string(wanted.port));
    }
}

Server::~Server() {
    stop(std::chrono::seconds(0));
    const auto left =
        std::ranges::any_of(impl_->ios, [](const auto& io) { return !io->sessions.empty(); });
    // Somebody still holds a coroutine and will post to its thread: that must stay a place to go.
    if (left) static_cast<void>(impl_.release());
}

std::uint16_t Server::port() const {
    return impl_->port;
}

void Server::start() {
    impl_->running = impl_->ios.size();
    for (auto& io : impl_->ios) {
        asio::co_spawn(io->context, accept_loop(io.get()), asio::detached);
        asio::co_spawn(io->context, watch_loop(io.get()), asio::detached);
        auto& thread = impl_->threads.emplace_back([this, &io = *io] { impl_->run(io); });
        pthread_setname_np(thread.native_handle(), "http-io");
    }
}

void Server::stop(std::chrono::seconds patience) {
    if (impl_->threads.empty()) return;
    impl_->tell_all([](Io& io) {
        io.stopping = true;
        io.acceptor.close();
        io.pause.cancel();
        io.tick.cancel();
        for (auto* session : io.sessions) {
            if (session->idle()) session->close();
        }
    });
    if (!impl_->wait(patience)) {
        impl_->tell_all([](Io& io) {
            for (auto* session : io.sessions)
                session->close();
        });
        if (!impl_->wait(kLastGrace)) {
            log::error("handlers do not end; leaving them behind");
            for (auto& io : impl_->ios)
                io->context.stop();
        }
    }
    for (auto& thread : impl_->threads)
        thread.join();
    impl_->threads.clear();
}

Server::Counts Server::counts() const {
    const auto& shared = impl_->shared;
    return {shared.connections_open.load(std::memory_order_relaxed),
            shared.connections_total.load(std::memory_order_relaxed),
            shared.requests_active.load(std::memory_order_relaxed),
            shared.reply_bytes.load(std::memory_order_relaxed)};
}

}  // namespace handin::http
