#include "store/audit_receipts.hpp"

#include "store/audit_rows.hpp"
#include "store/packed.hpp"

namespace handin::store {
namespace {

Uuid one_id(const std::string& bytes) {
    const auto ids = unpack_ids(bytes);
    if (ids.size() != 1) throw std::runtime_error("an id has the wrong length");
    return ids.front();
}

}  // namespace

struct ReceiptAudit::Claim {
    std::string batch_id;  // bytes
    std::int64_t index = 0;
    std::string attempt_id;  // bytes
    std::string submission_id;
    std::int64_t number = 0;
};

// By batch and index, with one row of outlook.
class ReceiptAudit::Claims {
 public:
    explicit Claims(AuditSource& source) : rows_(source.open(AuditQuestion::claims)) { advance(); }

    const std::optional<Claim>& next() const { return next_; }
    void advance() {
        next_.reset();
        if (!rows_->next()) return;
        next_.emplace();
        next_->batch_id = rows_->blob();
        next_->index = rows_->integer();
        next_->attempt_id = rows_->blob();
        next_->submission_id = rows_->blob();
        next_->number = rows_->integer();
    }

 private:
    std::unique_ptr<AuditCursor> rows_;
    std::optional<Claim> next_;
};

void ReceiptAudit::wrong(const Claim& claim, const std::string& what) {
    report_({.what = "attempt " + std::to_string(claim.number) + ": " + what,
             .submission = id_text(claim.submission_id),
             .attachment = {}});
}

void ReceiptAudit::wrong(const std::string& batch_id, const std::string& what) {
    report_({.what = "batch of receipts " + id_text(batch_id) + ": " + what,
             .submission = {},
             .attachment = {}});
}

std::uint64_t ReceiptAudit::run(const ReceiptsSeen& seen) {
    Claims claims(source_);
    std::uint64_t count = 0;
    const auto strangers_before = [&](const std::string* id) {
        for (; claims.next() && (id == nullptr || claims.next()->batch_id < *id);
             claims.advance(), ++count)
            wrong(*claims.next(), "its receipt names the batch " +
                                      id_text(claims.next()->batch_id) + ", which is not there");
    };
    const auto batches = source_.open(AuditQuestion::batches);
    while (batches->next()) {
        const auto id = batches->blob();
        strangers_before(&id);
        const auto batch = read_batch(*batches, id);
        if (batch) seen.batch(*batch);
        std::uint64_t free = 0;  // the first leaf that no attempt has had yet
        for (; claims.next() && claims.next()->batch_id == id; claims.advance()) {
            if (++count % 1000 == 0) step_("checking receipts: " + std::to_string(count));
            if (batch) compare(*claims.next(), *batch, free, seen);
        }
        for (; batch && free < batch->leaves.size(); ++free)
            wrong(id, "leaf " + std::to_string(free) + " is of no attempt");
    }
    strangers_before(nullptr);
    return count;
}

std::optional<domain::ReceiptBatch> ReceiptAudit::read_batch(AuditCursor& row,
                                                             const std::string& id) {
    try {
        return domain::ReceiptBatch{.id = one_id(id),
                                    .committed_at = from_micros(row.integer()),
                                    .key = row.bytes<32>(),
                                    .root = row.bytes<32>(),
                                    .signature = row.bytes<64>(),
                                    .leaves = unpack_digests(row.blob())};
    } catch (const std::runtime_error& error) {
        wrong(id, std::string("the row cannot be read: ") + error.what());
        return std::nullopt;
    }
}

void ReceiptAudit::compare(const Claim& claim, const domain::ReceiptBatch& batch,
                           std::uint64_t& free, const ReceiptsSeen& seen) {
    const auto index = static_cast<std::uint64_t>(claim.index);
    if (claim.index < 0 || index >= batch.leaves.size())
        return wrong(claim, "its receipt is leaf " + std::to_string(claim.index) +
                                " of a batch of " + std::to_string(batch.leaves.size()));
    if (index < free)
        wrong(claim, "its receipt is leaf " + std::to_string(index) + ", as is another's");
    for (; free < index; ++free)
        wrong(claim.batch_id, "leaf " + std::to_string(free) + " is of no attempt");
    free = index + 1;
    show(claim, batch, seen);
}

void ReceiptAudit::show(const Claim& claim, const domain::ReceiptBatch& batch,
                        const ReceiptsSeen& seen) {
    try {
        const auto submission = one_id(claim.submission_id);
        const auto subject = source_.open(AuditQuestion::subject, {&submission, 1});
        if (!subject->next()) return;  // which is told elsewhere
        ReceiptedRow row;
        row.assignment_id = subject->id();
        row.person_id = subject->id();
        row.class_id = subject->id();
        row.account_id = subject->id();
        auto attempt = source_.attempt(one_id(claim.attempt_id));
        if (!attempt) return;
        row.attempt = std::move(*attempt);
        seen.attempt(row, batch);
    } catch (const std::runtime_error& error) {
        wrong(claim, std::string("its receipt cannot be made: ") + error.what());
    }
}

}  // namespace handin::store
