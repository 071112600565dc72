// The use case the system exists for: work comes in, and can be taken back.
#pragma once

#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blob/upload.hpp"
#include "domain/command.hpp"
#include "service/committer.hpp"
#include "service/inspection.hpp"
#include "service/shown.hpp"

namespace handin::service {

// One attachment of an attempt while its request is being read.
class IncomingAttachment {
 public:
    IncomingAttachment(blob::BlobStore& blobs, Time now);

    domain::AttachmentKind kind = domain::AttachmentKind::file;
    std::string title;
    std::string description;
    std::string url;
    std::optional<Uuid> upload_id;  // of a file: it was sent before, and nothing is written here

    // More bytes of a file or a text. Throws Overloaded if the disk does not take them.
    task<void> write(std::string_view bytes);

 private:
    friend class Intake;

    task<blob::Stored> store();  // durable when it returns; throws Overloaded

    Uuid id_;
    blob::Upload upload_;
    std::string text_start_;  // what an event shows of a text
};

// Everything about a submit but the actor.
struct Handin {
    domain::Origin origin = domain::Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    std::deque<IncomingAttachment> attachments;  // a deque: they grow while others are written to
    Time received_at;
    std::optional<domain::ReplayKey> replay_key;
    domain::RequestFacts request;
};

struct TakeBack {
    domain::Origin origin = domain::Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Time received_at;
    std::optional<domain::ReplayKey> replay_key;
    domain::RequestFacts request;
};

struct Accepted {
    ShownSubmission submission;
    bool repeated = false;  // the answer of an earlier request with the same key
};

class Intake {
 public:
    // All outlive it. Without `inspection` nobody looks for viruses.
    Intake(store::Store& store, blob::BlobStore& blobs, Committer& committer, const Clock& clock,
           Inspection* inspection = nullptr)
        : store_(store),
          blobs_(blobs),
          committer_(committer),
          clock_(clock),
          inspection_(inspection) {}

    // Asked before the body of a submit is read. A refusal: the actor is no student of the class,
    // or the assignment is not there for them. An answer: this key was used before. Nothing: read
    // on. Throws Overloaded if there is no room for another command.
    using Admission = std::expected<std::optional<Accepted>, domain::Refusal>;
    task<Admission> admit(domain::Actor actor, Uuid class_id, Uuid assignment_id,
                          std::optional<domain::ReplayKey> key);

    IncomingAttachment incoming() const { return {blobs_, clock_.now()}; }

    // Makes bytes durable, then the attempt that names them. On refusal nothing is left.
    task<std::expected<Accepted, domain::Refusals>> submit(domain::Actor actor, Handin handin);

    task<std::expected<Accepted, domain::Refusals>> reclaim(domain::Actor actor,
                                                            TakeBack take_back);

 private:
    void require_room() const;  // throws Overloaded
    task<domain::NewAttachment> finish(IncomingAttachment* incoming, const domain::Submit* command);

    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
    Inspection* inspection_;
};

// The name under which a repeat is recognised: who used which key for what (edlink.md 2.2).
domain::ReplayKey replay_key(const domain::Actor& actor, std::string_view verb,
                             std::string_view key);

}  // namespace handin::service
