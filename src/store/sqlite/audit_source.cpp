#include "store/sqlite/audit_source.hpp"

#include <sqlite3.h>

#include <iterator>
#include <stdexcept>

#include "store/sqlite/files.hpp"
#include "store/sqlite/lookups.hpp"
#include "store/sqlite/migrate.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kNothing = "SELECT 1 WHERE 0";
constexpr const char* kEvents =
    "SELECT sequence, submission_id, event FROM outbox ORDER BY sequence";
constexpr const char* kSubmissions =
    "SELECT id, assignment_id, person_id, attempts, marking FROM submission ORDER BY id";
constexpr const char* kAttempt =
    "SELECT id, submission_id, number, attachments FROM attempt WHERE id = ?";
constexpr const char* kAttachment =
    "SELECT a.id, a.attempt_id, a.in_row, a.size, a.sha256, b.bytes FROM attachment a"
    " LEFT JOIN row_bytes b ON a.in_row = 1 AND b.storage_id = a.storage_id WHERE a.id = ?";
constexpr const char* kComment = "SELECT id, submission_id FROM comment WHERE id = ?";
constexpr const char* kBatches =
    "SELECT id, committed_at, key, root, signature, leaves FROM receipt_batch ORDER BY id";
// Sorted by SQLite, in files.
constexpr const char* kClaims =
    "SELECT receipt_batch, receipt_index, id, submission_id, number FROM attempt"
    " WHERE receipt_batch IS NOT NULL ORDER BY receipt_batch, receipt_index";
constexpr const char* kSubject =
    "SELECT s.assignment_id, s.person_id, a.class_id, c.account_id FROM submission s"
    " JOIN assignment a ON a.id = s.assignment_id JOIN class c ON c.id = a.class_id"
    " WHERE s.id = ?";
constexpr const char* kFiles =
    "SELECT a.id, t.submission_id, coalesce(t.number, 0), a.storage_id, a.size, a.sha256"
    " FROM attachment a LEFT JOIN attempt t ON t.id = a.attempt_id"
    " WHERE a.in_row = 0 AND a.id > ? ORDER BY a.id LIMIT 500";

const char* sql_of(AuditQuestion question) {
    switch (question) {
        case AuditQuestion::events:
            return kEvents;
        case AuditQuestion::submissions:
            return kSubmissions;
        case AuditQuestion::attempts:
            return kAttempt;
        case AuditQuestion::attachments:
            return kAttachment;
        case AuditQuestion::comments:
            return kComment;
        case AuditQuestion::batches:
            return kBatches;
        case AuditQuestion::claims:
            return kClaims;
        case AuditQuestion::subject:
            return kSubject;
        case AuditQuestion::files:
            return kFiles;
    }
    return kEvents;
}

// Sorted by SQLite, in files: a B-tree keyed by submission would be filled at random.
constexpr const char* kMakeTold =
    "CREATE TEMP TABLE told (submission_id BLOB, sequence INTEGER, version INTEGER,"
    " attempt INTEGER)";
constexpr const char* kTell =
    "INSERT INTO told (submission_id, sequence, version, attempt) VALUES (?, ?, ?, ?)";
constexpr const char* kTold =
    "SELECT submission_id, sequence, version, attempt FROM told ORDER BY submission_id, sequence";

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
    "SELECT c.submission_id, NULL, 'comment ' || c.number || ' is of a submission that is not "
    "there'"
    " FROM comment c LEFT JOIN submission s ON s.id = c.submission_id WHERE s.id IS NULL",
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

// What `ask` gives; SQLite's errors as an audit understands them.
template <class Ask>
auto asked(const Ask& ask) {
    try {
        return ask();
    } catch (const SQLite::Exception& error) {
        throw SourceError(error.what(), is_damage(error));
    }
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
        if (is_damage(error)) throw SourceError(error.what(), true);
        throw std::runtime_error(file.string() + ": " + error.what());
    }
}

