// Replies of handin's own API.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "domain/refusal.hpp"
#include "http/response.hpp"

namespace handin::admin {

// JSON that is not to be kept by caches.
http::Response rendered(int status, std::string json);
http::Response rendered(int status, const boost::json::object& object);

// {"error":{"code":…,"message":…}}
http::Response failure(int status, std::string_view code, std::string_view message);

// The same for what a service has refused.
http::Response refused(const domain::Refusals& refusals);

}  // namespace handin::admin
