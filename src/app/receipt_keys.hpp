// The keys of receipts in the data folder: the one that signs, and the public part of each that
// ever has.
#pragma once

#include <filesystem>
#include <vector>

#include "receipt/keys.hpp"

namespace handin::app {

// The key that signs; makes one at first. All throw std::exception with a sentence for the
// operator.
receipt::SigningKey open_receipt_key(const std::filesystem::path& data);

// Newest first: also after rotations, the first is the one in use.
std::vector<receipt::SigningPublicKey> known_receipt_keys(const std::filesystem::path& data);

// Puts a new key in place of the one in use, whose private part is gone then. A server that is
// running goes on with the old one until it is started again.
receipt::SigningPublicKey rotate_receipt_key(const std::filesystem::path& data);

}  // namespace handin::app
