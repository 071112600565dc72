// Where the receipt of an attempt is, for the Handin-Receipt header of every dialect.
#pragma once

#include <string>

#include "base/uuid.hpp"
#include "http/request.hpp"

namespace handin::api {

inline constexpr const char* kReceiptHeader = "Handin-Receipt";
inline constexpr const char* kReceiptsPath = "/api/handin/v1/receipts/";

// Absolute, as the client of this request sees the server.
inline std::string receipt_url(const http::Request& request, const Uuid& attempt_id) {
    return request.base_url() + kReceiptsPath + attempt_id.str();
}

}  // namespace handin::api
