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
#include "domain/upload.hpp"
#include "service/committer.hpp"
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

class Uploads {
 public:
    using Answer = std::expected<domain::Upload, domain::Refusals>;

    // All outlive it. Throws std::logic_error if the engine of `blobs` has no partial files.
    Uploads(store::Store& store, blob::BlobStore& blobs, Committer& committer, const Clock& clock,
            domain::UploadLimits limits);

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

    // Asked before a whole file is read: how many bytes it may have. `bytes`: what it says it has.
    task<std::expected<std::uint64_t, domain::Refusals>> admit(domain::Actor actor,
                                                               std::optional<std::uint64_t> bytes);
    // Where a whole file goes while it is read.
    blob::Upload incoming() const;
    task<void> write(blob::Upload* incoming, std::string_view bytes) const;
    // Keeps what has come in.
    task<Answer> keep(domain::Actor actor, NewUpload about, blob::Upload incoming);

    // One upload that has the bytes of all parts, in order. The parts stay as they are.
    task<Answer> join(domain::Actor actor, NewUpload about, std::vector<Uuid> parts);

    task<Answer> find(domain::Actor actor, Uuid upload_id);
    // Forgets it and its bytes. Refused if it was handed in, or while somebody sends to it.
    task<std::expected<void, domain::Refusals>> discard(domain::Actor actor, Uuid upload_id);

 private:
    task<std::optional<domain::Upload>> row(Uuid upload_id);
    task<void> copy(std::vector<domain::Upload> parts, blob::Upload* into);

    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
    domain::UploadLimits limits_;
    UploadsInHand in_hand_;
};

// Removes the bytes of uploads that a commit has removed.
void remove_bytes(blob::BlobStore& blobs, const std::vector<domain::Upload>& removed);

}  // namespace handin::service
