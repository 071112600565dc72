// Inside http/: the compiled form of a Router.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/router.hpp"

namespace handin::http {

struct Route {
    std::string pattern;
    std::vector<std::string> names;  // of its parameters, in order
    Handler handler;
    RouteOptions options;
};

// As many parameters as any pattern may have: matching then needs no memory of its own.
inline constexpr std::size_t kMostParameters = 8;

struct Found {
    const Route* route = nullptr;
    std::array<std::string_view, kMostParameters> values;  // still percent-encoded
    std::string allow;  // if the path is known but not for this method
};

struct Router::Table {
    static constexpr std::size_t kMethods = 8;

    // One segment of the paths below it. Children are few, and a path has few segments.
    struct Node {
        std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
        std::unique_ptr<Node> parameter;
        std::array<std::unique_ptr<Route>, kMethods> routes;
    };
    template <class H>
    using ByPrefix = std::vector<std::pair<std::string, H>>;  // longest first

    Node root;
    ByPrefix<MissHandler> misses;
    ByPrefix<FailureHandler> failures;

    Found find(Method method, std::string_view path) const;
    const MissHandler* miss_for(std::string_view path) const;
    const FailureHandler* failure_for(std::string_view path) const;
};

}  // namespace handin::http
