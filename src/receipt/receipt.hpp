// A receipt (docs/receipts.md): what is stated of an attempt, and the way from there to a
// signature.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "receipt/keys.hpp"
#include "receipt/statement.hpp"

namespace handin::receipt {

// What is signed of a batch.
struct BatchHead {
    Uuid id;
    Time committed_at;
    SigningPublicKey key{};
    Digest256 root{};
    std::uint64_t size = 0;  // leaves
};

struct Receipt {
    Subject subject;
    domain::Attempt attempt;  // without ids and storage of its attachments
    domain::Salt salt{};
    std::uint64_t index = 0;
    std::vector<Digest256> path;
    BatchHead batch;
    domain::BatchSignature signature{};
};

// The bytes that are signed.
std::string canonical(const BatchHead& batch);

// The receipt of an attempt that has one. Throws std::runtime_error if it is not of this batch.
Receipt receipt_of(const Subject& subject, domain::Attempt attempt,
                   const domain::ReceiptBatch& batch);

// As JSON in canonical form.
std::string render(const Receipt& receipt);

// Reads what render() writes, with white space where JSON allows it, and nothing else: each byte
// that means anything is one that render() would write again. An error is a sentence.
std::expected<Receipt, std::string> parse(std::string_view text);

// Whether the statement is in the batch and the batch is signed by the key that the receipt itself
// names. An error is a sentence.
std::expected<void, std::string> check(const Receipt& receipt);

}  // namespace handin::receipt
