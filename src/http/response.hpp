// What a handler gives back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/task.hpp"

namespace handin::http {

// A body that is produced while it is sent (file downloads, long lists).
class Source {
 public:
    virtual ~Source() = default;
    // The next piece, valid until the next call; empty at the end.
    virtual task<std::string_view> next() = 0;
};

struct Response {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> headers;  // besides type, length, date
    std::string body;
    // Instead of body. With a length it is sent with Content-Length, otherwise chunked.
    std::unique_ptr<Source> source;
    std::optional<std::uint64_t> source_length;
};

// A value for Retry-After, in seconds: a queue drains in less than the smallest, and not everybody
// who was turned away comes back at the same moment.
std::string retry_after();

}  // namespace handin::http