// A statement once, or once for each id.
class Cursor final : public AuditCursor {
 public:
    Cursor(Connection& db, const char* sql, std::span<const Uuid> ids)
        : db_(db), sql_(sql), ids_(ids.begin(), ids.end()) {
        if (ids_.empty()) query_ = prepared();
    }

    bool next() override {
        return asked([&] {
            for (;;) {
                if (query_ && query_->next()) return true;
                if (used_ == ids_.size()) return false;
                query_.reset();  // before it is taken up again
                query_ = prepared();
                query_->bind(ids_[used_++]);
            }
        });
    }
    bool null() override { return query_->null(); }
    std::int64_t integer() override { return query_->integer(); }
    std::string text() override { return query_->text(); }
    std::string blob() override { return query_->blob(); }

 private:
    std::unique_ptr<Query> prepared() {
        return asked([&] { return std::unique_ptr<Query>(new Query(db_.query(sql_))); });
    }

    Connection& db_;
    const char* sql_;
    std::vector<Uuid> ids_;
    std::size_t used_ = 0;
    std::unique_ptr<Query> query_;
};

}  // namespace

SqliteAuditSource::SqliteAuditSource(const std::filesystem::path& file)
    : file_(file), db_(opened(file)) {}

bool SqliteAuditSource::has_latest_schema() {
    return asked([&] { return schema_of(db_) == static_cast<int>(schema::migrations().size()); });
}

void SqliteAuditSource::check_pages(bool quick,
                                    const std::function<void(const std::string&)>& fault) {
    asked([&] {
        SQLite::Statement check(db_.database(),
                                quick ? "PRAGMA quick_check(100)" : "PRAGMA integrity_check(100)");
        static_assert(kMostPageErrors == 100);
        while (check.executeStep())
            if (const std::string line = check.getColumn(0).getString(); line != "ok") fault(line);
    });
}

void SqliteAuditSource::begin() {
    asked([&] {
        db_.exec("BEGIN");
        db_.exec(kMakeTold);  // goes with the transaction
    });
}

std::unique_ptr<AuditCursor> SqliteAuditSource::open(AuditQuestion question,
                                                     std::span<const Uuid> ids) {
    const bool of_ids = question == AuditQuestion::attempts ||
                        question == AuditQuestion::attachments ||
                        question == AuditQuestion::comments;
    if (of_ids && ids.empty()) return std::make_unique<Cursor>(db_, kNothing, ids);
    return std::make_unique<Cursor>(db_, sql_of(question), ids);
}

std::size_t SqliteAuditSource::references() const {
    return std::size(kReferences);
}

std::unique_ptr<AuditCursor> SqliteAuditSource::open_reference(std::size_t index) {
    return std::make_unique<Cursor>(db_, kReferences[index], std::span<const Uuid>());
}

void SqliteAuditSource::remember(const ToldEvent& event) {
    asked([&] {
        db_.query(kTell)
            .bind_blob(event.submission_id)
            .bind(event.sequence)
            .bind(event.version)
            .bind(event.attempt)
            .run();
    });
}

std::function<std::optional<ToldEvent>()> SqliteAuditSource::told() {
    auto rows = std::make_shared<Cursor>(db_, kTold, std::span<const Uuid>());
    return [rows]() -> std::optional<ToldEvent> {
        if (!rows->next()) return std::nullopt;
        ToldEvent event;
        event.submission_id = rows->blob();
        event.sequence = rows->integer();
        event.version = rows->integer();
        event.attempt = rows->integer();
        return event;
    };
}

std::optional<domain::Attempt> SqliteAuditSource::attempt(const Uuid& id) {
    return asked([&] { return find_attempt(db_, id); });
}

std::vector<Uuid> SqliteAuditSource::unnamed(std::span<const Uuid> storage_ids) {
    return asked([&] { return unnamed_files(db_, storage_ids); });
}

}  // namespace handin::store::sqlite
