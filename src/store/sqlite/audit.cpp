#include "store/sqlite/audit.hpp"

#include <sqlite3.h>

#include <utility>

#include "store/sqlite/audit_receipts.hpp"
#include "store/sqlite/audit_rows.hpp"
#include "store/sqlite/migrate.hpp"

namespace handin::store::sqlite {
namespace {

// A row that names another which is not there, or is not named back: submission, attachment (or
// NULL) and what is wrong. The other direction is looked at row by row (audit_rows.hpp).
constexpr const char* kReferences[] = {
    "SELECT s.id, NULL, 'the assignment is not there' FROM submission s"
    " LEFT JOIN assignment a ON a.id = s.assignment_id WHERE a.id IS NULL",
    "SELECT s.id, NULL, 'the person is not there' FROM submission s"
    " LEFT JOIN person p ON p.id = s.person_id WHERE p.id IS NULL",
    "SELECT t.submission_id, NULL, 'attempt ' || t.number || ' is not in the submission''s list'"
    " FROM attempt t LEFT JOIN submission s ON s.id = t.submission_id"
    " WHERE substr(s.attempts, 16 * t.number - 15, 16) IS NOT t.id",
    "SELECT t.submission_id, a.id, 'no attempt has the attachment in its list' FROM attachment a"
    " LEFT JOIN attempt t ON t.id = a.attempt_id"
    " WHERE t.id IS NULL OR instr(t.attachments, a.id) = 0",
    "SELECT NULL, NULL, 'class ' || lower(hex(c.id)) || ' has no account or no department'"
    " FROM class c LEFT JOIN account a ON a.id = c.account_id"
    " LEFT JOIN department d ON d.id = c.department_id WHERE a.id IS NULL OR d.id IS NULL",
    "SELECT NULL, NULL, 'assignment ' || lower(hex(a.id)) || ' has no class' FROM assignment a"
    " LEFT JOIN class c ON c.id = a.class_id WHERE c.id IS NULL",
    "SELECT NULL, NULL, 'person ' || lower(hex(p.id)) || ' has no account' FROM person p"
    " LEFT JOIN account a ON a.id = p.account_id WHERE a.id IS NULL",
    "SELECT NULL, NULL, 'enrollment ' || lower(hex(e.id)) || ' has no class or no person'"
    " FROM enrollment e LEFT JOIN class c ON c.id = e.class_id"
    " LEFT JOIN person p ON p.id = e.person_id WHERE c.id IS NULL OR p.id IS NULL",
};

constexpr int kMostPageErrors = 100;  // of one check; SQLite's own default

bool is_damage(const SQLite::Exception& error) {
    const int code = error.getErrorCode() & 0xff;
    return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

Connection opened(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file))
        throw std::runtime_error("there is no database " + file.string());
    try {
        Connection db(file, Access::read_only);
        schema_of(db);
        db.database().exec("PRAGMA temp_store = FILE");  // what is sorted may be large
        return db;
    } catch (const SQLite::Exception& error) {
        if (is_damage(error)) throw Unreadable(error.what());
        throw std::runtime_error(file.string() + ": " + error.what());
    }
}

std::string id_or_nothing(Query& row) {
    return row.null() ? "" : id_text(row.blob());
}

}  // namespace

Audit::Audit(const std::filesystem::path& file, std::function<void(const Finding&)> report,
             std::function<void(const std::string&)> step)
    : report_(std::move(report)), step_(std::move(step)), db_(opened(file)) {}

// Where pages are damaged, what can still be read elsewhere is looked at all the same.
void Audit::all_or_report(const std::string& what, const std::function<void()>& work) {
    try {
        work();
    } catch (const SQLite::Exception& error) {
        if (!is_damage(error)) throw;
        report_({.what = what + " cannot be read to the end: " + error.what(),
                 .submission = {},
                 .attachment = {}});
    }
}

void Audit::check_pages(bool quick) {
    step_("checking the pages of the database");
    all_or_report("the database", [&] {
        SQLite::Statement check(db_.database(),
                                quick ? "PRAGMA quick_check(100)" : "PRAGMA integrity_check(100)");
        static_assert(kMostPageErrors == 100);
        while (check.executeStep())
            if (const std::string line = check.getColumn(0).getString(); line != "ok")
                report_({.what = "the database: " + line, .submission = {}, .attachment = {}});
    });
}

RowCounts Audit::check_rows(bool hash) {
    RowCounts counts;
    db_.exec("BEGIN");
    RowAudit rows(db_, report_, step_);
    all_or_report("the outbox", [&] { counts.events = rows.check_events(); });
    all_or_report("the submissions", [&] { rows.check_submissions(hash, counts); });
    for (const char* sql : kReferences) {
        step_("checking references");
        all_or_report("a table", [&] {
            auto broken = db_.query(sql);
            while (broken.next()) {
                Finding finding;
                finding.submission = id_or_nothing(broken);
                finding.attachment = id_or_nothing(broken);
                finding.what = broken.text();
                report_(finding);
            }
        });
    }
    db_.try_exec("ROLLBACK");
    return counts;
}

std::uint64_t Audit::check_receipts(const ReceiptsSeen& seen) {
    std::uint64_t count = 0;
    if (!has_latest_schema()) return count;
    step_("checking receipts");
    db_.exec("BEGIN");
    all_or_report("the receipts", [&] { count = ReceiptAudit(db_, report_, step_).run(seen); });
    db_.try_exec("ROLLBACK");
    return count;
}

void Audit::each_file(const std::function<void(const NamedFile&)>& see) {
    all_or_report("the attachments", [&] {
        each_named_file(db_, see, [this](const Uuid& id, std::string_view reason) {
            report_({.what = "the attachment's row cannot be read: " + std::string(reason),
                     .submission = {},
                     .attachment = id.str()});
        });
    });
}

std::vector<Uuid> Audit::unnamed(std::span<const Uuid> storage_ids) {
    return has_latest_schema() ? unnamed_files(db_, storage_ids) : std::vector<Uuid>();
}

bool Audit::has_latest_schema() {
    return schema_of(db_) == static_cast<int>(schema::migrations().size());
}

}  // namespace handin::store::sqlite
