// Gives each attempt of a commit its place in a signed batch.
#pragma once

#include <optional>
#include <span>

#include "domain/changes.hpp"
#include "receipt/keys.hpp"

namespace handin::receipt {

class Sealer {
 public:
    explicit Sealer(SigningKey key) : key_(std::move(key)) {}

    // Fills in where the attempts' receipts are; what comes back is to be committed with them.
    // Nothing, if there are no attempts. About 40 us, and 1.5 us an attempt. Not for two threads at
    // once. Throws std::runtime_error if signing fails.
    std::optional<domain::ReceiptBatch> seal(std::span<domain::Changes* const> accepted) const;

 private:
    SigningKey key_;
};

}  // namespace handin::receipt
