// The secret of a Standard Webhooks endpoint: "whsec_" and base64 of the key.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace handin::events {

std::string new_webhook_secret();

// Value of webhook-signature: "v1," and base64 of HMAC-SHA256 over "id.seconds.body". Throws
// std::runtime_error if the secret is none.
std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view seconds, std::string_view body);

// Value of Edlink-Signature (edlink.md 4.3): "t=seconds,v0=" and hex of HMAC-SHA256 over
// "seconds.body", with the secret as it stands.
std::string edlink_signature(std::string_view secret, std::string_view seconds,
                             std::string_view body);

}  // namespace handin::events
