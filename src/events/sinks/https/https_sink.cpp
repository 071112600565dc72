#include "events/sinks/https/https_sink.hpp"

#include <charconv>
#include <system_error>

#include "events/sinks/https/webhook_secret.hpp"

namespace handin::events {
namespace {

constexpr std::size_t kUrlBytes = 2048;
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

Outcome outcome_of(const std::system_error& error) {
    // Also an address that is not allowed: what a name leads to may be wrong for a moment.
    return {.kind = Outcome::Kind::retry,
            .after = {},
            .reason = error.what(),
            .status = 0,
            .timed_out = error.code() == std::errc::timed_out};
}

}  // namespace

std::string trouble_with_url(const std::string& url) {
    constexpr std::string_view scheme = "https://";
    if (!url.starts_with(scheme)) return "expected https://HOST/...";
    if (url.size() > kUrlBytes) return "longer than 2048 characters";
    const auto rest = std::string_view(url).substr(scheme.size());
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    if (host.empty() || host.starts_with(':')) return "it has no host";
    if (host.find('@') != std::string_view::npos) return "it must not hold a name or password";
    for (const char c : url)
        if (c <= ' ' || c > '~') return "it holds characters that a URL has no place for";
    return "";
}

task<Outcome> HttpsSink::deliver(Message message) {
    try {
        co_return co_await exchange(message);
    } catch (const std::system_error& error) {
        co_return outcome_of(error);
    } catch (const std::exception& error) {
        co_return Outcome{.kind = Outcome::Kind::refused,
                          .after = {},
                          .reason = error.what(),
                          .status = 0,
                          .timed_out = false};
    }
}

task<Outcome> HttpsSink::exchange(const Message& message) {
    const auto id = message.id.str();
    const auto now = std::to_string(whole_seconds(clock_.now()).time_since_epoch().count());
    http::Exchange exchange(
        loop_, {.method = "POST",
                .url = target_.url,
                .headers = {{"Content-Type", "application/json"},
                            {"webhook-id", id},
                            {"webhook-timestamp", now},
                            {"webhook-signature",
                             webhook_signature(target_.secret, id, now, message.body)}},
                .body_bytes = message.body.size(),
                .idle_timeout = target_.timeout,
                .timeout = target_.timeout});
    co_await exchange.write(message.body);
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

}  // namespace handin::events
