#include "receipt/sealer.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/random.hpp"
#include "receipt/merkle.hpp"
#include "receipt/receipt.hpp"

namespace handin::receipt {
namespace {

// An attempt is committed with the event that tells of it, and that knows where it belongs.
Subject subject_of(const domain::Changes& changes, const domain::Attempt& attempt) {
    const auto event =
        std::ranges::find(changes.events, attempt.submission_id, &domain::Event::submission_id);
    if (event == changes.events.end()) throw std::logic_error("an attempt without its event");
    return {.account_id = event->account_id,
            .class_id = event->class_id,
            .assignment_id = event->assignment_id,
            .person_id = event->person_id};
}

}  // namespace

std::optional<domain::ReceiptBatch> Sealer::seal(std::span<domain::Changes* const> accepted) const {
    domain::ReceiptBatch batch;
    for (auto* changes : accepted)
        for (auto& attempt : changes->attempts) {
            if (batch.leaves.empty()) {
                batch.committed_at = attempt.committed_at;
                batch.id = uuid_v7(attempt.committed_at);
            }
            auto& place = attempt.receipt.emplace();
            place.batch_id = batch.id;
            place.index = static_cast<std::uint32_t>(batch.leaves.size());
            fill_random(place.salt);
            batch.leaves.push_back(
                leaf_hash(leaf_entry(place.salt, subject_of(*changes, attempt), attempt)));
        }
    if (batch.leaves.empty()) return std::nullopt;
    batch.key = key_.public_key();
    batch.root = tree_root(batch.leaves);
    batch.signature = key_.sign(canonical(BatchHead{.id = batch.id,
                                                    .committed_at = batch.committed_at,
                                                    .key = batch.key,
                                                    .root = batch.root,
                                                    .size = batch.leaves.size()}));
    return batch;
}

}  // namespace handin::receipt
