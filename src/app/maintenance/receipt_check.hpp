// Whether receipts that are kept would convince somebody who verifies them.
#pragma once

#include <filesystem>
#include <functional>
#include <utility>
#include <vector>

#include "app/maintenance/check.hpp"
#include "receipt/keys.hpp"
#include "store/audit.hpp"

namespace handin::app {

class ReceiptCheck {
 public:
    // `data`: the folder in which the server keeps the keys that have signed; if there are none any
    // key may have.
    ReceiptCheck(std::filesystem::path data, std::function<void(const Problem&)> report)
        : data_(std::move(data)), report_(std::move(report)) {}

    // The signature of the batch is that of its key, and its root that of its leaves.
    void check(const domain::ReceiptBatch& batch);
    // The leaf that the batch has for this attempt is that of what is stated of it now.
    void check(const store::ReceiptedRow& row, const domain::ReceiptBatch& batch) const;

 private:
    bool may_sign(const receipt::SigningPublicKey& key);

    std::filesystem::path data_;
    std::function<void(const Problem&)> report_;
    std::vector<receipt::SigningPublicKey> known_;
};

}  // namespace handin::app
