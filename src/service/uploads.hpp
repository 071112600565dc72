// Files that are sent before they are handed in: announced and received in pieces that survive a
// broken connection and a restart, or kept at once.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "base/time.hpp"
#include "blob/blob.hpp"
#include "blob/upload.hpp"
#include "domain/upload_rules.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "service/entrance.hpp"
#include "service/upload_receiver.hpp"

namespace handin::service {

// What a client says of an upload beforehand.
struct NewUpload {
    domain::Upload::Kind kind = domain::Upload::Kind::whole;
    std::optional<std::uint64_t> length = {};
    std::string filename = {};
    std::string media_type = {};
    std::string metadata = {};
    std::vector<Uuid> parts = {};  // of a joined one
};

// What one that is being sent keeps in memory: a piece of the body, one of the file, and around
// them. Where all of them do that nobody is refused for want of memory (Reception::sit).
inline constexpr std::size_t kUploadMemory = std::size_t{480} * 1024;

// A whole file while it is read.
struct IncomingUpload {
    blob::Upload bytes;
    Reception::Kept kept;
    std::uint64_t size = 0;
};

class Uploads {
 public:
    using Answer = std::expected<domain::Upload, domain::Refusals>;

    // All outlive it. Throws std::logic_error if the engine of `blobs` has no partial files.
    Uploads(store::Store& store, blob::BlobStore& blobs, Committer& committer, const Clock& clock,
            domain::UploadLimits limits, EntranceLimits entrance);

    const domain::UploadLimits& limits() const { return limits_; }

    // Everything throws TryLater if it cannot be done now.

    // An upload to which bytes will be sent; one of length 0 is complete at once.
    task<Answer> create(domain::Actor actor, NewUpload about);

    // Opens an upload to go on with it. Refused if another request is at it.
    struct Append {
        Uuid upload_id;
        std::uint64_t offset = 0;
        std::optional<std::uint64_t> length = {};  // of the upload, if it is told only now
        std::optional<std::uint64_t> bytes = {};   // of the request, if they are known
        std::optional<ExpectedChecksum> checksum = {};
    };
    using Opened = std::expected<std::unique_ptr<UploadReceiver>, domain::Refusals>;
    task<Opened> receive(domain::Actor actor, Append append);

    // Asked before whole files are read: how much there may be. `bytes`: what one file says it has.
    struct Admission {
        domain::UploadRoom room;
        Reception::Seat seat;  // to be kept until all is done
    };
    task<std::expected<Admission, domain::Refusals>> admit(domain::Actor actor,
                                                           std::optional<std::uint64_t> bytes);
    // Where a whole file goes while it is read.
    IncomingUpload incoming();
    task<void> write(IncomingUpload* incoming, std::string_view bytes) const;
    // A whole file that is durable, and gone again unless it is kept.
    struct Arrived {
        NewUpload about;
        IncomingUpload incoming;
        blob::Stored stored;
    };
    task<Arrived> finish(NewUpload about, IncomingUpload incoming);
    // Keeps all of them, or none.
    using Answers = std::expected<std::vector<domain::Upload>, domain::Refusals>;
    task<Answers> keep(domain::Actor actor, std::vector<Arrived> files);

    // One upload that has the bytes of all parts, in order. The parts stay as they are.
    task<Answer> join(domain::Actor actor, NewUpload about, std::vector<Uuid> parts);

    task<Answer> find(domain::Actor actor, Uuid upload_id);
    // The bytes of one that is complete.
    task<std::expected<Download, domain::Refusals>> open(domain::Actor actor, Uuid upload_id);
    // Forgets it and its bytes. Refused if it was handed in, or while somebody sends to it.
    task<std::expected<void, domain::Refusals>> discard(domain::Actor actor, Uuid upload_id);

    const Reception& reception() const { return entrance_.reception(); }

 private:
    task<Answer> keep_one(domain::Actor actor, NewUpload about, IncomingUpload incoming);
    task<std::optional<domain::Upload>> row(Uuid upload_id);
    task<void> copy(std::vector<domain::Upload> parts, IncomingUpload* into);

    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
    domain::UploadLimits limits_;
    Entrance entrance_;
    UploadsInHand in_hand_;
};

// Removes the bytes of uploads that a commit has removed.
void remove_bytes(blob::BlobStore& blobs, const std::vector<domain::Upload>& removed);

}  // namespace handin::service
