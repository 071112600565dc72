#include "store/sqlite/audit_rows.hpp"

#include <algorithm>
#include <optional>

#include "base/encoding.hpp"
#include "domain/coursework.hpp"
#include "store/event_codec.hpp"
#include "store/packed.hpp"

namespace handin::store::sqlite {
namespace {

// Sorted by SQLite, in files: a B-tree keyed by submission would be filled at random.
constexpr const char* kMakeTold =
    "CREATE TEMP TABLE told (submission_id BLOB, sequence INTEGER, version INTEGER, attempt "
    "INTEGER)";
constexpr const char* kTell =
    "INSERT INTO told (submission_id, sequence, version, attempt) VALUES (?, ?, ?, ?)";
constexpr const char* kTold =
    "SELECT submission_id, sequence, version, attempt FROM told ORDER BY submission_id, sequence";
constexpr const char* kEvents =
    "SELECT sequence, submission_id, event FROM outbox ORDER BY sequence";
constexpr const char* kSubmissions =
    "SELECT id, assignment_id, person_id, attempts FROM submission ORDER BY id";
constexpr const char* kAttempt =
    "SELECT submission_id, number, attachments FROM attempt WHERE id = ?";
constexpr const char* kAttachment =
    "SELECT a.attempt_id, a.in_row, a.size, a.sha256, b.bytes FROM attachment a"
    " LEFT JOIN row_bytes b ON a.in_row = 1 AND b.storage_id = a.storage_id WHERE a.id = ?";

std::string plural(std::uint64_t count, std::string_view noun) {
    return std::to_string(count) + ' ' + std::string(noun) + (count == 1 ? "" : "s");
}

}  // namespace

struct RowAudit::Subject {
    std::string id;
    const std::function<void(const Finding&)>& report;

    void wrong(std::string what, std::string attachment = "") const {
        report({.what = std::move(what), .submission = id, .attachment = std::move(attachment)});
    }
};

struct RowAudit::Told {
    std::string submission_id;  // bytes
    std::int64_t sequence = 0;
    std::int64_t version = 0;
    std::int64_t attempt = 0;  // that it announces; 0: none
};

// What was told, submission by submission, with one row of outlook.
class RowAudit::ToldRows {
 public:
    explicit ToldRows(Connection& db) : query_(db.query(kTold)) { advance(); }

    const std::optional<Told>& next() const { return next_; }
    void advance() {
        next_.reset();
        if (!query_.next()) return;
        next_.emplace();
        next_->submission_id = query_.blob();
        next_->sequence = query_.integer();
        next_->version = query_.integer();
        next_->attempt = query_.integer();
    }

