// Randomness from the kernel, drawn in blocks so that an id does not cost a system call.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace handin {

// Cryptographically strong. Throws std::system_error if the kernel has none to give.
void fill_random(std::span<std::uint8_t> out);

// A bearer token or secret: 256 bits, 43 characters of base64url.
std::string random_token();

}  // namespace handin
