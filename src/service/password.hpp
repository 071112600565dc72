#pragma once

#include <string>
#include <string_view>

namespace handin::service {

// Argon2id in its encoded form, with a random salt. Blocks for tens of milliseconds on purpose.
std::string hash_password(std::string_view password);

}  // namespace handin::service
