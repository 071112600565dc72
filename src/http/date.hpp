// Dates as HTTP writes them.
#pragma once

#include <chrono>
#include <string>

namespace handin::http {

// IMF-fixdate (RFC 9110 5.6.7): Mon, 03 Mar 2025 09:00:00 GMT.
std::string http_date(std::chrono::sys_seconds time);

}  // namespace handin::http
