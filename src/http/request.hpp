// What a handler is given: a view of one request, and its body as a stream.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.hpp"
#include "base/time.hpp"

namespace handin::http {

enum class Method { get, head, post, put, patch, del, options, other };
std::string_view name_of(Method method);  // empty for other

// The bytes of a request's body, pulled. Nothing is read from the socket between two pulls: that
// is the back-pressure (DESIGN 8.4).
class Body {
 public:
    virtual ~Body() = default;
    // The next piece, at most 64 KiB, valid until the next call; empty at the end. Throws
    // BodyTooLarge (error.hpp) past the limit, and std::system_error if the client went away, sent
    // a malformed chunk, or was too slow.
    virtual task<std::string_view> read() = 0;
    // What Content-Length said; nullopt for a chunked body.
    virtual std::optional<std::uint64_t> length() const = 0;
    // When the last byte arrived, less the time for which the server itself withheld reading
    // (DESIGN 5.4). Only after read() has returned the end.
    virtual Time received_at() const = 0;
};

// A view: everything in it lives in the session until the handler has returned. So it is passed
// by value, and may be kept across co_await.
struct Request {
    Method method = Method::other;
    std::string_view target;          // as sent, with the query: /a?b=c
    std::string_view path;            // percent-encoded, without the query
    std::string_view id;              // UUID of this request, also in logs and replies
    std::string_view remote_address;  // honours X-Forwarded-For only from a trusted proxy
    std::string_view scheme;          // http or https, as the client sees it
    Time started_at;                  // when its head was complete

    // The first header of that name, any case; empty if there is none.
    std::string_view header(std::string_view name) const;
    // The token of "Authorization: Bearer <token>" (RFC 6750 2.1); empty if there is none.
    std::string_view bearer_token() const;
    // Decoded (%24, %20, '+') value of the first query parameter of that (decoded) name.
    std::optional<std::string> query(std::string_view name) const;
    // All decoded pairs in order.
    std::vector<std::pair<std::string, std::string>> queries() const;
    // A named part of the route's pattern, decoded: ":class_id" as parameter("class_id").
    std::string parameter(std::string_view name) const;
    // "http://host:port" as the client sees it (Host header, or X-Forwarded-* of a trusted proxy).
    std::string base_url() const;

    Body& body() const;

    struct Parts;  // http/ only
    const Parts* parts = nullptr;
};

// Reads the whole body. nullopt if it is longer than `limit` bytes.
// `grows` is told how many bytes it will have been, before it keeps them, and may throw.
task<std::optional<std::string>> read_all(Request request, std::size_t limit,
                                          std::function<void(std::size_t)> grows = {});

}  // namespace handin::http
