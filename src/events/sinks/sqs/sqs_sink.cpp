#include "events/sinks/sqs/sqs_sink.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "events/sinks/post.hpp"

namespace handin::events {
namespace {

namespace json = boost::json;

constexpr std::string_view kAmazon = "https://sqs.";
constexpr std::string_view kAmazonDomain = ".amazonaws.com";

// "https://host:port" and "/account/queue".
struct QueueUrl {
    std::string_view origin, path;
};

QueueUrl split(std::string_view url) {
    const auto scheme = url.find("://");
    const auto slash = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
    return {url.substr(0, slash), slash == std::string_view::npos ? "" : url.substr(slash)};
}

// sqs.eu-west-1.amazonaws.com; empty: it is not Amazon's.
std::string_view amazon_region(std::string_view origin) {
    if (!origin.starts_with(kAmazon)) return {};
    origin.remove_prefix(kAmazon.size());
    const auto dot = origin.find('.');
    if (dot == std::string_view::npos) return {};
    const auto domain = origin.substr(dot);
    const auto region = origin.substr(0, dot);
    // Nothing by which another host could hide in it.
    const bool plain = std::ranges::all_of(region, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    const bool amazon = domain == kAmazonDomain || domain == ".amazonaws.com.cn";
    return plain && amazon ? region : std::string_view();
}

bool is_queue_path(std::string_view path) {
    // /ACCOUNT/QUEUE of letters, digits, hyphens and underscores
    std::size_t slashes = 0;
    for (const char c : path) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (c == '/')
            ++slashes;
        else if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
    }
    return slashes == 2 && path.starts_with('/') && !path.ends_with('/') &&
           path.find("//") == std::string_view::npos;
}

// SQS refuses these two characters, which JSON may as well name by number.
std::string accepted_by_sqs(std::string body) {
    for (std::size_t at = 0; (at = body.find("\xef\xbf", at)) != std::string::npos;) {
        const bool refused =
            at + 2 < body.size() && (body[at + 2] == '\xbe' || body[at + 2] == '\xbf');
        if (refused)
            body.replace(at, 3, body[at + 2] == '\xbe' ? "\\ufffe" : "\\uffff");
        else
            at += 2;
    }
    return body;
}

}  // namespace

std::string trouble_with_queue(const SqsSettings& settings, const std::string& url) {
    const auto [origin, path] = split(url);
    if (settings.endpoint.empty() && amazon_region(origin).empty())
        return "expected https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE, or --sqs-endpoint";
    if (!settings.endpoint.empty() && origin != settings.endpoint)
        return "expected a queue of " + settings.endpoint;
    if (url.ends_with(".fifo")) return "expected a standard queue";
    if (!is_queue_path(path)) return "expected /ACCOUNT/QUEUE as its path";
    try {
        settings.credentials();
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

SqsSink::SqsSink(http::ClientLoop& loop, SqsSettings settings, std::string queue_url,
                 const Clock& clock)
    : loop_(loop),
      settings_(std::move(settings)),
      queue_url_(std::move(queue_url)),
      origin_(split(queue_url_).origin),
      clock_(clock) {
    if (settings_.region.empty()) settings_.region = amazon_region(origin_);
    if (settings_.region.empty()) settings_.region = "us-east-1";
}

task<Outcome> SqsSink::deliver(Message message) {
    const auto text = json::serialize(json::object{
        {"QueueUrl", queue_url_},
        {"MessageBody", accepted_by_sqs(std::move(message.body))},
        {"MessageAttributes",
         {{"webhook-id", {{"DataType", "String"}, {"StringValue", message.id.str()}}}}}});
    AwsRequest request{.method = "POST",
                       .host = origin_.substr(origin_.find("://") + 3),
                       .path = "/",
                       .headers = {{"Content-Type", "application/x-amz-json-1.0"},
                                   {"X-Amz-Target", "AmazonSQS.SendMessage"}},
                       .payload_hash = hex(sha256(text))};
    http::ClientRequest sent{.method = "POST",
                             .url = origin_ + "/",
                             .idle_timeout = settings_.timeout,
                             .timeout = settings_.timeout};
    try {
        sent.headers = aws_signed_headers(request, {.region = settings_.region, .service = "sqs"},
                                          settings_.credentials(), clock_.now());
    } catch (const std::exception& error) {
        co_return Outcome{.kind = Outcome::Kind::retry,
                          .after = {},
                          .reason = error.what(),
                          .status = 0,
                          .timed_out = false};
    }
    auto outcome = co_await post(&loop_, std::move(sent), text);
    // Whatever else may answer 200 in its place has not kept it.
    if (outcome.kind == Outcome::Kind::delivered &&
        outcome.reason.find("\"MessageId\"") == std::string::npos)
        outcome.kind = Outcome::Kind::retry;
    co_return outcome;
}

}  // namespace handin::events
