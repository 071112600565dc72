// Inside http/: what a Request looks into.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "http/parser.hpp"
#include "http/routes.hpp"

namespace handin::http {

struct Request::Parts {
    const Head* head = nullptr;
    std::string_view query;  // without '?'
    std::string_view host;   // as the client sees it, with its port
    const Route* route = nullptr;
    std::array<std::string_view, kMostParameters> values;  // of the route's parameters, encoded
    Body* body = nullptr;
};

}  // namespace handin::http
