// Inside http/: the head of a reply as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "http/response.hpp"

namespace handin::http {

struct Framing {
    std::optional<std::uint64_t> length;  // Content-Length
    bool chunked = false;
    bool close = false;
    bool http_1_1 = true;
};

// Status 1xx, 204 and 304 have no body, and no Content-Length that could be taken for one.
bool may_have_body(int status);

// Appends status line and fields. A control character in a field's value becomes a space: what a
// client named a file must not become a header.
void format_head(std::string& out, const Response& response, const Framing& framing,
                 std::string_view request_id, Time now);

}  // namespace handin::http
