#include "http/body.hpp"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

#include "http/error.hpp"

namespace handin::http {
namespace {

constexpr std::size_t kPiece = 64 * 1024;      // measured: smaller ones cost uploads dearly
constexpr std::size_t kSmallPiece = 8 * 1024;  // when very many bodies are read at once
constexpr std::size_t kDiscard = 64 * 1024;    // less than a new connection with its window
constexpr std::chrono::seconds kDiscardIdle{2};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

void WireBody::begin(Parser& parser, const Head& head, Time started_at) {
    parser_ = &parser;
    chunked_ = head.chunked;
    length_ = chunked_ ? std::nullopt : std::optional(head.content_length.value_or(0));
    left_ = length_.value_or(0);
    limit_ = 0;
    bytes_read_ = 0;
    complete_ = !chunked_ && left_ == 0;
    awaits_continue_ =
        !complete_ && head.http_1_1 && same_name(head.field("Expect"), "100-continue");
    hurried_ = false;
    failure_ = Failure::none;
    waited_ = {};
    window_bytes_ = 0;
    given_up_ = false;
    started_at_ = received_at_ = paused_at_ = started_at;
    withheld_ = {};
}

void WireBody::end() {
    wire_.inbox.put_back({buffer_.get() + buffer_begin_, buffer_end_ - buffer_begin_});
    drop_buffer();
    buffer_begin_ = buffer_end_ = 0;
}

// Whoever finds no room for a large one is served with a small one.
void WireBody::make_buffer(std::size_t least, std::size_t most) {
    buffer_size_ = std::max(most, least);
    if (buffer_size_ > kSmallPiece) {
        const auto all = buffers_.fetch_add(buffer_size_, std::memory_order_relaxed) + buffer_size_;
        counted_ = all <= wire_.limits.body_buffers;
        if (!counted_) {
            buffers_.fetch_sub(buffer_size_, std::memory_order_relaxed);
            buffer_size_ = std::max(kSmallPiece, least);
        }
    }
    buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size_);
}

void WireBody::drop_buffer() {
    if (std::exchange(counted_, false)) buffers_.fetch_sub(buffer_size_, std::memory_order_relaxed);
    buffer_.reset();
}

task<std::string_view> WireBody::read() {
    if (failure_ != Failure::none) raise();
    if (complete_) co_return std::string_view();
    credit_pause();
    if (awaits_continue_) {
        awaits_continue_ = false;
        if (!co_await wire_.write(kContinue, {})) fail(Failure::gone);
    }
    const auto piece = chunked_ ? co_await read_chunked() : co_await read_fixed();
    bytes_read_ += piece.size();
    if (!complete_) paused_at_ = wire_.clock.now();
    co_return piece;
}

task<std::string_view> WireBody::read_fixed() {
    if (*length_ > limit_) fail(Failure::too_large);
    auto piece = wire_.inbox.view().substr(0, std::min<std::uint64_t>(left_, kPiece));
    if (piece.empty()) {
        // Straight from the socket, and never past the end of the body.
        auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left_, kPiece));
        if (!buffer_) make_buffer(0, most);
        most = std::min(most, buffer_size_);
        piece = {buffer_.get(), co_await receive(buffer_.get(), most)};
    } else {
        wire_.inbox.consume(piece.size());
    }
    left_ -= piece.size();
    complete_ = left_ == 0;
    co_return piece;
}

task<std::string_view> WireBody::read_chunked() {
    if (!buffer_) {
        // The head must stay where it is, so what came with it is parsed in another place.
        parser_->limit_body(limit_);
        const auto early = wire_.inbox.view();
        make_buffer(early.size(), kPiece);
        std::memcpy(buffer_.get(), early.data(), early.size());
        wire_.inbox.consume(early.size());
        buffer_end_ = early.size();
    }
    for (;;) {
        const auto chunk =
            parser_->read_chunk({buffer_.get() + buffer_begin_, buffer_end_ - buffer_begin_});
        buffer_begin_ += chunk.used;
        if (chunk.step == Parser::Step::refused) {
            fail(parser_->too_large() ? Failure::too_large : Failure::malformed);
        }
        complete_ = parser_->is_done();
        if (complete_ || !chunk.piece.empty()) co_return chunk.piece;
        if (chunk.step == Parser::Step::done) continue;
        std::memmove(buffer_.get(), buffer_.get() + buffer_begin_, buffer_end_ - buffer_begin_);
        buffer_end_ -= buffer_begin_;
        buffer_begin_ = 0;
        // A chunk's head is never that long.
        if (buffer_end_ >= buffer_size_) fail(Failure::malformed);
        buffer_end_ += co_await receive(buffer_.get() + buffer_end_, buffer_size_ - buffer_end_);
    }
}

task<std::size_t> WireBody::receive(char* into, std::size_t most) {
    // The stream's own timer would close it, and there is an answer to give: see check_pace.
    if (hurried_)
        wire_.stream.expires_after(kDiscardIdle);
    else
        wire_.stream.expires_never();
    asked_ = std::chrono::steady_clock::now();
    const auto [error, got] = co_await wire_.read_some({into, most});
    count_wait(got);
    if (error) fail(given_up_ ? Failure::slow : Failure::gone);
    received_at_ = std::max(started_at_, wire_.clock.now() - withheld_);
    co_return got;
}

void WireBody::count_wait(std::size_t got) {
    waited_ += std::chrono::steady_clock::now() - *asked_;
    window_bytes_ += got;
    asked_.reset();
    const auto& limits = wire_.limits;
    const auto due = limits.body_rate * static_cast<std::uint64_t>(limits.body_idle.count());
    if (waited_ < limits.body_idle || window_bytes_ < due) return;
    waited_ = {};
    window_bytes_ = 0;
}

void WireBody::check_pace(std::chrono::steady_clock::time_point now) {
    if (!asked_ || given_up_ || hurried_) return;
    const auto& limits = wire_.limits;
    const auto due = limits.body_rate * static_cast<std::uint64_t>(limits.body_idle.count());
    const auto wait = now - *asked_;
    given_up_ =
        wait >= limits.body_idle || (waited_ + wait >= limits.body_idle && window_bytes_ < due);
    if (given_up_) wire_.stream.cancel();
}

// DESIGN 5.4: from giving out a piece until being asked for the next one, it was the server that
// did not read. That is counted if bytes were waiting by then, or if the client waits for our
// leave; otherwise it was the client that had nothing to send.
void WireBody::credit_pause() {
    if (!chunked_ && wire_.inbox.view().size() >= left_) return;  // all of it is here already
    const bool waiting = awaits_continue_ || wire_.has_arrived();
    if (waiting) withheld_ += std::max(Time::duration::zero(), wire_.clock.now() - paused_at_);
}

bool WireBody::worth_discarding() const {
    return !chunked_ && !awaits_continue_ && failure_ == Failure::none && left_ <= kDiscard;
}

task<bool> WireBody::discard() {
    hurried_ = true;
    limit_ = *length_;
    try {
        while (!complete_)
            co_await read();
        co_return true;
    } catch (const std::system_error&) {
        co_return false;
    }
}

void WireBody::fail(Failure failure) {
    failure_ = failure;
    raise();
}

void WireBody::raise() const {
    switch (failure_) {
        case Failure::too_large:
            throw BodyTooLarge();
        case Failure::malformed:
            throw std::system_error(std::make_error_code(std::errc::bad_message), "request body");
        case Failure::slow:
            throw std::system_error(std::make_error_code(std::errc::timed_out), "request body");
        default:
            throw std::system_error(std::make_error_code(std::errc::connection_reset),
                                    "request body");
    }
}

}  // namespace handin::http
