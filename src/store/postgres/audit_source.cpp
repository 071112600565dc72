#include "store/postgres/audit_source.hpp"

#include <iterator>
#include <stdexcept>

#include "store/schema/schema.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {
namespace {

constexpr const char* kSession =
    "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
    " SET cursor_tuple_fraction = 1; RESET enable_seqscan; RESET enable_hashjoin;"
    " RESET enable_mergejoin; RESET enable_bitmapscan";
constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* kSchema = "SELECT coalesce(max(number), 0) FROM migration";

// With the sequence that those have which are not appended yet as they would be now.
#define HANDIN_EVENTS                                                        \
    "SELECT n.first + o.position AS sequence, o.submission_id, o.event FROM" \
    " (SELECT b.id, coalesce(b.first_sequence, e.next - b.events"            \
    "   + sum(CASE WHEN b.first_sequence IS NULL THEN b.events ELSE 0 END)"  \
    "     OVER (ORDER BY b.stamp, b.id))::bigint AS first"                   \
    "  FROM batch b, sequence_end e WHERE b.events > 0) AS n JOIN outbox o ON o.batch_id = n.id"
constexpr const char* kEvents = HANDIN_EVENTS " ORDER BY 1";
constexpr const char* kTold = HANDIN_EVENTS " ORDER BY 2, 1";
constexpr const char* kSubmissions =
    "SELECT id, assignment_id, person_id, attempts, marking FROM submission ORDER BY id";
constexpr const char* kAttempts =
    "SELECT id, submission_id, number, attachments FROM attempt WHERE id = ANY($1::uuid[])";
constexpr const char* kAttachments =
    "SELECT a.id, a.attempt_id, a.in_row::int::bigint, a.size, a.sha256, b.bytes FROM attachment a"
    " LEFT JOIN row_bytes b ON a.in_row AND b.storage_id = a.storage_id"
    " WHERE a.id = ANY($1::uuid[])";
constexpr const char* kComments =
    "SELECT id, submission_id FROM comment WHERE id = ANY($1::uuid[])";
constexpr const char* kBatches =
    "SELECT id, committed_at, key, root, signature, leaves FROM receipt_batch ORDER BY id";
constexpr const char* kClaims =
    "SELECT receipt_batch, receipt_index, id, submission_id, number FROM attempt"
    " WHERE receipt_batch IS NOT NULL ORDER BY receipt_batch, receipt_index";
constexpr const char* kSubjects =
    "SELECT s.assignment_id, s.person_id, a.class_id, c.account_id FROM submission s"
    " JOIN assignment a ON a.id = s.assignment_id JOIN class c ON c.id = a.class_id"
    " WHERE s.id = ANY($1::uuid[])";
constexpr const char* kFiles =
    "SELECT a.id, t.submission_id, coalesce(t.number, 0), a.storage_id, a.size, a.sha256"
    " FROM attachment a LEFT JOIN attempt t ON t.id = a.attempt_id"
    " WHERE NOT a.in_row AND a.id > ($1::uuid[])[1] ORDER BY a.id LIMIT 500";

const char* sql_of(AuditQuestion question) {
    switch (question) {
        case AuditQuestion::events:
            return kEvents;
        case AuditQuestion::submissions:
            return kSubmissions;
        case AuditQuestion::attempts:
            return kAttempts;
        case AuditQuestion::attachments:
            return kAttachments;
        case AuditQuestion::comments:
            return kComments;
        case AuditQuestion::batches:
            return kBatches;
        case AuditQuestion::claims:
            return kClaims;
        case AuditQuestion::subject:
            return kSubjects;
        case AuditQuestion::files:
            return kFiles;
    }
    return kEvents;
}

// See sqlite/audit_source.cpp; and what only this engine has.
constexpr const char* kReferences[] = {
    "SELECT s.id, NULL::uuid, 'the assignment is not there' FROM submission s"
    " LEFT JOIN assignment a ON a.id = s.assignment_id WHERE a.id IS NULL",
    "SELECT s.id, NULL::uuid, 'the person is not there' FROM submission s"
    " LEFT JOIN person p ON p.id = s.person_id WHERE p.id IS NULL",
    "SELECT t.submission_id, NULL::uuid,"
    " 'attempt ' || t.number || ' is not in the submission''s list' FROM attempt t"
    " LEFT JOIN submission s ON s.id = t.submission_id WHERE t.number < 1 OR"
    " substr(s.attempts, (16 * greatest(t.number, 1) - 15)::int, 16)"
    " IS DISTINCT FROM uuid_send(t.id)",
    "SELECT t.submission_id, a.id, 'no attempt has the attachment in its list' FROM attachment a"
    " LEFT JOIN attempt t ON t.id = a.attempt_id"
    " WHERE t.id IS NULL OR position(uuid_send(a.id) IN t.attachments) = 0",
    "SELECT c.submission_id, NULL::uuid,"
    " 'comment ' || c.number || ' is of a submission that is not there'"
    " FROM comment c LEFT JOIN submission s ON s.id = c.submission_id WHERE s.id IS NULL",
    "SELECT NULL::uuid, NULL::uuid, 'class ' || c.id || ' has no account or no department'"
    " FROM class c LEFT JOIN account a ON a.id = c.account_id"
    " LEFT JOIN department d ON d.id = c.department_id WHERE a.id IS NULL OR d.id IS NULL",
    "SELECT NULL::uuid, NULL::uuid, 'assignment ' || a.id || ' has no class' FROM assignment a"
    " LEFT JOIN class c ON c.id = a.class_id WHERE c.id IS NULL",
    "SELECT NULL::uuid, NULL::uuid, 'person ' || p.id || ' has no account' FROM person p"
    " LEFT JOIN account a ON a.id = p.account_id WHERE a.id IS NULL",
    "SELECT NULL::uuid, NULL::uuid, 'enrollment ' || e.id || ' has no class or no person'"
    " FROM enrollment e LEFT JOIN class c ON c.id = e.class_id"
    " LEFT JOIN person p ON p.id = e.person_id WHERE c.id IS NULL OR p.id IS NULL",
    "SELECT o.submission_id, NULL::uuid, 'an event of batch ' || o.batch_id || ', which is not"
    " there or has none' FROM outbox o LEFT JOIN batch b ON b.id = o.batch_id AND b.events > 0"
    " WHERE b.id IS NULL",
    "SELECT NULL::uuid, NULL::uuid, 'batch ' || b.id || ' has ' || count(o.batch_id) ||"
    " ' events instead of ' || b.events FROM batch b LEFT JOIN outbox o ON o.batch_id = b.id"
    " AND o.position >= 0 AND o.position < b.events WHERE b.events > 0"
    " GROUP BY b.id HAVING count(o.batch_id) <> b.events",
    "SELECT NULL::uuid, NULL::uuid, 'the sequence of events ends at ' || e.next - 1 || ', but its"
    " last event is ' || l.last FROM sequence_end e,"
    " (SELECT max(first_sequence + events) - 1 AS last FROM batch) AS l WHERE e.next - 1 <> l.last",
};

constexpr const char* kStep = "1000";  // rows at a time: of events some 2 MiB

}  // namespace