 private:
    Query query_;
    std::optional<Told> next_;
};

std::string id_text(std::string_view bytes) {
    Uuid id;
    if (bytes.size() != id.bytes.size()) return hex(as_bytes(bytes));
    std::ranges::copy(as_bytes(bytes), id.bytes.begin());
    return id.str();
}

std::uint64_t RowAudit::check_events() {
    db_.exec(kMakeTold);
    std::uint64_t count = 0;
    std::int64_t last = 0;
    auto events = db_.query(kEvents);
    while (events.next()) {
        const auto sequence = events.integer();
        const auto submission = events.blob();
        // Old events may have been cleared away from the front, none from the middle.
        if (count > 0 && sequence != last + 1)
            report_({.what = plural(static_cast<std::uint64_t>(sequence - last - 1), "event") +
                             " between " + std::to_string(last) + " and " +
                             std::to_string(sequence) + " not there",
                     .submission = {},
                     .attachment = {}});
        last = sequence;
        check_event(sequence, submission, events.text());
        if (++count % 1000 == 0) step_("checking events: " + std::to_string(count));
    }
    return count;
}

void RowAudit::check_event(std::int64_t sequence, const std::string& submission,
                           const std::string& text) {
    const auto wrong = [&](const std::string& what) {
        report_({.what = "event " + std::to_string(sequence) + ' ' + what,
                 .submission = id_text(submission),
                 .attachment = {}});
    };
    std::int64_t version = 0;
    std::int64_t attempt = 0;
    try {
        const auto event = decode_event(text);
        if (event.submission_id.str() != id_text(submission))
            wrong("is of submission " + event.submission_id.str());
        version = event.submission_version;
        if (event.kind == domain::Event::Kind::submission_created) attempt = event.after.attempts;
    } catch (const std::exception& error) {
        wrong(std::string("cannot be read: ") + error.what());
        return;
    }
    db_.query(kTell).bind_blob(submission).bind(sequence).bind(version).bind(attempt).run();
}

void RowAudit::check_submissions(bool hash, RowCounts& counts) {
    ToldRows told(db_);
    const auto strangers_before = [&](const std::string* id) {
        for (; told.next() && (id == nullptr || told.next()->submission_id < *id); told.advance())
            report_({.what = "event " + std::to_string(told.next()->sequence) +
                             " is of a submission that is not there",
                     .submission = id_text(told.next()->submission_id),
                     .attachment = {}});
    };
    auto submissions = db_.query(kSubmissions);
    while (submissions.next()) {
        const auto id = submissions.blob();
        strangers_before(&id);
        const Subject subject{id_text(id), report_};
        std::vector<Told> mine;
        for (; told.next() && told.next()->submission_id == id; told.advance())
            mine.push_back(*told.next());
        if (++counts.submissions % 1000 == 0)
            step_("checking submissions: " + std::to_string(counts.submissions));
        try {
            const auto assignment = submissions.id();
            const auto person = submissions.id();
            if (domain::submission_id(assignment, person).str() != subject.id)
                subject.wrong("the id is not that of its assignment and person");
            const auto attempts = unpack_ids(submissions.blob());
            for (std::size_t i = 0; i < attempts.size(); ++i)
                check_attempt(subject, i + 1, attempts[i], hash, counts);
            check_told(subject, attempts.size(), mine);
        } catch (const SQLite::Exception&) {
            throw;
        } catch (const std::runtime_error& error) {
            subject.wrong(std::string("the row cannot be read: ") + error.what());
        }
    }
    strangers_before(nullptr);
}

void RowAudit::check_attempt(const Subject& subject, std::size_t number, const Uuid& id, bool hash,
                             RowCounts& counts) {
    const auto name = "attempt " + std::to_string(number);
    std::vector<Uuid> attachments;
    {
        auto row = db_.query(kAttempt);
        row.bind(id);
        if (!row.next()) return subject.wrong(name + " is not there");
        if (id_text(row.blob()) != subject.id) subject.wrong(name + " is of another submission");
        const auto own = row.integer();
        if (own != static_cast<std::int64_t>(number))
            subject.wrong(name + " has the number " + std::to_string(own));
        attachments = unpack_ids(row.blob());
    }
    ++counts.attempts;
    for (const auto& attachment : attachments)
        check_attachment(subject, number, id, attachment, hash);
    counts.attachments += attachments.size();
}

void RowAudit::check_attachment(const Subject& subject, std::size_t number, const Uuid& attempt,
                                const Uuid& id, bool hash) {
    const auto wrong = [&](const std::string& what) {
        subject.wrong("attempt " + std::to_string(number) + ": " + what, id.str());
    };
    auto row = db_.query(kAttachment);
    row.bind(id);
    if (!row.next()) return wrong("the attachment is not there");
    if (row.id() != attempt) wrong("the attachment is of another attempt");
    if (row.null() || !row.flag()) return;  // a link, or a file outside
    const auto size = row.integer();
    const auto digest = row.digest256();
    if (row.null()) return wrong("the bytes are not there");
    const auto bytes = row.blob();
    if (static_cast<std::int64_t>(bytes.size()) != size)
        return wrong("has " + plural(bytes.size(), "byte") + " instead of " + std::to_string(size));
    if (hash && sha256(bytes) != digest) wrong("the bytes have been altered");
}

void RowAudit::check_told(const Subject& subject, std::size_t attempts,
                          const std::vector<Told>& told) {
    std::vector<std::uint64_t> announced(attempts + 1);
    std::int64_t version = 0;
    std::int64_t latest = 0;  // attempt
    for (const auto& event : told) {
        const auto name = "event " + std::to_string(event.sequence);
        if (event.version < version || (event.attempt != 0 && event.attempt < latest))
            subject.wrong(name + " is out of order");
        version = event.version;
        if (event.attempt == 0) continue;
        latest = event.attempt;
        if (event.attempt < 0 || static_cast<std::size_t>(event.attempt) > attempts)
            subject.wrong(name + " announces attempt " + std::to_string(event.attempt) +
                          ", which is not there");
        else
            ++announced[static_cast<std::size_t>(event.attempt)];
    }
    for (std::size_t number = 1; number <= attempts; ++number)
        if (announced[number] != 1)
            subject.wrong(
                "attempt " + std::to_string(number) + " has " +
                (announced[number] == 0 ? "no event" : plural(announced[number], "event")));
}

}  // namespace handin::store::sqlite
