// The envelopes of every Tabula reply (tabula.md 1.1, 1.3), and what a call gathers on its way.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "domain/access.hpp"
#include "domain/refusal.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace handin::tabula {

namespace json = boost::json;

// A request on its way through the dialect.
struct Call {
    http::Request request;
    domain::Actor actor;
    std::string username;
};

// One thing that is wrong with what was sent (shape A); without a field it is global.
struct Fault {
    std::string code;
    std::string message;
    std::string field = {};
};

// With `payload` beside "success" and "status".
http::Response success(json::object payload = {}, int status = 200);
// 201 with a Location; `path` below /api/v1.
http::Response created(const Call& call, std::string_view path, json::object payload);

// Shape A: all that is wrong, global faults first (they are sorted here), always 400.
http::Response invalid(const std::vector<Fault>& faults);
// Shape B.
http::Response failure(int status, std::string_view message);

// "Item not found of type X".
http::Response not_found(std::string_view type);
http::Response forbidden(const Call& call, std::string_view permission, std::string_view target);
// What a service function has refused, where nothing more exact is said of it.
http::Response refused(const Call& call, const domain::Refusal& refusal,
                       std::string_view permission);

// Absolute; `path` below /api/v1.
std::string url_of(const http::Request& request, std::string_view path);

inline constexpr std::string_view kBase = "/api/v1";

}  // namespace handin::tabula
