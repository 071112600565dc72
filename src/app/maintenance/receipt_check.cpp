#include "app/maintenance/receipt_check.hpp"

#include <algorithm>

#include "app/receipt_keys.hpp"
#include "receipt/merkle.hpp"
#include "receipt/receipt.hpp"

namespace handin::app {

// Read again for one that is not known: a server may have been started with a new key meanwhile.
bool ReceiptCheck::may_sign(const receipt::SigningPublicKey& key) {
    if (std::ranges::find(known_, key) != known_.end()) return true;
    known_ = known_receipt_keys(data_);
    return known_.empty() || std::ranges::find(known_, key) != known_.end();
}

void ReceiptCheck::check(const domain::ReceiptBatch& batch) {
    const auto wrong = [&](const std::string& what) {
        report_({.what = "batch of receipts " + batch.id.str() + ": " + what,
                 .submission = {},
                 .attachment = {}});
    };
    if (receipt::tree_root(batch.leaves) != batch.root) wrong("the root is not that of its leaves");
    const auto signed_text =
        receipt::canonical(receipt::BatchHead{.id = batch.id,
                                              .committed_at = batch.committed_at,
                                              .key = batch.key,
                                              .root = batch.root,
                                              .size = batch.leaves.size()});
    if (!receipt::verify(batch.key, batch.signature, signed_text)) wrong("the signature is wrong");
    if (!may_sign(batch.key))
        wrong("the key " + receipt::key_id(batch.key) + " is not one of the server's");
}

void ReceiptCheck::check(const store::ReceiptedRow& row, const domain::ReceiptBatch& batch) const {
    const auto& attempt = row.attempt;
    const receipt::Subject subject{.account_id = row.account_id,
                                   .class_id = row.class_id,
                                   .assignment_id = row.assignment_id,
                                   .person_id = row.person_id};
    const auto& place = *attempt.receipt;
    const auto leaf = receipt::leaf_hash(receipt::leaf_entry(place.salt, subject, attempt));
    if (leaf == batch.leaves[place.index]) return;
    report_({.what = "attempt " + std::to_string(attempt.number) +
                     ": its receipt says something else than its rows",
             .submission = attempt.submission_id.str(),
             .attachment = {}});
}

}  // namespace handin::app
