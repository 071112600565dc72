// ?after=ID&limit=N of handin's own lists.
#pragma once

#include <expected>
#include <string>

#include "http/request.hpp"
#include "service/coursework.hpp"

namespace handin::admin {

// An error is a sentence for the caller.
std::expected<service::Page, std::string> page_of(const http::Request& request);

}  // namespace handin::admin
