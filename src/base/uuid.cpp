#include "base/uuid.hpp"

#include <openssl/evp.h>

#include <stdexcept>

#include "base/encoding.hpp"
#include "base/random.hpp"

namespace handin {
namespace {

constexpr char kHex[] = "0123456789abcdef";

bool hyphen_at(std::size_t position) {
    return position == 8 || position == 13 || position == 18 || position == 23;
}

void stamp(Uuid& id, unsigned version) {
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0fU) | (version << 4U));
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3fU) | 0x80U);
}

}  // namespace

std::string Uuid::str() const {
    std::string text(36, '-');
    std::size_t at = 0;
    for (auto byte : bytes) {
        if (hyphen_at(at)) ++at;
        text[at++] = kHex[byte >> 4U];
        text[at++] = kHex[byte & 0x0fU];
    }
    return text;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    Uuid id;
    std::size_t digit = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (hyphen_at(at)) {
            if (text[at] != '-') return std::nullopt;
            continue;
        }
        const int value = hex_value(text[at]);
        if (value < 0) return std::nullopt;
        auto& byte = id.bytes[digit / 2];
        byte = static_cast<std::uint8_t>((unsigned{byte} << 4U) | static_cast<unsigned>(value));
        ++digit;
    }
    return id;
}

Uuid uuid_v5(const Uuid& space, std::span<const std::uint8_t> name) {
    struct Sha1 {
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        ~Sha1() { EVP_MD_CTX_free(context); }
    };
    thread_local const Sha1 sha1;
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
    std::array<std::uint8_t, 20> digest{};
    // Unnoticed, a failure (a crypto policy without SHA-1) would make all ids the same.
    if (EVP_DigestInit_ex(sha1.context, algorithm, nullptr) != 1 ||
        EVP_DigestUpdate(sha1.context, space.bytes.data(), space.bytes.size()) != 1 ||
        EVP_DigestUpdate(sha1.context, name.data(), name.size()) != 1 ||
        EVP_DigestFinal_ex(sha1.context, digest.data(), nullptr) != 1)
        throw std::runtime_error("SHA-1 is not available");
    Uuid id;
    std::memcpy(id.bytes.data(), digest.data(), id.bytes.size());
    stamp(id, 5);
    return id;
}

Uuid uuid_v5(const Uuid& space, std::string_view name) {
    return uuid_v5(space,
                   std::span(reinterpret_cast<const std::uint8_t*>(name.data()), name.size()));
}

Uuid uuid_v7(Time now) {
    Uuid id;
    fill_random(id.bytes);
    auto millis = static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count());
    for (std::size_t i = 6; i-- > 0;) {
        id.bytes[i] = static_cast<std::uint8_t>(millis & 0xffU);
        millis >>= 8U;
    }
    stamp(id, 7);
    return id;
}

Time time_of(const Uuid& v7) {
    std::int64_t millis = 0;
    for (std::size_t i = 0; i < 6; ++i)
        millis = millis << 8 | v7.bytes[i];
    return Time(std::chrono::milliseconds(millis));
}

Uuid uuid_v4() {
    Uuid id;
    fill_random(id.bytes);
    stamp(id, 4);
    return id;
}

}  // namespace handin
