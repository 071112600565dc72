// What is kept of receipts (docs/receipts.md), as plain data: how they are made is src/receipt.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::domain {

// Ed25519 (RFC 8032), encoded.
using SigningPublicKey = std::array<std::uint8_t, 32>;
using BatchSignature = std::array<std::uint8_t, 64>;

using Salt = std::array<std::uint8_t, 16>;

// Where the leaf of an attempt is.
struct ReceiptPlace {
    Uuid batch_id;
    std::uint32_t index = 0;
    Salt salt{};

    bool operator==(const ReceiptPlace&) const = default;
};

// The attempts of one commit, signed together.
struct ReceiptBatch {
    Uuid id;
    Time committed_at;  // as in each of its attempts
    SigningPublicKey key{};
    Digest256 root{};
    BatchSignature signature{};
    std::vector<Digest256> leaves;  // hashes, by index
};

}  // namespace handin::domain
