#include "service/password.hpp"

#include <argon2.h>

#include <array>
#include <stdexcept>

#include "base/random.hpp"

namespace handin::service {
namespace {

// OWASP's second choice of parameters: 19 MiB, two passes, one lane.
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kKibibytes = 19 * 1024;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kHashBytes = 32;

}  // namespace

std::string hash_password(std::string_view password) {
    std::array<std::uint8_t, 16> salt{};
    fill_random(salt);
    std::string encoded(
        argon2_encodedlen(kPasses, kKibibytes, kLanes, salt.size(), kHashBytes, Argon2_id), '\0');
    const int result =
        argon2id_hash_encoded(kPasses, kKibibytes, kLanes, password.data(), password.size(),
                              salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (result != ARGON2_OK) throw std::runtime_error(argon2_error_message(result));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

bool is_password(const std::string& hash, std::string_view password) {
    return argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

}  // namespace handin::service
