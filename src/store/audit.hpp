// Whether the rows are sound: what `handin check` asks of a database, also beside a server.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "domain/coursework.hpp"
#include "domain/receipt.hpp"
#include "store/audit_source.hpp"
#include "store/named_file.hpp"

namespace handin::store {

// Something that is not as it must be.
struct Finding {
    std::string what;        // a phrase: "attempt 2 has no event"
    std::string submission;  // ids that it is about; empty: none, or not known
    std::string attachment;
};

struct RowCounts {
    std::uint64_t submissions = 0;
    std::uint64_t attempts = 0;
    std::uint64_t attachments = 0;
    std::uint64_t events = 0;
};

// An attempt that has a receipt, and where it belongs.
struct ReceiptedRow {
    Uuid account_id;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    domain::Attempt attempt;
};

// Gets what receipts are made from. An attempt comes after its batch, which has its leaf.
struct ReceiptsSeen {
    std::function<void(const domain::ReceiptBatch&)> batch;
    std::function<void(const ReceiptedRow&, const domain::ReceiptBatch&)> attempt;
};

// Blocks, for long. Uses a fixed amount of memory, and temporary files (of the engine's) for what
// must be sorted. Writes nothing else.
class Audit {
 public:
    // What is found goes to `report`; `step` is called again and again with what is being done.
    // All of it throws std::runtime_error for the operator if the engine does not answer.
    Audit(std::unique_ptr<AuditSource> source, std::function<void(const Finding&)> report,
          std::function<void(const std::string& doing)> step);

    // The engine's own structures. `quick`: without comparing indexes to tables.
    void check_pages(bool quick);
    // What rows say of each other, all at one moment: while a server writes to SQLite, its log
    // grows until this returns. `hash`: and the bytes that are kept in rows.
    RowCounts check_rows(bool hash);
    // Batches of receipts and the attempts that name them, all at one moment, too. How many such
    // attempts there are; none if the schema is older than receipts.
    std::uint64_t check_receipts(const ReceiptsSeen& seen);
    // Calls `see` for each, in the order of the attachments. No transaction is open meanwhile,
    // however long it takes; what is handed in during the walk may be seen or not.
    void each_file(const std::function<void(const NamedFile&)>& see);
    // None if the schema is not this binary's: rows that it does not have may name them.
    std::vector<Uuid> unnamed(std::span<const Uuid> storage_ids);

 private:
    void all_or_report(const std::string& what, const std::function<void()>& work);

    std::function<void(const Finding&)> report_;
    std::function<void(const std::string&)> step_;
    std::unique_ptr<AuditSource> source_;
};

}  // namespace handin::store
