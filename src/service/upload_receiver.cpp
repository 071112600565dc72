#include "service/upload_receiver.hpp"

#include <algorithm>
#include <system_error>

#include "base/encoding.hpp"

namespace handin::service {
namespace {

// How much a crash of the machine can take back of a request that goes on for long. A sync each
// does not show: the pages are on their way by then.
constexpr std::uint64_t kCommitBytes = std::uint64_t{16} * 1024 * 1024;

task<FileHash> hash_file(blob::PartialFiles* files, Uuid id, std::uint64_t bytes) {
    FileHash hash;
    const auto reader = co_await files->read(id, bytes);
    for (;;) {
        const auto piece = co_await reader->next();
        if (piece.empty()) co_return hash;
        hash.update(as_bytes(piece));
    }
}

}  // namespace

UploadsInHand::Hold::~Hold() {
    if (all_ == nullptr) return;
    std::lock_guard lock(all_->mutex_);
    all_->held_.erase(id_);
}

std::optional<UploadsInHand::Hold> UploadsInHand::take(const Uuid& id) {
    std::lock_guard lock(mutex_);
    if (!held_.insert(id).second) return std::nullopt;
    return std::optional<Hold>(std::in_place, *this, id);
}

std::optional<FileHash> UploadsInHand::take_hash(const Uuid& id, std::uint64_t bytes) {
    std::lock_guard lock(mutex_);
    const auto node = hashes_.extract(id);
    if (!node || node.mapped().bytes != bytes) return std::nullopt;
    return std::move(node.mapped().hash);
}

void UploadsInHand::keep_hash(const Uuid& id, std::uint64_t bytes, FileHash hash) {
    std::lock_guard lock(mutex_);
    if (hashes_.size() >= kMostHashes) hashes_.erase(hashes_.begin());
    hashes_.insert_or_assign(id, Hashed{bytes, std::move(hash)});
}

UploadReceiver::UploadReceiver(Tools tools, UploadsInHand::Hold hold, domain::Actor actor,
                               domain::Upload upload, std::optional<std::uint64_t> length,
                               std::optional<ExpectedChecksum> checksum, Place place)
    : tools_(tools),
      hold_(std::move(hold)),
      place_(std::move(place)),
      actor_(actor),
      upload_(std::move(upload)),
      told_(upload_.length ? std::nullopt : length),
      expected_(std::move(checksum)),
      received_(upload_.received) {
    if (expected_) checksum_.emplace(expected_->algorithm);
}

UploadReceiver::~UploadReceiver() = default;

std::optional<std::uint64_t> UploadReceiver::length() const {
    return upload_.length ? upload_.length : told_;
}

task<void> UploadReceiver::open() {
    auto& files = *tools_.blobs.partials();
    try {
        file_ = co_await files.resume(upload_.id, received_);
        hash_ = tools_.in_hand.take_hash(upload_.id, received_);
        if (!hash_ && received_ == 0) hash_.emplace();
        if (!hash_) hash_ = co_await hash_file(&files, upload_.id, received_);
    } catch (const std::system_error& error) {
        throw Overloaded(error.what());
    }
}

task<UploadReceiver::Written> UploadReceiver::write(std::string_view bytes) {
    if (bytes.size() > length().value_or(tools_.limits.bytes) - received_)
        co_return std::unexpected(domain::Refusals{
            {domain::Reason::upload_too_large, "", "This is more than the upload's length."}});
    const auto added = received_ - upload_.received + bytes.size();
    if (!place_.kept.grow_to(std::min<std::uint64_t>(added, blob::kStageBytes)))
        throw Overloaded("too much is being received");
    sound_ = false;
    try {
        co_await file_->append(as_bytes(bytes));
    } catch (const std::system_error& error) {
        throw Overloaded(error.what());
    }
    hash_->update(as_bytes(bytes));
    if (checksum_) checksum_->update(as_bytes(bytes));
    received_ += bytes.size();
    sound_ = true;
    // What a checksum is to come for must not be remembered before it has come.
    if (checksum_ || received_ - upload_.received < kCommitBytes || received_ == length())
        co_return Written();
    auto outcome = co_await commit(std::nullopt);
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return Written();
}

task<UploadReceiver::Answer> UploadReceiver::close(bool whole) {
    if (!sound_) co_return upload_;  // the disk failed: what was committed before stays
    if (checksum_ && (!whole || checksum_->finish() != expected_->digest)) {
        hash_.reset();  // has seen what is now forgotten
        file_.reset();  // whoever goes on cuts it to what was committed
        if (!whole) co_return upload_;
        co_return std::unexpected(domain::Refusals{
            {domain::Reason::upload_checksum, "", "The bytes do not match their checksum."}});
    }
    if (received_ == length()) co_return co_await finish();
    if (received_ == upload_.received && !told_) {
        tools_.in_hand.keep_hash(upload_.id, received_, std::move(*hash_));
        co_return upload_;
    }
    auto outcome = co_await commit(std::nullopt);
    if (outcome) tools_.in_hand.keep_hash(upload_.id, received_, std::move(*hash_));
    co_return outcome;
}

task<UploadReceiver::Answer> UploadReceiver::finish() {
    try {
        co_await file_->finish();
    } catch (const std::system_error& error) {
        throw Overloaded(error.what());
    }
    const auto digests = hash_->finish();
    co_return co_await commit(domain::FileBytes{.storage_id = upload_.id,
                                                .size = received_,
                                                .sha256 = digests.sha256,
                                                .sha1 = digests.sha1,
                                                .in_row = false});
}

// Bytes first, then the row that tells of them.
task<UploadReceiver::Answer> UploadReceiver::commit(std::optional<domain::FileBytes> finished) {
    const bool is_finished = finished.has_value();
    if (!is_finished) {
        try {
            co_await file_->sync();
        } catch (const std::system_error& error) {
            sound_ = false;
            throw Overloaded(error.what());
        }
    }
    auto outcome = co_await tools_.committer.execute(
        domain::GrowUpload{.actor = actor_,
                           .upload_id = upload_.id,
                           .from = upload_.received,
                           .to = received_,
                           .length = std::exchange(told_, std::nullopt),
                           .bytes = finished,
                           .limits = tools_.limits});
    if (!outcome) {
        sound_ = false;
        const auto reason = outcome.error().front().reason;
        if (reason == domain::Reason::upload_not_found) {  // it expired, and was swept away
            tools_.blobs.remove(upload_.id);
            tools_.blobs.partials()->remove(upload_.id);
        }
        co_return std::unexpected(std::move(outcome.error()));
    }
    upload_ = std::move(*outcome->upload);
    co_return upload_;
}

}  // namespace handin::service