// What one question has brought.
class PostgresAuditSource::Fetched : public AuditCursor {
 public:
    explicit Fetched(Rows rows) : rows_(std::move(rows)) {}

    bool next() override { return rows_.next(); }
    bool null() override { return rows_.null(); }
    std::int64_t integer() override { return rows_.integer(); }
    std::string text() override { return rows_.text(); }
    std::string blob() override { return rows_.blob(); }

 protected:
    Rows rows_;
};

// A cursor of the server's, which is gone at the end of the transaction.
class PostgresAuditSource::Streamed final : public Fetched {
 public:
    Streamed(PostgresAuditSource& source, Rows first, const char* fetch)
        : Fetched(std::move(first)), source_(source), fetch_(fetch) {}

    bool next() override {
        if (rows_.next()) return true;
        if (rows_.size() == 0) return false;
        source_.db_->queue(fetch_);
        rows_ = std::move(source_.run().back());
        return rows_.next();
    }

 private:
    PostgresAuditSource& source_;
    const char* fetch_;
};

PostgresAuditSource::PostgresAuditSource(const std::string& url)
    : connector_(url), reader_({connector_, cache_, watch_}) {
    try {
        db_ = connector_.connect();
        db_->script(kSession);
        has_latest_schema();
        reader_.begin();
    } catch (const std::exception& error) {
        throw std::runtime_error(std::string("--database: ") + error.what());
    }
}

