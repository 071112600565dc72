// Every write is one of these.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/access.hpp"
#include "domain/administer.hpp"
#include "domain/assignment_command.hpp"
#include "domain/coursework.hpp"
#include "domain/event.hpp"
#include "domain/marking.hpp"
#include "domain/upload.hpp"

namespace handin::domain {

// What a virus scanner said of an attachment's bytes; clean also if nobody scans. `unseen`: there
// was nothing to look at yet, so they must not be taken, whatever has become of them meanwhile.
struct ScanResult {
    enum class Kind : std::uint8_t { clean, infected, too_large, unseen };
    Kind kind = Kind::clean;
    std::string signature;  // infected: what was found
};

// An attachment as it comes in; its bytes are staged already.
struct NewAttachment {
    Attachment attachment;
    std::string row_bytes;   // if attachment.bytes.in_row: to be committed with the attempt
    std::string text_start;  // of a text: the first kEventTextCodePoints and a little more
    std::optional<Uuid> upload_id = {};  // of a file: its bytes are those of this upload
    ScanResult scan = {};
};

// What an API asks of everything that is handed in through it, beside what the assignment says.
struct SubmitPolicy {
    bool files_only = false;            // an assignment that takes none takes nothing
    bool distinct_names = false;        // tabula.md 4.3 F5
    bool replace_only_on_time = false;  // tabula.md 4.2 R6
    bool ever_closed = true;            // tabula.md 4.2 R4: work for an exam is taken late
    // tabula.md 4.2 R8 to R10: what the student declares, of an API that asks for it.
    std::optional<Declarations> declared = {};
};

// Work that somebody who may (Submission.CreateOnBehalfOf, asked before) hands in for another.
struct OnBehalf {
    bool as_student =
        false;  // only what a student could: one of the class, who sees the assignment
    std::optional<Time> deadline = {};  // of this attempt alone (tabula.md 3.12)
};

// Hand work in.
struct Submit {
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;  // whose work it is
    Uuid attempt_id;
    Uuid event_id;
    std::vector<NewAttachment> attachments;
    Time received_at;
    std::optional<Time> submitted_at;  // given by a privileged actor; else received_at
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
    SubmitPolicy policy = {};
    std::optional<OnBehalf> on_behalf = {};  // nothing: the student acts
};

// Whether it need not be what a student of the class could hand in.
inline bool from_outside(const Submit& command) {
    return command.on_behalf && !command.on_behalf->as_student;
}

// Note something of the attempt that counts, which is no grade; what is not given stays. Asked
// before: whether the actor may.
struct NoteAttempt {
    Actor actor;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    Uuid attempt_id;
    std::optional<Plagiarism> plagiarism = {};
    bool downloaded = false;
    std::vector<FileReport> reports = {};  // in the place of earlier ones of these files
    std::vector<Uuid> removed_reports = {};
};

// Take the last attempt back, to hand in another.
struct Reclaim {
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    Uuid event_id;
    Time received_at;
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
    bool on_behalf = false;  // of the student, by somebody of whom it was asked whether they may
};

// What somebody says about a submission.
struct NewComment {
    Uuid id = {};  // of the first one, where a whole group is told
    std::string text;
    std::optional<std::uint32_t> attempt = {};
    bool draft = false;
    bool to_group = false;  // to everybody who hands in together
    // It was found to be what a grader has said last: counts where the row does not tell.
    bool echo = false;
};

// A grade as it is given.
struct NewGrade {
    enum class Kind : std::uint8_t {
        typed,        // as parse_grade reads it; empty text takes the grade away
        excused,      // no grade is needed
        not_excused,  // one is needed after all
        mark,         // a score, and the grade in words as it is (mark.hpp); either may be missing
    };
    Kind kind = Kind::typed;
    std::string text = {};
    bool prefer_points = false;
    std::optional<std::uint32_t> attempt = {};  // that it judges; none: the last
    std::optional<double> score = {};           // of a mark
};

// Late or missing by word, over what the dates say; none: as the dates say.
struct NewLateStatus {
    std::optional<LateStatus> status;
    std::chrono::seconds late_by{0};
};

// How a submission is to be flagged (edlink.md 3.1); what it is flagged with already stays as it
// came to be so.
struct WantedFlags {
    bool excused = false;
    bool missing = false;
    bool late = false;
};

// Dates of one's own. A change that is not `set` leaves the date to the assignment again.
struct NewDates {
    std::optional<DateChange> open = {};
    std::optional<DateChange> due = {};
    std::optional<DateChange> close = {};
    std::optional<Extension> extension = {};
};

// What an event shows of the last attempt, found before the command: rows do not tell it.
struct LastWork {
    std::vector<Uuid> attempt_ids;  // of a group that has handed in together, everybody's
    std::optional<AttachmentKind> kind;
    std::optional<std::string> text;
    std::optional<std::string> url;
};

// Everything that somebody who grades does to one submission; what one request asks for is one
// change, done wholly or not at all.
struct MarkSubmission {
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    Uuid event_id;  // of the first event
    Time received_at;
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
    std::vector<LastWork> last_work = {};
    bool granted = false;  // to the actor, who needs no role in the class then (domain/may.hpp)
    // Of the student's group, whose work the actor may not mark: nothing is done that touches it.
    std::vector<Uuid> not_theirs = {};

