// The part of the audit that walks batches of receipts and the attempts that name them side by
// side.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "domain/coursework.hpp"
#include "domain/receipt.hpp"
#include "store/audit.hpp"

namespace handin::store {

// In one transaction of the caller's.
class ReceiptAudit {
 public:
    ReceiptAudit(AuditSource& source, const std::function<void(const Finding&)>& report,
                 const std::function<void(const std::string&)>& step)
        : source_(source), report_(report), step_(step) {}

    // Every attempt's batch is there and every leaf is of one attempt. Shows what is to be compared
    // beyond that. How many attempts have receipts.
    std::uint64_t run(const ReceiptsSeen& seen);

 private:
    struct Claim;  // an attempt that names a batch
    class Claims;

    std::optional<domain::ReceiptBatch> read_batch(AuditCursor& row, const std::string& id);
    void compare(const Claim& claim, const domain::ReceiptBatch& batch, std::uint64_t& free,
                 const ReceiptsSeen& seen);
    void show(const Claim& claim, const domain::ReceiptBatch& batch, const ReceiptsSeen& seen);
    void wrong(const Claim& claim, const std::string& what);
    void wrong(const std::string& batch_id, const std::string& what);

    AuditSource& source_;
    const std::function<void(const Finding&)>& report_;
    const std::function<void(const std::string&)>& step_;
};

}  // namespace handin::store
