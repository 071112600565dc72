// A submission as replies show it: with its attempts, and with texts up to a bound.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "blob/blob.hpp"
#include "domain/coursework.hpp"
#include "domain/decide.hpp"
#include "domain/state.hpp"
#include "service/onlooker.hpp"
#include "store/store.hpp"

namespace handin::service {

// Texts are shown inside replies: of one submission the latest ones up to so many bytes, and a page
// of submissions ends when it has gathered that many.
inline constexpr std::size_t kShownTextBytes = 1024 * 1024;

// A page also ends when it has gathered so many bytes beside texts: a reply is in memory as a
// whole, and a submission of many attempts is long.
inline constexpr std::size_t kShownOtherBytes = 4 * 1024 * 1024;

// An attachment with what a reply shows of it: a text comes whole, a file by its URL only.
struct ShownAttachment {
    domain::Attachment attachment;
    std::optional<std::string> text;  // of a text, unless it is one too many to be shown: then it
                                      // is to be downloaded like a file
};

struct ShownAttempt {
    Uuid id;
    Time submitted_at;
    bool has_receipt = false;
    std::vector<ShownAttachment> attachments;
};

struct ShownSubmission {
    Uuid id;                   // by which the onlooker knows it
    domain::Submission facts;  // without the grade if the onlooker may not see it
    domain::SubmissionState state = domain::SubmissionState::created;
    domain::Flags flags;
    std::vector<ShownAttempt> attempts;
    bool names_person = true;  // else whose work it is must not be told
    std::optional<std::string> grade_comment = {};
};

// What a command has done, as its reply tells it.
struct Accepted {
    ShownSubmission submission;
    bool repeated = false;  // the answer of an earlier request with the same key
};

// The submission with what is in rows; add_stored_texts adds what is in files.
ShownSubmission shown(store::Reader& reader, domain::Submission facts,
                      const domain::Assignment& assignment, const Onlooker& onlooker, Time now);
task<void> add_stored_texts(blob::BlobStore* blobs, std::vector<ShownAttempt>* attempts);

// Of all its texts, shown or not.
std::size_t text_bytes(const ShownSubmission& submission);
// Of everything else that a reply says of it, roughly.
std::size_t other_bytes(const ShownSubmission& submission);

// What a command has left, for its reply. What it has just committed is not read again.
task<ShownSubmission> show(store::Store* store, blob::BlobStore* blobs, domain::Accepted accepted,
                           Onlooker onlooker);

// The last thing that somebody who grades has said and that the onlooker sees.
std::optional<std::string> grade_comment(store::Reader& reader, const domain::Submission& facts,
                                         const Onlooker& onlooker);

}  // namespace handin::service
