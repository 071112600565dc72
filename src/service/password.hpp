#pragma once

#include <string>
#include <string_view>

namespace handin::service {

// Argon2id in its encoded form, with a random salt. Blocks for tens of milliseconds on purpose.
std::string hash_password(std::string_view password);

// Whether it is the password of that hash; takes as long as hashing, and as long for a wrong one.
bool is_password(const std::string& hash, std::string_view password);

}  // namespace handin::service
