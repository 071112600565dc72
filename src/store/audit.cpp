#include "store/audit.hpp"

#include <utility>

#include "store/audit_receipts.hpp"
#include "store/audit_rows.hpp"

namespace handin::store {
namespace {

std::string id_or_nothing(AuditCursor& row) {
    return row.null() ? "" : id_text(row.blob());
}

// A row of a page of files, or the reason why it cannot be read.
struct FileRow {
    NamedFile file;
    std::string reason;
};

FileRow file_row(AuditCursor& row) {
    FileRow found;
    found.file.attachment_id = row.id();
    try {
        if (!row.null()) found.file.submission_id = row.id();
        found.file.attempt = row.integer();
        found.file.storage_id = row.id();
        found.file.size = static_cast<std::uint64_t>(row.integer());
        found.file.sha256 = row.bytes<32>();
    } catch (const std::runtime_error& error) {
        found.reason = error.what();
    }
    return found;
}

}  // namespace

Audit::Audit(std::unique_ptr<AuditSource> source, std::function<void(const Finding&)> report,
             std::function<void(const std::string&)> step)
    : report_(std::move(report)), step_(std::move(step)), source_(std::move(source)) {}

// Where pages are damaged, what can still be read elsewhere is looked at all the same.
void Audit::all_or_report(const std::string& what, const std::function<void()>& work) {
    try {
        work();
    } catch (const SourceError& error) {
        if (!error.damage()) throw std::runtime_error(source_->name() + ": " + error.what());
        report_({.what = what + " cannot be read to the end: " + error.what(),
                 .submission = {},
                 .attachment = {}});
    }
}

void Audit::check_pages(bool quick) {
    step_("checking the pages of the database");
    all_or_report("the database", [&] {
        source_->check_pages(quick, [this](const std::string& fault) {
            report_({.what = "the database: " + fault, .submission = {}, .attachment = {}});
        });
    });
}

RowCounts Audit::check_rows(bool hash) {
    RowCounts counts;
    source_->begin();
    RowAudit rows(*source_, report_, step_);
    all_or_report("the outbox", [&] { counts.events = rows.check_events(); });
    all_or_report("the submissions", [&] { rows.check_submissions(hash, counts); });
    for (std::size_t i = 0; i < source_->references(); ++i) {
        step_("checking references");
        all_or_report("a table", [&] {
            const auto broken = source_->open_reference(i);
            while (broken->next()) {
                Finding finding;
                finding.submission = id_or_nothing(*broken);
                finding.attachment = id_or_nothing(*broken);
                finding.what = broken->text();
                report_(finding);
            }
        });
    }
    source_->end();
    return counts;
}

std::uint64_t Audit::check_receipts(const ReceiptsSeen& seen) {
    std::uint64_t count = 0;
    if (!source_->has_latest_schema()) return count;
    step_("checking receipts");
    source_->begin();
    all_or_report("the receipts",
                  [&] { count = ReceiptAudit(*source_, report_, step_).run(seen); });
    source_->end();
    return count;
}

void Audit::each_file(const std::function<void(const NamedFile&)>& see) {
    all_or_report("the attachments", [&] {
        for (Uuid after;;) {
            std::vector<FileRow> page;
            for (const auto rows = source_->open(AuditQuestion::files, {&after, 1}); rows->next();)
                page.push_back(file_row(*rows));
            if (page.empty()) return;
            for (const auto& [file, reason] : page)
                if (reason.empty())
                    see(file);
                else
                    report_({.what = "the attachment's row cannot be read: " + reason,
                             .submission = {},
                             .attachment = file.attachment_id.str()});
            after = page.back().file.attachment_id;
        }
    });
}

std::vector<Uuid> Audit::unnamed(std::span<const Uuid> storage_ids) {
    std::vector<Uuid> found;
    if (source_->has_latest_schema())
        all_or_report("the attachments", [&] { found = source_->unnamed(storage_ids); });
    return found;
}

}  // namespace handin::store
