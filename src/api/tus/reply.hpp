// Answers about uploads: JSON for everybody, header fields for clients of tus.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "domain/refusal.hpp"
#include "domain/upload.hpp"
#include "http/response.hpp"

namespace handin::tus {

inline constexpr std::string_view kPath = "/api/handin/v1/uploads";
inline constexpr std::string_view kVersion = "1.0.0";

std::string url_of(const Uuid& upload_id);  // below the host

// {"error":{"code","message"}}; with Retry-After, WWW-Authenticate or Tus-Version where they
// belong.
http::Response failure(int status, std::string_view code, std::string_view message);
// The table is in reply.cpp.
http::Response failure(const domain::Refusals& refusals);

// The facts of an upload, as JSON.
http::Response shown(int status, const domain::Upload& upload);
// {"uploads":[…]}, and "ignored" if there is something.
http::Response shown(int status, const std::vector<domain::Upload>& uploads,
                     const std::vector<std::string>& ignored);

// No body; Tus-Resumable, Upload-Offset and Upload-Expires.
http::Response progress(int status, const domain::Upload& upload);

}  // namespace handin::tus
