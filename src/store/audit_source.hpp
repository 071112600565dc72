// What an audit asks an engine (audit.hpp). A port: sqlite/ and postgres/ answer.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/coursework.hpp"

namespace handin::store {

// The engine cannot answer. No std::runtime_error: those tell of a row that cannot be understood.
class SourceError : public std::exception {
 public:
    SourceError(std::string what, bool damage) : what_(std::move(what)), damage_(damage) {}
    const char* what() const noexcept override { return what_.c_str(); }
    // What is kept is damaged, here; otherwise nothing more can be asked.
    bool damage() const { return damage_; }

 private:
    std::string what_;
    bool damage_;
};

// Rows in order: step, then read the columns in order. Throws SourceError, and std::runtime_error
// for a column that cannot be what it should be.
class AuditCursor {
 public:
    virtual ~AuditCursor() = default;
    virtual bool next() = 0;
    // The column is NULL: then it is passed over.
    virtual bool null() = 0;
    virtual std::int64_t integer() = 0;
    virtual std::string text() = 0;
    virtual std::string blob() = 0;  // also an id's 16 bytes

    template <std::size_t N>
    std::array<std::uint8_t, N> bytes() {
        const auto found = blob();
        if (found.size() != N) throw std::runtime_error("a fixed-size column is damaged");
        std::array<std::uint8_t, N> value{};
        std::ranges::copy(as_bytes(found), value.begin());
        return value;
    }
    Uuid id() { return {bytes<16>()}; }
};

// The columns of each answer. Ids are bytes, truth values are integers.
enum class AuditQuestion : std::uint8_t {
    events,       // sequence, submission, event; by sequence
    submissions,  // id, assignment, person, attempts, marking or NULL; by id
    attempts,     // of ids: id, submission, number, attachments
    attachments,  // of ids: id, attempt, in_row, size, sha256, bytes (NULL: not in a row)
    comments,     // of ids: id, submission
    batches,      // of receipts: id, committed_at, key, root, signature, leaves; by id
    claims,   // attempts with receipts: batch, index, id, submission, number; by batch and index
    subject,  // of a submission: assignment, person, class, account
    files,    // 500 after an attachment: as NamedFile; by attachment
};

// An event as it is looked at beside its submission.
struct ToldEvent {
    std::string submission_id;  // bytes
    std::int64_t sequence = 0;
    std::int64_t version = 0;
    std::int64_t attempt = 0;    // that it announces; 0: none
    Uuid of;                     // the submission, by its text
    bool of_assignment = false;  // of which it is then the id
};

// Of the text of an event. Throws std::runtime_error.
ToldEvent told_event(std::string submission_id, std::int64_t sequence, const std::string& text);

class AuditSource {
 public:
    virtual ~AuditSource() = default;
    virtual std::string name() const = 0;  // for people
    // False: rows that this binary does not know may be there.
    virtual bool has_latest_schema() = 0;
    // The engine's own structures; a line for each fault.
    virtual void check_pages(bool quick, const std::function<void(const std::string&)>& fault) = 0;

    // All that is asked in between is answered as of one moment.
    virtual void begin() = 0;
    virtual void end() noexcept = 0;
    // `ids`: for questions about some rows. Those that are not there are left out.
    virtual std::unique_ptr<AuditCursor> open(AuditQuestion question,
                                              std::span<const Uuid> ids = {}) = 0;
    // Rows that name others which are not there, or that do not agree: submission or NULL,
    // attachment or NULL, what is wrong.
    virtual std::size_t references() const = 0;
    virtual std::unique_ptr<AuditCursor> open_reference(std::size_t index) = 0;

    // Every event is shown once, in the order of the sequence; then all are given back by
    // submission and sequence, until nullopt. (`of` is not remembered.)
    virtual void remember(const ToldEvent& event) = 0;
    virtual std::function<std::optional<ToldEvent>()> told() = 0;

    virtual std::optional<domain::Attempt> attempt(const Uuid& id) = 0;
    // Those of the ids, which are sorted, that no row names.
    virtual std::vector<Uuid> unnamed(std::span<const Uuid> storage_ids) = 0;
};

}  // namespace handin::store
