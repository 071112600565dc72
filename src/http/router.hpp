// Which function answers which path. Dialects fill it; it knows none of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "http/response.hpp"

namespace handin::http {

using Handler = std::function<task<Response>(Request)>;

// What one route wants other than the server's limits.
struct RouteOptions {
    std::optional<std::uint64_t> body_bytes = {};  // instead of Limits::body_bytes
    bool takes_forms = false;                      // multipart/form-data, up to Limits::form_bytes
};

class Router {
 public:
    Router();
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    // pattern: "/api/v2/my/classes/:class_id". A part of the path that begins with ':' matches any
    // one non-empty segment. A literal segment wins over a parameter. Throws std::logic_error for a
    // pattern that is already taken. HEAD is answered by GET unless it has a handler of its own.
    void add(Method method, std::string_view pattern, Handler handler, RouteOptions options = {});

    // Answers below `prefix` when no pattern matches, or none for that method (405, with Allow
    // already worked out), in the dialect's own shape. The longest prefix wins.
    struct Miss {
        int status;         // 404 or 405
        std::string allow;  // for 405: "GET, HEAD"
    };
    using MissHandler = std::function<Response(const Request&, const Miss&)>;
    void on_miss(std::string_view prefix, MissHandler handler);

    // Answers below `prefix` what the server refuses by itself or what a handler throws: 400, 408,
    // 413, 431, 500, 503. `reason` is safe to show.
    using FailureHandler =
        std::function<Response(const Request&, int status, std::string_view reason)>;
    void on_failure(std::string_view prefix, FailureHandler handler);

    struct Table;  // http/ only
    const Table& table() const { return *table_; }

 private:
    std::unique_ptr<Table> table_;
};

}  // namespace handin::http