    std::optional<NewGrade> grade = {};
    std::optional<NewLateStatus> late = {};
    std::optional<WantedFlags> flags = {};  // instead of `late` and of excusing
    std::optional<std::int64_t> extra_attempts = {};
    std::optional<NewDates> dates = {};
    std::optional<bool> post = {};  // show the grade to the student, or hide it again
    bool give_back = false;         // edlink.md 3.6 "return"
    std::optional<NewComment> comment = {};
};

// The same for several students of one assignment: all of it or nothing (tabula.md 3.10).
struct MarkSubmissions {
    std::vector<MarkSubmission> marks;  // at least one
};

// Say something about one's own submission, or about one that one grades.
struct CommentOnSubmission {
    Actor actor;
    Origin origin = Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Uuid person_id;
    Uuid event_id;  // of the first event
    Time received_at;
    std::optional<ReplayKey> replay_key;
    RequestFacts request;
    std::vector<LastWork> last_work = {};
    NewComment comment;
};

// Exchange a refresh token for one more access token (edlink.md 1.2).
struct RefreshAccess {
    std::string client_id;
    Digest256 client_secret_hash{};
    Digest256 refresh_hash{};
    Digest256 access_hash{};
};

// Announce an upload, or keep one that has arrived whole.
struct CreateUpload {
    Actor actor;
    Upload upload;
    std::string row_bytes = {};  // if upload.bytes.in_row and it is finished
    UploadLimits limits = {};
};

// Keep several that have arrived whole, of one person: all of them or none.
struct CreateUploads {
    std::vector<CreateUpload> uploads;  // at least one
};

// More bytes of an upload are durable.
struct GrowUpload {
    Actor actor;
    Uuid upload_id;
    std::uint64_t from = 0;  // what it had before
    std::uint64_t to = 0;
    std::optional<std::uint64_t> length = {};  // if it is told only now
    std::optional<FileBytes> bytes = {};       // it is complete
    UploadLimits limits = {};
};

// Give an upload up.
struct DiscardUpload {
    Actor actor;
    Uuid upload_id;
};

// Forget uploads whose time is over; those that turn out to have some left stay.
struct ExpireUploads {
    std::vector<Uuid> upload_ids;
};

using Command =
    std::variant<Submit, Reclaim, NoteAttempt, MarkSubmission, MarkSubmissions, CommentOnSubmission,
                 RefreshAccess, CreateUpload, CreateUploads, GrowUpload, DiscardUpload,
                 ExpireUploads, Administer, ChangeAssignment>;

}  // namespace handin::domain
