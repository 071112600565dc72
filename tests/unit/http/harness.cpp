#include "http/harness.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"
#include "http/parser.hpp"

namespace handin::http::test {
namespace {

const SystemClock kSystemClock;

bool ready(int socket, short events, std::chrono::milliseconds patience) {
    pollfd wanted{socket, events, 0};
    return poll(&wanted, 1, static_cast<int>(patience.count())) == 1;
}

}  // namespace

std::string Reply::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (same_name(key, name)) return value;
    }
    return {};
}

bool Reply::has(std::string_view name) const {
    return std::ranges::any_of(headers, [&](const auto& h) { return same_name(h.first, name); });
}

RawClient::RawClient(std::uint16_t port, int receive_buffer) {
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) {
        setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        close(socket_);
        throw std::runtime_error("cannot connect");
    }
}

RawClient::~RawClient() {
    if (socket_ >= 0) close(socket_);
}

void RawClient::reset() {
    const linger hard{1, 0};
    setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close(socket_);
    socket_ = -1;
}

bool RawClient::send(std::string_view bytes) {
    while (!bytes.empty()) {
        if (!ready(socket_, POLLOUT, 10s)) return false;
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

std::size_t RawClient::send_until_stuck(std::size_t bytes, std::chrono::milliseconds patience) {
    const std::string piece(64 * 1024, 'x');
    std::size_t total = 0;
    while (total < bytes && ready(socket_, POLLOUT, patience)) {
        const auto most = std::min(piece.size(), bytes - total);
        const auto sent = ::send(socket_, piece.data(), most, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) break;
        total += static_cast<std::size_t>(sent);
    }
    return total;
}

bool RawClient::fill(std::chrono::milliseconds patience) {
    std::array<char, 16 * 1024> piece;
    if (!ready(socket_, POLLIN, patience)) return false;
    const auto got = recv(socket_, piece.data(), piece.size(), 0);
    if (got <= 0) return false;
    buffer_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
}

std::string RawClient::read_some() {
    if (buffer_.empty()) fill();
    return std::exchange(buffer_, {});
}

void RawClient::take(std::size_t bytes) {
    std::string piece(bytes, '\0');
    const auto got = recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0) buffer_.append(piece, 0, static_cast<std::size_t>(got));
}

bool RawClient::closed(std::chrono::milliseconds patience) {
    if (!buffer_.empty()) return false;
    std::array<char, 1> piece;
    return ready(socket_, POLLIN, patience) && recv(socket_, piece.data(), 1, 0) <= 0;
}

std::string RawClient::line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
        if (!fill()) return {};
    }
    auto text = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return text;
}

Reply RawClient::reply(bool to_head) {
    Reply reply;
    const auto first = line();
    if (!first.starts_with("HTTP/1.1 ")) return reply;
    reply.status = std::stoi(first.substr(9, 3));
    for (auto text = line(); !text.empty(); text = line()) {
        const auto colon = text.find(": ");
        reply.headers.emplace_back(text.substr(0, colon), text.substr(colon + 2));
    }
    if (to_head || reply.status == 100 || reply.status == 204 || reply.status == 304) return reply;
    const auto take = [&](std::size_t size) {
        while (buffer_.size() < size && fill()) {
        }
        reply.body += buffer_.substr(0, size);
        buffer_.erase(0, size);
    };
    if (reply.has("Content-Length")) {
        take(std::stoul(reply.header("Content-Length")));
    } else if (reply.has("Transfer-Encoding")) {
        for (;;) {
            const auto head = line();
            if (head.empty()) return {};  // cut off
            const auto size = std::stoul(head, nullptr, 16);
            take(size);
            line();
            if (size == 0) break;
        }
    } else {
        while (fill()) {
        }
        reply.body = std::exchange(buffer_, {});
    }
    return reply;
}

Site::Site(ServerOptions options, const Clock* clock, const std::function<void(Router&)>& more) {
    log::set_level(log::Level::error);
    add_routes(router);
    if (more) more(router);
    options.port = 0;
    if (options.threads == 0) options.threads = 2;
    options.observe = [this](const Observation& seen) {
        const std::lock_guard lock(mutex_);
        observed_.push_back(std::string(seen.method) + " " + std::string(seen.route) + " " +
                            std::to_string(seen.status));
    };
    server = std::make_unique<Server>(std::move(options), router, clock ? *clock : kSystemClock);
    server->start();
}

std::string Site::url(std::string_view path) const {
    return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}

Reply Site::ask(std::string_view request) {
    const auto client = connect();
    client->send(request);
    return client->reply(request.starts_with("HEAD"));
}

std::vector<std::string> Site::observed() {
    const std::lock_guard lock(mutex_);
    return observed_;
}

std::string get(std::string_view path, std::string_view more) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(more) + "\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view more) {
    return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(more) +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

void nap(std::chrono::milliseconds time) {
    std::this_thread::sleep_for(time);
}

}  // namespace handin::http::test
