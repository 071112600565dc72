#include "blob/s3/bucket.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "blob/passing.hpp"
#include "blob/s3/backoff.hpp"

namespace handin::blob::s3 {
namespace {

// A list of 1000 keys has about 400 KB; nothing else comes near.
constexpr std::size_t kMostBody = std::size_t{4} * 1024 * 1024;

// Everything that helps to know what S3 meant, in one line.
[[noreturn]] void refuse(const std::string& verb, int status, std::string_view body) {
    const auto failure = parse_failure(body);
    const auto why = "S3 " + verb + ": " + std::to_string(status) +
                     (failure.code.empty() ? "" : ' ' + failure.code) +
                     (failure.message.empty() ? "" : " (" + failure.message + ")");
    const bool busy = status == 429 || status == 500 || (status >= 502 && status <= 504) ||
                      failure.code == "RequestTimeout" || failure.code == "SlowDown" ||
                      failure.code == "InternalError" || failure.code == "ServiceUnavailable";
    const auto code = busy            ? std::errc::resource_unavailable_try_again
                      : status == 404 ? std::errc::no_such_file_or_directory
                      : status == 403 ? std::errc::permission_denied
                                      : std::errc::io_error;
    throw std::system_error(std::make_error_code(code), why);
}

std::uint64_t number_in(std::string_view text) {
    std::uint64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

task<std::string> read_all(http::Exchange* exchange) {
    std::string body;
    for (;;) {
        const auto piece = co_await exchange->next();
        if (piece.empty()) co_return body;
        if (body.size() + piece.size() > kMostBody)
            throw std::system_error(std::make_error_code(std::errc::io_error),
                                    "S3: too long an answer");
        body += piece;
    }
}

task<void> send(http::Exchange* exchange, Payload* payload) {
    for (std::uint64_t sent = 0; sent < payload->size();) {
        const auto piece = co_await payload->read(sent);
        if (!co_await exchange->write(piece)) co_return;
        sent += piece.size();
    }
}

std::string range_of(std::uint64_t offset, std::uint64_t length) {
    const bool to_the_end = length > std::numeric_limits<std::uint64_t>::max() - offset;
    if (to_the_end && offset == 0) return {};
    return "bytes=" + std::to_string(offset) + '-' +
           (to_the_end ? "" : std::to_string(offset + length - 1));
}

http::ClientLoopOptions loop_options(const Options& options) {
    return {.connections_per_host = options.connections, .trust = options.trust};
}

}  // namespace

Bucket::Bucket(Options options, const Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      credentials_(options_.credentials, "--s3-credentials"),
      up_(loop_options(options_)),
      down_(loop_options(options_)) {}

void Bucket::stop() {
    lose_patience();
    up_.stop();
    down_.stop();
}

std::string Bucket::path_of(const std::string& key) const {
    const auto& address = options_.address;
    return (address.virtual_host ? "/" : '/' + address.bucket + '/') +
           (key.empty() ? "" : address.prefix + key);
}

http::ClientRequest Bucket::signed_request(const Call& call) {
    const auto& address = options_.address;
    const AwsRequest request{
        .method = call.method,
        .host = address.host,
        .path = path_of(call.key),
        .query = call.query,
        .headers = call.headers,
        .payload_hash = call.payload != nullptr ? call.payload->sha256() : hex(sha256(""))};
    ++requests_;
    return {.method = call.method,
            .url = address.scheme + "://" + address.host + aws_target(request),
            .headers = aws_signed_headers(request, {.region = address.region, .service = "s3"},
                                          credentials_.now(), clock_.now()),
            .body_bytes = call.payload != nullptr ? call.payload->size() : 0,
            .idle_timeout = options_.idle};
}

task<Bucket::Reply> Bucket::once(const Call* call) {
    http::Exchange exchange(up_, signed_request(*call));
    if (call->payload != nullptr) co_await send(&exchange, call->payload);
    Reply reply;
    const auto* head = co_await exchange.head();
    reply.status = head->status;
    reply.body = co_await read_all(&exchange);
    reply.head = *head;
    const bool good =
        reply.status / 100 == 2 || std::ranges::find(call->also, reply.status) != call->also.end();
    if (!good) refuse(call->verb, reply.status, reply.body);
    if (call->wants_etag && reply.status == 200 && !parse_etag(reply.body))
        refuse(call->verb, 500, reply.body);
    co_return reply;
}

task<void> Bucket::pause(std::chrono::milliseconds time) {
    using Timer =
        asio::basic_waitable_timer<std::chrono::steady_clock,
                                   asio::wait_traits<std::chrono::steady_clock>, Executor>;
    Timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(use_task);
}

task<Bucket::Reply> Bucket::ask(Call call) {
    Backoff backoff(options_.patience);
    for (;;) {
        try {
            co_return co_await once(&call);
        } catch (const std::system_error& error) {
            if (!is_passing(error) || impatient_ || !backoff.goes_on()) throw;
            log::info("S3 asked again", {{"verb", std::string_view(call.verb)},
                                         {"reason", error.what()},
                                         {"after_ms", backoff.wait().count()}});
        }
        ++repeats_;
        co_await pause(backoff.wait());
    }
}

task<void> Bucket::put(std::string key, Payload* payload) {
    co_await ask({.verb = "PutObject", .method = "PUT", .key = std::move(key), .payload = payload});
}

task<std::optional<std::uint64_t>> Bucket::size_of(std::string key) {
    const auto reply = co_await ask(
        {.verb = "HeadObject", .method = "HEAD", .key = std::move(key), .also = {404}});
    if (reply.status == 404) co_return std::nullopt;
    co_return number_in(reply.head.header("Content-Length"));
}

task<void> Bucket::remove(std::string key) {
    co_await ask(
        {.verb = "DeleteObject", .method = "DELETE", .key = std::move(key), .also = {404}});
}

task<void> Bucket::copy(std::string from, std::string to) {
    co_await ask(
        {.verb = "CopyObject",
         .method = "PUT",
         .key = std::move(to),
         .headers = {{"X-Amz-Copy-Source",
                      uri_encode('/' + options_.address.bucket + '/' + prefix() + from, true)}},
         .wants_etag = true});
}

task<std::optional<std::string>> Bucket::text(std::string key) {
    auto reply =
        co_await ask({.verb = "GetObject", .method = "GET", .key = std::move(key), .also = {404}});
    if (reply.status == 200) co_return std::move(reply.body);
    const auto failure = parse_failure(reply.body);
    if (failure.code != "NoSuchKey" && !failure.code.empty())  // NoSuchBucket
        refuse("GetObject", reply.status, reply.body);
    co_return std::nullopt;
}

task<Listing> Bucket::list(std::string prefix_of_keys, std::string delimiter, std::string token) {
    NamedValues query{{"list-type", "2"}, {"prefix", prefix() + prefix_of_keys}};
    if (!delimiter.empty()) query.emplace_back("delimiter", delimiter);
    if (!token.empty()) query.emplace_back("continuation-token", token);
    const auto reply = co_await ask(
        {.verb = "ListObjectsV2", .method = "GET", .key = "", .query = std::move(query)});
    auto listing = parse_listing(reply.body);
    if (!listing) refuse("ListObjectsV2", reply.status, "");
    for (auto& object : listing->objects)
        object.key.erase(0, prefix().size());
    for (auto& common : listing->prefixes)
        common.erase(0, prefix().size());
    co_return std::move(*listing);
}

task<std::string> Bucket::begin_parts(std::string key) {
    const auto reply = co_await ask({.verb = "CreateMultipartUpload",
                                     .method = "POST",
                                     .key = std::move(key),
                                     .query = {{"uploads", ""}}});
    auto id = parse_upload_id(reply.body);
    if (!id) refuse("CreateMultipartUpload", reply.status, reply.body);
    co_return std::move(*id);
}

task<std::string> Bucket::put_part(std::string key, std::string upload_id, std::size_t number,
                                   Payload* payload) {
    const auto reply = co_await ask(
        {.verb = "UploadPart",
         .method = "PUT",
         .key = std::move(key),
         .query = {{"uploadId", std::move(upload_id)}, {"partNumber", std::to_string(number)}},
         .payload = payload});
    co_return std::string(reply.head.header("ETag"));
}

task<std::string> Bucket::copy_part(std::string key, std::string upload_id, std::size_t number,
                                    std::string from) {
    const auto reply = co_await ask(
        {.verb = "UploadPartCopy",
         .method = "PUT",
         .key = std::move(key),
         .query = {{"uploadId", std::move(upload_id)}, {"partNumber", std::to_string(number)}},
         .headers = {{"X-Amz-Copy-Source",
                      uri_encode('/' + options_.address.bucket + '/' + prefix() + from, true)}},
         .wants_etag = true});
    co_return parse_etag(reply.body).value_or("");
}

// A lost answer leaves it open whether the parts were joined: the second time there is no such
// upload any more. So what counts is what is there afterwards.
task<void> Bucket::join_parts(std::string key, std::string upload_id,
                              std::vector<std::string> etags, std::uint64_t size) {
    TextPayload body(complete_body(etags));
    co_await ask({.verb = "CompleteMultipartUpload",
                  .method = "POST",
                  .key = key,
                  .query = {{"uploadId", std::move(upload_id)}},
                  .headers = {{"Content-Type", "application/xml"}},
                  .payload = &body,
                  .also = {404},
                  .wants_etag = true});
    const auto there = co_await size_of(key);
    if (there != size)
        throw std::system_error(std::make_error_code(std::errc::io_error),
                                "S3 CompleteMultipartUpload: has " +
                                    std::to_string(there.value_or(0)) + " bytes instead of " +
                                    std::to_string(size));
}

task<void> Bucket::drop_parts(std::string key, std::string upload_id) {
    co_await ask({.verb = "AbortMultipartUpload",
                  .method = "DELETE",
                  .key = std::move(key),
                  .query = {{"uploadId", std::move(upload_id)}},
                  .also = {404}});
}

task<PendingUploads> Bucket::pending(std::string key_marker, std::string id_marker) {
    NamedValues query{{"uploads", ""}, {"prefix", prefix()}};
    if (!key_marker.empty()) query.emplace_back("key-marker", key_marker);
    if (!id_marker.empty()) query.emplace_back("upload-id-marker", id_marker);
    const auto reply = co_await ask(
        {.verb = "ListMultipartUploads", .method = "GET", .key = "", .query = std::move(query)});
    auto found = parse_pending(reply.body);
    if (!found) refuse("ListMultipartUploads", reply.status, "");
    for (auto& upload : found->uploads)
        upload.key.erase(0, prefix().size());
    co_return std::move(*found);
}

task<std::optional<Bucket::Opened>> Bucket::open_once(const Call* call) {
    Opened opened{.exchange = std::make_unique<http::Exchange>(down_, signed_request(*call)),
                  .etag = {}};
    const auto* head = co_await opened.exchange->head();
    if (head->status == 416) co_return std::nullopt;
    const bool ranged = !call->headers.empty();
    if (head->status / 100 != 2)
        refuse(call->verb, head->status, co_await read_all(opened.exchange.get()));
    if (ranged && head->status != 206) refuse(call->verb + " of a range", head->status, "");
    opened.length = number_in(head->header("Content-Length"));
    opened.etag = head->header("ETag");
    co_return std::move(opened);
}

task<std::optional<Bucket::Opened>> Bucket::open(std::string key, std::uint64_t offset,
                                                 std::uint64_t length, std::string etag) {
    Call call{.verb = "GetObject", .method = "GET", .key = std::move(key)};
    const auto range = range_of(offset, length);
    if (!range.empty()) call.headers.emplace_back("Range", range);
    if (!etag.empty()) call.headers.emplace_back("If-Match", etag);
    Backoff backoff(options_.patience);
    for (;;) {
        try {
            co_return co_await open_once(&call);
        } catch (const std::system_error& error) {
            if (!is_passing(error) || impatient_ || !backoff.goes_on()) throw;
            log::info("S3 asked again", {{"verb", std::string_view(call.verb)},
                                         {"reason", error.what()},
                                         {"after_ms", backoff.wait().count()}});
        }
        ++repeats_;
        co_await pause(backoff.wait());
    }
}

}  // namespace handin::blob::s3
