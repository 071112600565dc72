#include "http/router.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/routes.hpp"
#include "http/uri.hpp"

namespace handin::http {
namespace {

using Node = Router::Table::Node;
using Values = std::array<std::string_view, kMostParameters>;

std::size_t index_of(Method method) {
    return static_cast<std::size_t>(method);
}

// Takes the next segment off "/a/b": "a", leaving "/b". `path` begins with '/'.
std::string_view take_segment(std::string_view& path) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, end - 1);
    path.remove_prefix(end);
    return segment;
}

const Route* route_of(const Node& node, Method method) {
    const auto* route = node.routes[index_of(method)].get();
    if (!route && method == Method::head) route = node.routes[index_of(Method::get)].get();
    return route;
}

void add_allowed(std::string& allow, std::string_view name) {
    if (name.empty() || allow.find(name) != std::string::npos) return;
    if (!allow.empty()) allow += ", ";
    allow += name;
}

class Search {
 public:
    Search(Method method, Found& found) : method_(method), found_(found) {}

    // Depth first, literal before parameter. A node without this method does not end the search:
    // "/files/:id" may have the method that "/files/new" has not.
    bool walk(const Node& node, std::string_view path, std::size_t depth) {
        if (path.empty()) return arrive(node);
        const auto segment = take_segment(path);
        if (const auto* next = literal(node, segment); next && walk(*next, path, depth))
            return true;
        if (!node.parameter || segment.empty()) return false;
        found_.values[depth] = segment;
        return walk(*node.parameter, path, depth + 1);
    }

 private:
    static const Node* literal(const Node& node, std::string_view segment) {
        const auto at = segment.find('%') == std::string_view::npos
                            ? node.literals.find(segment)
                            : node.literals.find(percent_decode(segment));
        return at == node.literals.end() ? nullptr : at->second.get();
    }

    bool arrive(const Node& node) {
        found_.route = route_of(node, method_);
        if (found_.route) return true;
        for (std::size_t i = 0; i < node.routes.size(); ++i) {
            if (!node.routes[i]) continue;
            add_allowed(found_.allow, name_of(static_cast<Method>(i)));
            if (i == index_of(Method::get)) add_allowed(found_.allow, "HEAD");
        }
        return false;
    }

    Method method_;
    Found& found_;
};

// "/api/v1" covers "/api/v1" and "/api/v1/x", but not "/api/v10".
bool covers(std::string_view prefix, std::string_view path) {
    if (!path.starts_with(prefix)) return false;
    return path.size() == prefix.size() || prefix.empty() || prefix.ends_with('/') ||
           path[prefix.size()] == '/';
}

template <class Table, class H>
void insert(Table& table, std::string_view prefix, H handler) {
    const auto at = std::ranges::find_if(
        table, [&](const auto& entry) { return entry.first.size() < prefix.size(); });
    table.emplace(at, std::string(prefix), std::move(handler));
}

template <class Table>
auto* first_covering(const Table& table, std::string_view path) {
    const auto at =
        std::ranges::find_if(table, [&](const auto& entry) { return covers(entry.first, path); });
    return at == table.end() ? nullptr : &at->second;
}

}  // namespace

Router::Router() : table_(std::make_unique<Table>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Method method, std::string_view pattern, Handler handler, RouteOptions options) {
    const auto fail = [&](std::string_view why) {
        throw std::logic_error("route " + std::string(pattern) + ": " + std::string(why));
    };
    if (!pattern.starts_with('/')) fail("must begin with /");
    auto route = std::make_unique<Route>();
    auto* node = &table_->root;
    for (auto rest = pattern; !rest.empty();) {
        const auto segment = take_segment(rest);
        if (segment.starts_with(':')) {
            route->names.emplace_back(segment.substr(1));
            if (!node->parameter) node->parameter = std::make_unique<Node>();
            node = node->parameter.get();
        } else {
            auto& next = node->literals[std::string(segment)];
            if (!next) next = std::make_unique<Node>();
            node = next.get();
        }
    }
    if (route->names.size() > kMostParameters) fail("too many parameters");
    auto& place = node->routes[index_of(method)];
    if (place) fail("is taken by " + place->pattern);
    route->pattern = pattern;
    route->handler = std::move(handler);
    route->options = options;
    place = std::move(route);
}

void Router::on_miss(std::string_view prefix, MissHandler handler) {
    insert(table_->misses, prefix, std::move(handler));
}

void Router::on_failure(std::string_view prefix, FailureHandler handler) {
    insert(table_->failures, prefix, std::move(handler));
}

Found Router::Table::find(Method method, std::string_view path) const {
    Found found;
    if (path.starts_with('/')) Search(method, found).walk(root, path, 0);
    return found;
}

const Router::MissHandler* Router::Table::miss_for(std::string_view path) const {
    return first_covering(misses, path);
}

const Router::FailureHandler* Router::Table::failure_for(std::string_view path) const {
    return first_covering(failures, path);
}

}  // namespace handin::http
