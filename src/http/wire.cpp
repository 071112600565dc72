#include "http/wire.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <string>
#include <tuple>

#include "http/secure.hpp"

namespace handin::http {
namespace {

// Enough for a client that does not look before it has sent everything, little enough to be no
// gift. A slower one sees the reply all the same, if it reads while it sends.
constexpr std::chrono::seconds kLinger{2};
constexpr std::size_t kLingerBytes = std::size_t{64} << 20U;
constexpr std::size_t kLingerPiece = 16 * 1024;

constexpr std::size_t kHelloBytes = 4096;  // of a ClientHello, read to see whether it is one
constexpr char kHandshakeRecord = 0x16;    // RFC 8446 5.1: the first byte of every ClientHello
constexpr std::size_t kRecordBytes = 16 * 1024;  // RFC 8446 5.1: what one record can hold

constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\nServer: handin\r\n"
    "Content-Type: application/json; charset=utf-8\r\nContent-Length: 48\r\n"
    "Connection: close\r\n\r\n{\"error\":\"this port speaks HTTPS: use https://\"}";
static_assert(kSpeakTls.substr(kSpeakTls.find("\r\n\r\n") + 4).size() == 48);

}  // namespace

std::span<char> Inbox::space(std::size_t most) {
    const auto held = end_ - begin_;
    if (held >= most) return {};
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == capacity_) make_room(begin_ > 0 ? capacity_ : std::max(most, capacity_));
    return {data() + end_, std::min(capacity_ - end_, most - held)};
}

void Inbox::put_back(std::string_view bytes) {
    if (bytes.empty()) return;
    const auto needed = end_ - begin_ + bytes.size();
    if (capacity_ - end_ < bytes.size()) make_room(std::max(needed, capacity_));
    std::memcpy(data() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
}

void Inbox::shrink() {
    if (large_ && end_ - begin_ <= kSmall) make_room(kSmall);
}

// Moves what is held to the front of `capacity` bytes.
void Inbox::make_room(std::size_t capacity) {
    const auto held = end_ - begin_;
    if (capacity == capacity_) {
        std::memmove(data(), data() + begin_, held);
    } else if (capacity == kSmall) {
        std::memcpy(small_.data(), large_.get() + begin_, held);
        large_.reset();
    } else {
        auto grown = std::make_unique_for_overwrite<char[]>(capacity);
        std::memcpy(grown.get(), data() + begin_, held);
        large_ = std::move(grown);
    }
    capacity_ = capacity;
    begin_ = 0;
    end_ = held;
}

Wire::Wire(Stream opened, const Limits& bounds, const Clock& time, const Tls* tls)
    : stream(std::move(opened)), limits(bounds), clock(time), pace_(bounds) {
    if (tls) secure_ = std::make_unique<Secure>(stream, *tls);
    boost::system::error_code ignored;  // it only fails on a dead connection
    stream.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    stream.socket().non_blocking(true, ignored);
}

Wire::~Wire() = default;

task<bool> Wire::open() {
    if (!secure_) co_return true;
    stream.expires_after(limits.head_timeout);
    const auto space = inbox.space(kHelloBytes);
    const auto [error, got] =
        co_await stream.async_read_some(asio::buffer(space.data(), space.size()), use_result);
    if (error) co_return false;
    inbox.commit(got);
    if (inbox.view().front() != kHandshakeRecord) {
        co_await refuse_plain();
        co_return false;
    }
    const auto hello = inbox.view();
    inbox.consume(hello.size());
    co_return co_await secure_->shake_hands(hello);
}

task<void> Wire::refuse_plain() {
    secure_.reset();
    if (co_await write(kSpeakTls, {})) co_await close_gently();
}

task<Wire::Got> Wire::read_some(std::span<char> into) {
    const asio::mutable_buffer buffer(into.data(), into.size());
    return secure_ ? secure_->read_some(buffer) : stream.async_read_some(buffer, use_result);
}

bool Wire::has_arrived() {
    boost::system::error_code error;
    return (secure_ && secure_->has_arrived()) || stream.socket().available(error) > 0;
}

namespace {

using Both = std::array<asio::const_buffer, 2>;

Both advance(Both buffers, std::size_t sent) {
    const auto from_first = std::min(sent, buffers[0].size());
    buffers[0] += from_first;
    buffers[1] += sent - from_first;
    return buffers;
}

}  // namespace

task<bool> Wire::write(std::string_view first, std::string_view second) {
    if (secure_) co_return co_await write_encrypted(first, second);
    Both buffers{asio::buffer(first), asio::buffer(second)};
    // Nearly every reply fits the socket's buffer at once. Not asking the event loop, which needs a
    // timer and a turn, is worth several percent of the request rate.
    boost::system::error_code error;
    auto sent = stream.write_some(buffers, error);
    for (;;) {
        bytes_out += sent;
        buffers = advance(buffers, sent);
        if (error && error != asio::error::would_block) co_return false;
        if (asio::buffer_size(buffers) == 0) co_return true;
        begin_wait();
        std::tie(error, sent) = co_await stream.async_write_some(buffers, use_result);
        end_wait();
    }
}

task<bool> Wire::write_encrypted(std::string_view first, std::string_view second) {
    std::string joined;  // a head and a short body are one record
    if (!second.empty() && first.size() + second.size() <= kRecordBytes) {
        joined.reserve(first.size() + second.size());
        joined.append(first).append(second);
        first = joined;
        second = {};
    }
    for (auto left : {first, second}) {
        while (!left.empty()) {
            begin_wait();
            const auto [error, sent] = co_await secure_->write_some(asio::buffer(left));
            end_wait();
            if (error) co_return false;
            bytes_out += sent;
            left.remove_prefix(sent);
        }
    }
    co_return true;
}

void Wire::begin_wait() {
    if (watched)
        stream.expires_never();
    else
        stream.expires_after(limits.write_timeout);
    pace_.begin_wait(std::chrono::steady_clock::now());
}

void Wire::end_wait() {
    pace_.end_wait(std::chrono::steady_clock::now());
}

void Wire::check_pace(std::chrono::steady_clock::time_point now) {
    if (!pace_.waiting() || gave_up_) return;
    gave_up_ = pace_.too_slow(now, acknowledged_bytes(stream.socket().native_handle()));
    if (gave_up_) stream.cancel();
}

task<void> Wire::close_gently() {
    const auto deadline = std::chrono::steady_clock::now() + kLinger;
    if (secure_) {
        stream.expires_at(deadline);
        co_await secure_->say_goodbye();
    }
    boost::system::error_code ignored;
    stream.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    const auto scrap = std::make_unique_for_overwrite<char[]>(kLingerPiece);
    for (std::size_t total = 0; total < kLingerBytes;) {
        stream.expires_at(deadline);
        const auto [error, got] =
            co_await stream.async_read_some(asio::buffer(scrap.get(), kLingerPiece), use_result);
        if (error) break;
        total += got;
    }
    stream.close();
}

}  // namespace handin::http
