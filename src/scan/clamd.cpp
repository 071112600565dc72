#include "scan/clamd.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <stdexcept>
#include <utility>

namespace handin::scan {
namespace {

constexpr auto use_result = asio::as_tuple(use_task);
constexpr std::string_view kInstream("zINSTREAM\0", 10);
constexpr std::size_t kMostAnswer = 4096;  // bytes; a signature's name has some dozen

using Error = boost::system::error_code;
using Steady = std::chrono::steady_clock;

// One connection, which is closed when its time is up; what goes on then ends with an error.
class Connection {
 public:
    Connection(const Executor& home, Steady::time_point deadline)
        : parts_(std::make_shared<Parts>(home)) {
        parts_->timer.expires_at(deadline);
        parts_->timer.async_wait([weak = std::weak_ptr(parts_)](const Error& error) {
            const auto parts = weak.lock();
            if (error || !parts) return;
            parts->late = true;
            Error ignored;
            parts->socket.close(ignored);
        });
    }

    bool late() const { return parts_->late; }

    task<Error> open_path(std::string path) {
        const asio::local::stream_protocol::endpoint endpoint(path);
        const auto [error] = co_await parts_->socket.async_connect(endpoint, use_result);
        co_return error;
    }

    task<Error> open_host(std::string host, std::string port) {
        asio::ip::basic_resolver<asio::ip::tcp, Executor> resolver(parts_->socket.get_executor());
        const auto [unknown, found] = co_await resolver.async_resolve(host, port, use_result);
        Error error = unknown;
        for (const auto& entry : found) {
            if (late()) break;
            Error ignored;
            parts_->socket.close(ignored);
            std::tie(error) = co_await parts_->socket.async_connect(entry.endpoint(), use_result);
            if (!error) break;
        }
        co_return error;
    }

    template <class Buffers>
    task<Error> send(Buffers buffers) {
        const auto [error, sent] = co_await asio::async_write(parts_->socket, buffers, use_result);
        co_return error;
    }

    // It answers early when it has had enough.
    bool has_answered() {
        Error error;
        return parts_->socket.available(error) > 0;
    }

    // Up to the NUL at its end, or to the end of the connection.
    task<std::string> answer() {
        std::string text;
        std::array<char, 256> piece{};
        while (text.size() < kMostAnswer) {
            const auto [error, got] =
                co_await parts_->socket.async_read_some(asio::buffer(piece), use_result);
            if (error) break;
            text.append(piece.data(), got);
            if (text.ends_with('\0')) {
                text.pop_back();
                break;
            }
        }
        co_return text;
    }

 private:
    struct Parts {
        explicit Parts(const Executor& home) : socket(home), timer(home) {}
        asio::basic_stream_socket<asio::generic::stream_protocol, Executor> socket;
        asio::basic_waitable_timer<Steady, asio::wait_traits<Steady>, Executor> timer;
        bool late = false;
    };
    std::shared_ptr<Parts> parts_;
};

std::array<unsigned char, 4> big_endian(std::size_t size) {
    return {static_cast<unsigned char>(size >> 24U), static_cast<unsigned char>(size >> 16U),
            static_cast<unsigned char>(size >> 8U), static_cast<unsigned char>(size)};
}

// An error on the way is no answer yet: clamd may have given one and closed.
task<Error> send_all(Connection* connection, blob::Reader* bytes) {
    auto error = co_await connection->send(asio::buffer(kInstream));
    while (!error && !connection->has_answered()) {
        const auto piece = co_await bytes->next();
        const auto size = big_endian(piece.size());
        error = co_await connection->send(std::array{asio::buffer(size), asio::buffer(piece)});
        if (piece.empty()) break;  // a size of zero is the end
    }
    co_return error;
}

Verdict unavailable(std::string why) {
    return {.kind = Verdict::Kind::unavailable, .detail = std::move(why)};
}

}  // namespace

Clamd::Clamd(const ClamdOptions& options) : timeout_(options.timeout), slots_(options.connections) {
    constexpr std::string_view unix = "unix:";
    const auto& address = options.address;
    if (address.starts_with(unix)) {
        path_ = address.substr(unix.size());
    } else if (const auto colon = address.rfind(':'); colon != std::string::npos) {
        host_ = address.substr(0, colon);
        port_ = address.substr(colon + 1);
        if (host_.starts_with('[') && host_.ends_with(']'))
            host_ = host_.substr(1, host_.size() - 2);
    }
    if (path_.empty() && (host_.empty() || port_.empty()))
        throw std::runtime_error("--clamd: expected unix:/path or HOST:PORT, got '" + address +
                                 "'");
}

task<Verdict> Clamd::scan(blob::Reader* bytes) {
    const auto deadline = Steady::now() + timeout_;
    const auto slot = co_await slots_.take();
    if (Steady::now() >= deadline) co_return unavailable("the scanner is too slow");
    Connection connection(co_await asio::this_coro::executor, deadline);
    auto error = path_.empty() ? co_await connection.open_host(host_, port_)
                               : co_await connection.open_path(path_);
    std::string answer;
    if (!error) {
        error = co_await send_all(&connection, bytes);
        answer = co_await connection.answer();
    }
    if (!answer.empty()) co_return read_answer(answer);
    if (connection.late()) co_return unavailable("the scanner is too slow");
    co_return unavailable(error ? error.message() : "the scanner ended without an answer");
}

Verdict read_answer(std::string_view text) {
    constexpr std::string_view prefix = "stream: ";
    constexpr std::string_view found = " FOUND";
    if (text == "stream: OK") return {.kind = Verdict::Kind::clean, .detail = {}};
    if (text.starts_with(prefix) && text.ends_with(found) &&
        text.size() > prefix.size() + found.size()) {
        text.remove_prefix(prefix.size());
        text.remove_suffix(found.size());
        return {.kind = Verdict::Kind::infected, .detail = std::string(text)};
    }
    if (text.starts_with("INSTREAM size limit exceeded"))
        return {.kind = Verdict::Kind::too_large, .detail = {}};
    return unavailable("clamd: " + std::string(text));
}

}  // namespace handin::scan
