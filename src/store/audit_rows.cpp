#include "store/audit_rows.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "base/encoding.hpp"
#include "domain/coursework.hpp"
#include "store/event_codec.hpp"
#include "store/model_codec.hpp"
#include "store/packed.hpp"

namespace handin::store {
namespace {

constexpr std::size_t kAtATime = 100;  // attachments: their bytes are up to 8 KiB each

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

struct RowAudit::AttemptRow {
    Uuid id;
    std::string submission_id;  // bytes
    std::int64_t number = 0;
    std::vector<Uuid> attachments;
};

// What was told, submission by submission, with one row of outlook.
class RowAudit::ToldRows {
 public:
    explicit ToldRows(AuditSource& source) : rows_(source.told()) { advance(); }

    const std::optional<ToldEvent>& next() const { return next_; }
    void advance() { next_ = rows_(); }

 private:
    std::function<std::optional<ToldEvent>()> rows_;
    std::optional<ToldEvent> next_;
};

ToldEvent told_event(std::string submission_id, std::int64_t sequence, const std::string& text) {
    const auto event = decode_event(text);
    const bool announces = event.kind == domain::Event::Kind::submission_created;
    return {.submission_id = std::move(submission_id),
            .sequence = sequence,
            .version = event.submission_version,
            .attempt = announces ? event.after.attempts : 0,
            .of = event.submission_id,
            .of_assignment = event.of_assignment()};
}

std::string id_text(std::string_view bytes) {
    Uuid id;
    if (bytes.size() != id.bytes.size()) return hex(as_bytes(bytes));
    std::ranges::copy(as_bytes(bytes), id.bytes.begin());
    return id.str();
}

std::uint64_t RowAudit::check_events() {
    std::uint64_t count = 0;
    std::int64_t last = 0;
    const auto events = source_.open(AuditQuestion::events);
    while (events->next()) {
        const auto sequence = events->integer();
        const auto submission = events->blob();
        // Old events may have been cleared away from the front, none from the middle.
        if (count > 0 && sequence <= last)
            report_({.what = "event " + std::to_string(sequence) + " is there twice",
                     .submission = {},
                     .attachment = {}});
        else if (count > 0 && sequence != last + 1)
            report_({.what = plural(static_cast<std::uint64_t>(sequence - last - 1), "event") +
                             " between " + std::to_string(last) + " and " +
                             std::to_string(sequence) + " not there",
                     .submission = {},
                     .attachment = {}});
        last = sequence;
        check_event(sequence, submission, events->text());
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
    try {
        const auto told = told_event(submission, sequence, text);
        if (told.of.str() != id_text(submission)) wrong("is of submission " + told.of.str());
        if (!told.of_assignment) source_.remember(told);
    } catch (const std::runtime_error& error) {
        wrong(std::string("cannot be read: ") + error.what());
    }
}

void RowAudit::check_submissions(bool hash, RowCounts& counts) {
    ToldRows told(source_);
    const auto strangers_before = [&](const std::string* id) {
        for (; told.next() && (id == nullptr || told.next()->submission_id < *id); told.advance())
            report_({.what = "event " + std::to_string(told.next()->sequence) +
                             " is of a submission that is not there",
                     .submission = id_text(told.next()->submission_id),
                     .attachment = {}});
    };
    const auto submissions = source_.open(AuditQuestion::submissions);
    while (submissions->next()) {
        const auto id = submissions->blob();
        strangers_before(&id);
        const Subject subject{id_text(id), report_};
        std::vector<ToldEvent> mine;
        for (; told.next() && told.next()->submission_id == id; told.advance())
            mine.push_back(*told.next());
        if (++counts.submissions % 1000 == 0)
            step_("checking submissions: " + std::to_string(counts.submissions));
        try {
            const auto assignment = submissions->id();
            const auto person = submissions->id();
            if (domain::submission_id(assignment, person).str() != subject.id)
                subject.wrong("the id is not that of its assignment and person");
            const auto attempts = unpack_ids(submissions->blob());
            check_attempts(subject, attempts, hash, counts);
            check_told(subject, attempts.size(), mine);
            if (!submissions->null()) check_marking(subject, attempts.size(), submissions->text());
        } catch (const std::runtime_error& error) {
            subject.wrong(std::string("the row cannot be read: ") + error.what());
        }
    }
    strangers_before(nullptr);
}

// What is said about the work names attempts and comments that are there.
void RowAudit::check_marking(const Subject& subject, std::size_t attempts,
                             const std::string& text) {
    domain::Submission submission;
    try {
        decode_marking(text, submission);
    } catch (const std::runtime_error& error) {
        return subject.wrong(std::string("the marking cannot be read: ") + error.what());
    }
    const auto& marking = submission.marking;
    if (marking.grade && marking.grade->attempt > attempts)
        subject.wrong("a grade judges attempt " + std::to_string(marking.grade->attempt) +
                      ", which is not there");
    if (marking.comments.empty()) return;
    std::map<Uuid, std::string> found;
    for (const auto rows = source_.open(AuditQuestion::comments, marking.comments); rows->next();) {
        const auto id = rows->id();
        found.emplace(id, rows->blob());
    }
    for (const auto& id : marking.comments) {
        const auto row = found.find(id);
        if (row == found.end())
            subject.wrong("comment " + id.str() + " is not there");
        else if (id_text(row->second) != subject.id)
            subject.wrong("comment " + id.str() + " is of another submission");
    }
}

void RowAudit::check_attempts(const Subject& subject, std::span<const Uuid> ids, bool hash,
                              RowCounts& counts) {
    std::vector<AttemptRow> found;
    for (const auto rows = source_.open(AuditQuestion::attempts, ids); rows->next();) {
        AttemptRow row;
        row.id = rows->id();
        row.submission_id = rows->blob();
        row.number = rows->integer();
        row.attachments = unpack_ids(rows->blob());
        found.push_back(std::move(row));
    }
    std::ranges::sort(found, {}, &AttemptRow::id);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto row = std::ranges::lower_bound(found, ids[i], {}, &AttemptRow::id);
        if (row == found.end() || row->id != ids[i])
            subject.wrong("attempt " + std::to_string(i + 1) + " is not there");
        else
            check_attempt(subject, i + 1, *row, hash, counts);
    }
}

void RowAudit::check_attempt(const Subject& subject, std::size_t number, const AttemptRow& row,
                             bool hash, RowCounts& counts) {
    const auto name = "attempt " + std::to_string(number);
    if (id_text(row.submission_id) != subject.id) subject.wrong(name + " is of another submission");
    if (row.number != static_cast<std::int64_t>(number))
        subject.wrong(name + " has the number " + std::to_string(row.number));
    ++counts.attempts;
    counts.attachments += row.attachments.size();
    const std::span all(row.attachments);
    for (std::size_t first = 0; first < all.size(); first += kAtATime)
        check_attachments(subject, number, row.id,
                          all.subspan(first, std::min(kAtATime, all.size() - first)), hash);
}

void RowAudit::check_attachments(const Subject& subject, std::size_t number, const Uuid& attempt,
                                 std::span<const Uuid> ids, bool hash) {
    std::set<Uuid> found;
    for (const auto rows = source_.open(AuditQuestion::attachments, ids); rows->next();) {
        const auto id = rows->id();
        found.insert(id);
        check_attachment(subject, number, attempt, id, *rows, hash);
    }
    for (const auto& id : ids)
        if (!found.contains(id))
            subject.wrong("attempt " + std::to_string(number) + ": the attachment is not there",
                          id.str());
}

void RowAudit::check_attachment(const Subject& subject, std::size_t number, const Uuid& attempt,
                                const Uuid& id, AuditCursor& row, bool hash) {
    const auto wrong = [&](const std::string& what) {
        subject.wrong("attempt " + std::to_string(number) + ": " + what, id.str());
    };
    if (row.id() != attempt) wrong("the attachment is of another attempt");
    if (row.null() || row.integer() == 0) return;  // a link, or a file outside
    const auto size = row.integer();
    const auto digest = row.bytes<32>();
    if (row.null()) return wrong("the bytes are not there");
    const auto bytes = row.blob();
    if (static_cast<std::int64_t>(bytes.size()) != size)
        return wrong("has " + plural(bytes.size(), "byte") + " instead of " + std::to_string(size));
    if (hash && sha256(bytes) != digest) wrong("the bytes have been altered");
}

void RowAudit::check_told(const Subject& subject, std::size_t attempts,
                          const std::vector<ToldEvent>& told) {
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

}  // namespace handin::store
