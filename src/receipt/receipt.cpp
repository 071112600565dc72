#include "receipt/receipt.hpp"

#include <stdexcept>

#include "base/encoding.hpp"
#include "base/json_writer.hpp"
#include "receipt/merkle.hpp"

namespace handin::receipt {

std::string canonical(const BatchHead& batch) {
    std::string out;
    ObjectWriter object(out);
    object.plain("batch_id", batch.id.str());
    object.plain("committed_at", iso_micros(batch.committed_at));
    object.plain("key_id", key_id(batch.key));
    object.plain("root", hex(batch.root));
    object.number("size", batch.size);
    object.plain("type", "handin.batch.v1");
    object.end();
    return out;
}

Receipt receipt_of(const Subject& subject, domain::Attempt attempt,
                   const domain::ReceiptBatch& batch) {
    const auto& place = attempt.receipt;
    if (!place || place->batch_id != batch.id || place->index >= batch.leaves.size())
        throw std::runtime_error("a batch of receipts is damaged");
    Receipt receipt{.subject = subject,
                    .attempt = {},
                    .salt = place->salt,
                    .index = place->index,
                    .path = inclusion_path(batch.leaves, place->index),
                    .batch = {.id = batch.id,
                              .committed_at = batch.committed_at,
                              .key = batch.key,
                              .root = batch.root,
                              .size = batch.leaves.size()},
                    .signature = batch.signature};
    receipt.attempt = std::move(attempt);
    return receipt;
}

std::string render(const Receipt& receipt) {
    std::string out;
    ObjectWriter object(out);
    object.json("batch", canonical(receipt.batch));
    object.number("index", receipt.index);
    object.json("key", jwk(receipt.batch.key));
    object.begin("path");
    out += '[';
    for (const auto& hash : receipt.path) {
        if (out.back() != '[') out += ',';
        out += '"' + hex(hash) + '"';
    }
    out += ']';
    object.plain("salt", hex(receipt.salt));
    object.plain("signature", base64url(receipt.signature));
    object.begin("statement");
    append_statement(out, receipt.subject, receipt.attempt);
    object.plain("type", "handin.receipt.v1");
    object.end();
    return out;
}

std::expected<void, std::string> check(const Receipt& receipt) {
    const auto leaf = leaf_hash(leaf_entry(receipt.salt, receipt.subject, receipt.attempt));
    const auto root = root_by_path(leaf, receipt.index, receipt.batch.size, receipt.path);
    if (!root) return std::unexpected("the path does not fit index and size of the batch");
    if (*root != receipt.batch.root)
        return std::unexpected(
            "the statement is not in the signed batch: it, the salt, the index or the path has been"
            " changed");
    if (receipt.attempt.committed_at != receipt.batch.committed_at)
        return std::unexpected("the statement and its batch tell different times of commit");
    if (!verify(receipt.batch.key, receipt.signature, canonical(receipt.batch)))
        return std::unexpected(
            "the signature is not that of the key over the batch: one of the three has been"
            " changed");
    return {};
}

}  // namespace handin::receipt
