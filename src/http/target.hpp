// Inside http/: the request target (RFC 9112 3.2).
#pragma once

#include <optional>
#include <string_view>

#include "http/request.hpp"

namespace handin::http {

struct Target {
    std::string_view text;   // origin-form: "/a?b=c", or "*"
    std::string_view path;   // without the query
    std::string_view query;  // without '?'
    std::string_view host;   // of the absolute-form, otherwise empty
};

// Views of `text`; nullopt if it is none that we answer. The absolute-form is taken because the RFC
// demands it; '*' only with OPTIONS; the authority-form never: we are no proxy.
std::optional<Target> read_target(std::string_view text, Method method);

}  // namespace handin::http
