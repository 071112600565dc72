// The use case the system exists for: work comes in, and can be taken back.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "blob/upload.hpp"
#include "domain/command.hpp"
#include "service/committer.hpp"
#include "service/entrance.hpp"
#include "service/first_arrivals.hpp"
#include "service/inspection.hpp"
#include "service/shown.hpp"

namespace handin::service {

// One attachment of an attempt while its request is being read.
class IncomingAttachment {
 public:
    IncomingAttachment(blob::BlobStore& blobs, Time now, Reception::Kept kept = {});

    domain::AttachmentKind kind = domain::AttachmentKind::file;
    std::string title;
    std::string description;
    std::string url;
    std::optional<Uuid> upload_id;  // of a file: it was sent before, and nothing is written here

    // More bytes of a file or a text. Throws Overloaded if the disk does not take them (NoRoom), or
    // too much is being kept in memory.
    task<void> write(std::string_view bytes);

 private:
    friend class Intake;

    task<blob::Stored> store();  // durable when it returns; throws NoRoom

    Uuid id_;
    blob::Upload upload_;
    Reception::Kept kept_;
    std::uint64_t size_ = 0;
    std::string text_start_;  // what an event shows of a text
};

// The leave to read the body of a submit. What it lets in counts until it is gone.
struct Seat {
    Reception::Seat place;
    Uuid submission_id;
    Time began;  // when the request's head was there
};

// Whose work it is, if it is not the actor's own. That they may was asked (Coursework::whose,
// Office::errand).
struct ForAnother {
    Uuid person_id;
    domain::OnBehalf how = {};
    std::optional<Time> submitted_at = {};  // given by whom it is granted to; else when it arrived
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
    std::optional<Seat> seat = {};
    domain::SubmitPolicy policy = {};
    std::optional<ForAnother> for_another = {};
};

struct TakeBack {
    domain::Origin origin = domain::Origin::handin;
    Uuid class_id;
    Uuid assignment_id;
    Time received_at;
    std::optional<domain::ReplayKey> replay_key;
    domain::RequestFacts request;
    std::optional<Uuid> for_another = {};  // as above
};

class Intake {
 public:
    // All outlive it. Without `inspection` nobody looks for viruses.
    Intake(store::Store& store, blob::BlobStore& blobs, Committer& committer, const Clock& clock,
           EntranceLimits limits = {}, Inspection* inspection = nullptr)
        : store_(store),
          blobs_(blobs),
          committer_(committer),
          clock_(clock),
          inspection_(inspection),
          entrance_(store, committer, std::move(limits)) {}

    // Asked before the body of a submit is read. A refusal: the actor is no student of the class,
    // or the assignment is not there for them. An answer: this key was used before. Nothing: go on
    // to seat().
    using Admission = std::expected<std::optional<Accepted>, domain::Refusal>;
    task<Admission> admit(domain::Actor actor, Uuid class_id, Uuid assignment_id,
                          std::optional<domain::ReplayKey> key);

    // The leave to read the body of a submit that admit() has let pass. `began`: when its head was
    // there; `length`: of the body, if it is known. Throws Overloaded if there is no room for it;
    // then this arrival is remembered.
    Seat seat(const domain::Actor& actor, const Uuid& assignment_id, Time began,
              std::optional<std::uint64_t> length, const std::optional<Uuid>& for_another = {});
    // While that body was read, something threw TryLater: that it came is remembered.
    void turned_away(const Seat& seat, const TryLater& why);

    // For what is in memory of such a body as a whole.
    Reception::Kept kept() { return entrance_.kept(); }
    IncomingAttachment incoming() { return {blobs_, clock_.now(), entrance_.kept()}; }

    // Makes bytes durable, then the attempt that names them. On refusal nothing is left. A prompt
    // repeat of what load has turned away is judged by when that arrived. Throws TryLater.
    task<std::expected<Accepted, domain::Refusals>> submit(domain::Actor actor, Handin handin);

    task<std::expected<Accepted, domain::Refusals>> reclaim(domain::Actor actor,
                                                            TakeBack take_back);

    const Reception& reception() const { return entrance_.reception(); }
    // The disk has refused something within the last seconds.
    bool short_of_room() const;

 private:
    task<std::expected<Accepted, domain::Refusals>> take(domain::Actor actor, Handin* handin);
    task<domain::NewAttachment> finish(IncomingAttachment* incoming, const domain::Submit* command);
    task<domain::ScanResult> inspect_upload(Uuid upload_id, std::optional<Uuid> owner_id,
                                            Suspect suspect);
    task<void> discard_infected(domain::Actor actor, std::vector<Uuid> upload_ids);
    void remember(const Uuid& submission_id, Time arrived, const TryLater& why);

    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
    Inspection* inspection_;
    Entrance entrance_;
    FirstArrivals arrivals_;
    std::atomic<std::int64_t> no_room_at_ = 0;  // microseconds; the last time the disk refused
};

// The name under which a repeat is recognised: who used which key for what (edlink.md 2.2).
domain::ReplayKey replay_key(const domain::Actor& actor, std::string_view verb,
                             std::string_view key);

}  // namespace handin::service
