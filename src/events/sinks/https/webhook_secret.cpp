#include "events/sinks/https/webhook_secret.hpp"

#include <array>
#include <stdexcept>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

namespace handin::events {
namespace {

constexpr std::string_view kPrefix = "whsec_";

}  // namespace

std::string new_webhook_secret() {
    std::array<std::uint8_t, 32> key{};
    fill_random(key);
    return std::string(kPrefix) + base64(key);
}

std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::string_view seconds, std::string_view body) {
    const auto key =
        secret.starts_with(kPrefix) ? base64_decode(secret.substr(kPrefix.size())) : std::nullopt;
    if (!key) throw std::runtime_error("a secret that is none of Standard Webhooks");
    std::string text;
    text.reserve(id.size() + seconds.size() + body.size() + 2);
    text.append(id).append(".").append(seconds).append(".").append(body);
    return "v1," + base64(hmac_sha256(*key, text));
}

std::string edlink_signature(std::string_view secret, std::string_view seconds,
                             std::string_view body) {
    std::string text;
    text.reserve(seconds.size() + body.size() + 1);
    text.append(seconds).append(".").append(body);
    return "t=" + std::string(seconds) + ",v0=" + hex(hmac_sha256(secret, text));
}

}  // namespace handin::events
