#include "events/sinks/post.hpp"

#include <charconv>
#include <string>
#include <system_error>

namespace handin::events {
namespace {

constexpr std::size_t kAnswerBytes = 512;            // that are kept of an answer, to be shown
constexpr std::size_t kMostAnswer = 64 * 1024;       // a longer one is not read to its end
constexpr std::int64_t kLongestWait = 24 * 60 * 60;  // seconds that a receiver may ask for

// RFC 9110 10.2.3, the form in seconds.
std::chrono::seconds retry_after(std::string_view text) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (error != std::errc() || end != text.data() + text.size() || seconds < 0)
        return std::chrono::seconds(0);
    return std::chrono::seconds(std::min(seconds, kLongestWait));
}

task<std::string> answer_of(http::Exchange& exchange) {
    std::string kept;
    std::size_t read = 0;
    for (;;) {
        const auto piece = co_await exchange.next();
        if (piece.empty()) break;
        kept += piece.substr(0, kAnswerBytes - kept.size());
        if ((read += piece.size()) > kMostAnswer) break;
    }
    co_return kept;
}

Outcome failure_of(const std::system_error& error) {
    // Also an address that is not allowed: what a name leads to may be wrong for a moment.
    return {.kind = Outcome::Kind::retry,
            .after = {},
            .reason = error.what(),
            .status = 0,
            .timed_out = error.code() == std::errc::timed_out};
}

task<Outcome> exchange(http::ClientLoop* loop, http::ClientRequest request, std::string_view body) {
    request.body_bytes = body.size();
    http::Exchange exchange(*loop, std::move(request));
    co_await exchange.write(body);
    const auto* head = co_await exchange.head();
    Outcome outcome{.kind = Outcome::Kind::delivered,
                    .after = {},
                    .reason = {},
                    .status = head->status,
                    .timed_out = false};
    if (head->status < 200 || head->status > 299) {
        outcome.kind = Outcome::Kind::retry;
        outcome.after = retry_after(head->header("Retry-After"));
    }
    try {
        outcome.reason = co_await answer_of(exchange);
    } catch (const std::system_error&) {
        // The status has said it all.
    }
    co_return outcome;
}

}  // namespace

task<Outcome> post(http::ClientLoop* loop, http::ClientRequest request, std::string_view body) {
    try {
        co_return co_await exchange(loop, std::move(request), body);
    } catch (const std::system_error& error) {
        co_return failure_of(error);
    } catch (const std::exception& error) {
        co_return Outcome{.kind = Outcome::Kind::retry,
                          .after = {},
                          .reason = error.what(),
                          .status = 0,
                          .timed_out = false};
    }
}

}  // namespace handin::events
