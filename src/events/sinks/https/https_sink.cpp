#include "events/sinks/https/https_sink.hpp"

#include "events/sinks/https/webhook_secret.hpp"
#include "events/sinks/post.hpp"

namespace handin::events {
namespace {

constexpr std::size_t kUrlBytes = 2048;

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
    const auto id = message.id.str();
    const auto now = std::to_string(whole_seconds(clock_.now()).time_since_epoch().count());
    http::ClientHeaders headers{
        {"Content-Type", target_.content_type}, {"webhook-id", id}, {"webhook-timestamp", now}};
    try {
        headers.emplace_back("webhook-signature",
                             webhook_signature(target_.secret, id, now, message.body));
        if (target_.as_edlink)
            headers.emplace_back("Edlink-Signature",
                                 edlink_signature(target_.secret, now, message.body));
    } catch (const std::exception& error) {
        co_return Outcome{.kind = Outcome::Kind::refused,
                          .after = {},
                          .reason = error.what(),
                          .status = 0,
                          .timed_out = false};
    }
    co_return co_await post(&loop_,
                            {.method = "POST",
                             .url = target_.url,
                             .headers = std::move(headers),
                             .idle_timeout = target_.timeout,
                             .timeout = target_.timeout},
                            message.body);
}

}  // namespace handin::events
