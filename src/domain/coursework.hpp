// What is handed in and for what: assignments, submissions, attempts, attachments.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/assignment_details.hpp"
#include "domain/assignment_rules.hpp"
#include "domain/marking.hpp"
#include "domain/receipt.hpp"

namespace handin::domain {

enum class AttachmentKind : std::uint8_t { file, link, text };

// A set of AttachmentKind. Empty: nothing can be handed in (edlink.md 3.4, tabula.md S8).
struct AttachmentKinds {
    std::uint32_t bits = 0;

    static AttachmentKinds of(std::initializer_list<AttachmentKind> kinds) {
        AttachmentKinds set;
        for (auto kind : kinds)
            set.bits |= 1U << static_cast<unsigned>(kind);
        return set;
    }
    bool operator==(const AttachmentKinds&) const = default;
    bool has(AttachmentKind kind) const { return (bits >> static_cast<unsigned>(kind) & 1U) != 0; }
    bool empty() const { return bits == 0; }
};

// When work may be handed in again.
enum class Resubmission : std::uint8_t { none, after_reclaim, open };

// A key that makes a repeat harmless, hashed together with who used it for what (DESIGN 10.2).
using ReplayKey = std::array<std::uint8_t, 16>;

struct Assignment {
    Uuid id;
    Uuid class_id;
    std::int64_t number = 0;  // < 10^7 within the account
    std::string title;
    std::string description;  // HTML
    bool published = true;
    bool locked = false;  // by hand, whatever the dates say
    std::optional<Time> display_at;
    std::optional<Time> open_at;
    std::optional<Time> due_at;    // handed in later is late
    std::optional<Time> close_at;  // handed in later is refused
    std::optional<double> points_possible;
    AttachmentKinds kinds;
    std::optional<std::int64_t> max_attempts;
    Resubmission resubmission = Resubmission::open;
    bool everybody = true;        // or only `assignees`
    std::vector<Uuid> assignees;  // sorted
    Time created_at;
    Time updated_at;
    AssignmentRules rules = {};
    AssignmentDetails details = {};
    std::optional<Time> deleted_at = {};  // gone for everybody; its row stays
    std::vector<ReplayKey> keys = {};     // of the commands that have made it what it is

    bool operator==(const Assignment&) const = default;
    bool assigned_to(const Uuid& person) const;
};

// How its grades are given and read.
Grading grading_of(const Assignment& assignment);

// What a submission was like right after a command that carried a key, so that a repeat can be
// answered with the first answer.
struct Replay {
    ReplayKey key{};
    Time at;
    std::uint32_t attempts = 0;  // how many there were
    bool reclaimed = false;
    Time submitted_at;  // of the last of them
};

// The marking at that time, if anything had been said by then. Apart, because that is rare. It is
// without the ids of the comments: none ever goes, so how many there were tells which.
struct MarkedReplay {
    ReplayKey key{};
    Marking marking = {};
    std::uint32_t comments = 0;
    bool by_mark = false;  // the command said something of the work; of these few are remembered

    bool operator==(const MarkedReplay&) const = default;
};

// Facts about one student's work for one assignment; every state that a dialect shows is derived
// from them (state.hpp). Exists from enrollment on: without a row it is `untouched()`.
struct Submission {
    Uuid id;
    Uuid assignment_id;
    Uuid person_id;
    std::vector<Uuid> attempts;        // ids, oldest first: attempt n is attempts[n-1]
    bool reclaimed = false;            // the student took the last attempt back
    std::optional<Time> submitted_at;  // of the last attempt
    Time created_at;
    Time updated_at;
    std::int64_t version = 0;  // 0: no row yet
    std::vector<Replay> replays;
    Marking marking = {};
    std::vector<MarkedReplay> marked_replays = {};  // by keys that are in `replays`
};

// Derived, so that it is the same on every node and before anything is handed in (DESIGN 5.3).
Uuid submission_id(const Uuid& assignment, const Uuid& person);

// Bytes that are durable, or that the transaction makes durable as a row.
struct FileBytes {
    Uuid storage_id;
    std::uint64_t size = 0;
    Digest256 sha256{};
    Digest160 sha1{};
    bool in_row = true;
};

struct Attachment {
    Uuid id;
    AttachmentKind kind = AttachmentKind::file;
    std::string title;
    std::string description;
    std::string url;  // link
    FileBytes bytes;  // file and text
};

// What Canvas, which knows one type for an attempt, shows of several attachments: files before text
// before links, and the first text and link. Views of those that were added.
struct ShownWork {
    std::optional<AttachmentKind> kind = {};
    const Attachment* text = nullptr;
    const Attachment* link = nullptr;

    void add(const Attachment& attachment);
};

// One handing-in; never changed after.
struct Attempt {
    Uuid id;
    Uuid submission_id;
    std::uint32_t number = 0;      // 1, 2, 3 without gaps
    std::optional<Uuid> actor_id;  // the person who acted, if a person did
    Time received_at;              // DESIGN 5.4
    Time submitted_at;
    Time committed_at;
    std::vector<Attachment> attachments;
    std::optional<ReceiptPlace> receipt = {};  // none: receipts were off, or not there yet
};

// The integer that Canvas needs: no row holds it (DESIGN 5.3).
std::int64_t submission_number(std::int64_t assignment_number, std::int64_t person_number);

}  // namespace handin::domain
