// Bytes of one request on their way into an upload.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/hash.hpp"
#include "base/task.hpp"
#include "blob/blob.hpp"
#include "domain/upload.hpp"
#include "service/committer.hpp"
#include "service/reception.hpp"

namespace handin::service {

// Of the bytes of one request (tus: Upload-Checksum).
struct ExpectedChecksum {
    Checksum::Algorithm algorithm = Checksum::Algorithm::sha1;
    std::string digest;  // its bytes
};

// Which uploads are being sent to, and the hashes of what the others have so far, so that nothing
// is read again unless the server was restarted meanwhile. Thread-safe.
class UploadsInHand {
 public:
    // Holds an upload as long as it lives.
    class Hold {
     public:
        Hold(UploadsInHand& all, const Uuid& id) : all_(&all), id_(id) {}
        Hold(Hold&& other) noexcept : all_(std::exchange(other.all_, nullptr)), id_(other.id_) {}
        Hold& operator=(Hold&&) = delete;
        ~Hold();

     private:
        UploadsInHand* all_;
        Uuid id_;
    };
    // Nothing if another request holds it.
    std::optional<Hold> take(const Uuid& id);

    // The hash of the first `bytes` of it, if that is known. Given out once.
    std::optional<FileHash> take_hash(const Uuid& id, std::uint64_t bytes);
    void keep_hash(const Uuid& id, std::uint64_t bytes, FileHash hash);

 private:
    struct Hashed {
        std::uint64_t bytes;
        FileHash hash;
    };
    // Of 1 KiB each. More uploads than that at once are hashed again when they go on.
    static constexpr std::size_t kMostHashes = 8192;

    std::mutex mutex_;
    std::unordered_set<Uuid> held_;
    std::unordered_map<Uuid, Hashed> hashes_;
};

// What was written is kept as far as it was made durable and committed: every 16 MiB, and by
// close(). With a checksum, all of it by close() or nothing.
class UploadReceiver {
 public:
    struct Tools {
        blob::BlobStore& blobs;
        Committer& committer;
        UploadsInHand& in_hand;
        domain::UploadLimits limits;
    };

    // What the request takes while it lasts.
    struct Place {
        Reception::Seat seat;
        Reception::Kept kept;
    };

    UploadReceiver(Tools tools, UploadsInHand::Hold hold, domain::Actor actor,
                   domain::Upload upload, std::optional<std::uint64_t> length,
                   std::optional<ExpectedChecksum> checksum, Place place);
    ~UploadReceiver();
    UploadReceiver(const UploadReceiver&) = delete;
    UploadReceiver& operator=(const UploadReceiver&) = delete;

    // Before the first write. Throws Overloaded.
    task<void> open();

    using Written = std::expected<void, domain::Refusals>;
    // After a refusal, close(false). Throws TryLater.
    task<Written> write(std::string_view bytes);

    using Answer = std::expected<domain::Upload, domain::Refusals>;
    // Ends it. `whole`: the request came to its end; if not, what did come is kept, unless a
    // checksum was to tell whether it is right. Gives the upload as it is now. Throws TryLater.
    task<Answer> close(bool whole);

 private:
    task<Answer> commit(std::optional<domain::FileBytes> finished);
    task<Answer> finish();
    std::optional<std::uint64_t> length() const;

    Tools tools_;
    UploadsInHand::Hold hold_;
    Place place_;
    domain::Actor actor_;
    domain::Upload upload_;              // as committed
    std::optional<std::uint64_t> told_;  // the length that this request tells
    std::optional<ExpectedChecksum> expected_;
    std::optional<Checksum> checksum_;
    std::unique_ptr<blob::PartialFile> file_;
    std::optional<FileHash> hash_;  // of `received_` bytes
    std::uint64_t received_;
    bool sound_ = true;  // the file and the hash agree with received_
};

}  // namespace handin::service