const char* PostgresAuditSource::kept(std::string sql) {
    auto [at, is_new] = texts_.try_emplace(std::move(sql));
    if (is_new) at->second = at->first;
    return at->second.c_str();
}

std::vector<Rows> PostgresAuditSource::run() {
    try {
        return db_->run();
    } catch (const Refused& error) {  // and the transaction is over
        open_ = false;
        throw SourceError(error.what(), error.is("XX00"));  // corrupted data, index
    } catch (const Lost& error) {
        throw SourceError(error.what(), false);
    }
}

bool PostgresAuditSource::has_latest_schema() {
    db_->queue(kSchema);
    auto rows = run();
    rows[0].next();
    const auto number = rows[0].integer();
    const auto known = static_cast<std::int64_t>(schema::postgres_migrations().size());
    if (number > known)
        throw std::runtime_error("the database has schema " + std::to_string(number) +
                                 ", but this binary knows only " + std::to_string(known) +
                                 ": use a newer handin");
    return number == known;
}

void PostgresAuditSource::begin() {
    db_->queue(kBegin);
    run();
    open_ = true;
}

void PostgresAuditSource::end() noexcept {
    try {
        if (!std::exchange(open_, false)) return;
        db_->queue("ROLLBACK");
        run();
    } catch (const std::exception&) {  // the next question says so
    }
}

std::unique_ptr<AuditCursor> PostgresAuditSource::stream(const char* sql) {
    if (!open_) begin();
    const auto name = "c" + std::to_string(++cursors_);
    const auto* fetch = kept("FETCH " + std::string(kStep) + " FROM " + name);
    db_->queue(kept("DECLARE " + name + " NO SCROLL CURSOR FOR " + sql)).queue(fetch);
    auto rows = run();
    return std::make_unique<Streamed>(*this, std::move(rows.back()), fetch);
}

std::unique_ptr<AuditCursor> PostgresAuditSource::open(AuditQuestion question,
                                                       std::span<const Uuid> ids) {
    switch (question) {
        case AuditQuestion::events:
        case AuditQuestion::submissions:
        case AuditQuestion::batches:
        case AuditQuestion::claims:
            return stream(sql_of(question));
        default:
            break;
    }
    db_->queue(sql_of(question), std::move(Parameters().column(ids)));
    return std::make_unique<Fetched>(std::move(run().back()));
}

std::size_t PostgresAuditSource::references() const {
    return std::size(kReferences);
}

std::unique_ptr<AuditCursor> PostgresAuditSource::open_reference(std::size_t index) {
    return stream(kReferences[index]);
}

std::function<std::optional<ToldEvent>()> PostgresAuditSource::told() {
    const std::shared_ptr<AuditCursor> rows = stream(kTold);
    return [rows]() -> std::optional<ToldEvent> {
        while (rows->next()) {
            const auto sequence = rows->integer();
            auto submission = rows->blob();
            try {
                auto told = told_event(std::move(submission), sequence, rows->text());
                if (!told.of_assignment) return told;
            } catch (const std::runtime_error&) {  // has been told when it was first looked at
            }
        }
        return std::nullopt;
    };
}

std::optional<domain::Attempt> PostgresAuditSource::attempt(const Uuid& id) {
    try {
        auto found = reader_.attempt(id);
        reader_.end();
        reader_.begin();
        return found;
    } catch (const Unavailable& error) {
        throw SourceError(error.what(), false);
    }
}

std::vector<Uuid> PostgresAuditSource::unnamed(std::span<const Uuid> storage_ids) {
    try {
        auto found = reader_.unnamed_files(storage_ids);
        reader_.end();
        reader_.begin();
        return found;
    } catch (const Unavailable& error) {
        throw SourceError(error.what(), false);
    }
}

}  // namespace handin::store::postgres
