#include "app/maintenance/check.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "app/maintenance/kept_files.hpp"
#include "app/maintenance/receipt_check.hpp"
#include "store/audit.hpp"
#include "store/postgres/audit_source.hpp"
#include "store/sqlite/audit_source.hpp"

namespace handin::app {
namespace {

using store::Audit;
using store::NamedFile;
using store::ReceiptedRow;

constexpr std::size_t kBatch = 65'536;  // files that are asked about at a time: 1 MiB of ids

std::unique_ptr<store::AuditSource> audit_source(const Places& places) {
    if (!places.server.empty())
        return std::make_unique<store::postgres::PostgresAuditSource>(places.server);
    return std::make_unique<store::sqlite::SqliteAuditSource>(places.database);
}

class Check {
 public:
    Check(const Places& places, bool quick, CheckOutput output, const S3Settings& s3)
        : files_(open_kept_files(places, s3)),
          quick_(quick),
          output_(std::move(output)),
          data_(places.data) {
        try {
            audit_.emplace(
                audit_source(places),
                [this](const store::Finding& finding) {
                    report({finding.what, finding.submission, finding.attachment});
                },
                [this](const std::string& doing) { output_.progress->say(doing); });
        } catch (const store::SourceError& error) {
            report({places.database.string() + " cannot be read: " + error.what(), "", ""});
        }
    }

    CheckResult run() {
        if (!audit_) return result_;
        audit_->check_pages(quick_);
        const auto rows = audit_->check_rows(!quick_);
        result_.submissions = rows.submissions;
        result_.attempts = rows.attempts;
        result_.attachments = rows.attachments;
        result_.events = rows.events;
        check_receipts();
        audit_->each_file([this](const NamedFile& file) { check_file(file); });
        find_unnamed();
        return result_;
    }

 private:
    void report(const Problem& problem) {
        ++result_.problems;
        output_.progress->clear();
        output_.problem(problem);
    }

    void check_receipts() {
        ReceiptCheck receipts(data_, [this](const Problem& problem) { report(problem); });
        result_.receipts = audit_->check_receipts(
            {.batch =
                 [&](const domain::ReceiptBatch& batch) {
                     if (!quick_) receipts.check(batch);
                 },
             .attempt =
                 [&](const ReceiptedRow& row, const domain::ReceiptBatch& batch) {
                     if (!quick_) receipts.check(row, batch);
                 }});
    }

    void check_file(const NamedFile& file) {
        if (++result_.files % 100 == 0)
            output_.progress->say("checking files: " + std::to_string(result_.files));
        result_.file_bytes += file.size;
        const auto wrong = [&](const std::string& what) {
            report({"attempt " + std::to_string(file.attempt) + ": file " + file.storage_id.str() +
                        ' ' + what,
                    file.submission_id ? file.submission_id->str() : "", file.attachment_id.str()});
        };
        try {
            const auto size = files_->size(file.storage_id);
            if (size != file.size)
                wrong("has " + std::to_string(size) + " bytes instead of " +
                      std::to_string(file.size));
            else if (!quick_ && files_->content(file.storage_id).sha256 != file.sha256)
                wrong("has been altered");
        } catch (const std::system_error& error) {
            if (error.code() == std::errc::no_such_file_or_directory)
                wrong("is not there");
            else
                wrong("cannot be read: " + error.code().message());
        }
    }

    void find_unnamed() {
        std::vector<Uuid> ids;
        const auto ask = [&] {
            std::ranges::sort(ids);
            for (const auto& id : audit_->unnamed(ids)) {
                ++result_.unnamed;
                output_.progress->clear();
                output_.unnamed(files_->name(id));
            }
            ids.clear();
        };
        output_.progress->say("looking for files that nothing names");
        files_->each([&](const Uuid& id) {
            ids.push_back(id);
            if (ids.size() == kBatch) ask();
        });
        ask();
    }

    std::unique_ptr<KeptFiles> files_;
    bool quick_;
    CheckOutput output_;
    CheckResult result_;
    std::filesystem::path data_;
    std::optional<Audit> audit_;
};

}  // namespace

std::string line_of(const Problem& problem) {
    std::string about;
    if (!problem.submission.empty()) about = "submission " + problem.submission;
    if (!problem.attachment.empty())
        about += (about.empty() ? "attachment " : ", attachment ") + problem.attachment;
    return about.empty() ? problem.what : about + ": " + problem.what;
}

CheckResult check(const Places& places, bool quick, CheckOutput output, const S3Settings& s3) {
    return Check(places, quick, std::move(output), s3).run();
}

}  // namespace handin::app
