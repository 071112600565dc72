#include "blob/upload.hpp"

#include <exception>
#include <utility>

#include "base/encoding.hpp"
#include "base/log.hpp"

namespace handin::blob {

Upload::Upload(BlobStore& store, Uuid storage_id) : store_(&store), id_(storage_id) {}

Upload::~Upload() {
    discard();
}

Upload::Upload(Upload&& other) noexcept
    : store_(other.store_),
      id_(other.id_),
      size_(other.size_),
      small_(std::move(other.small_)),
      hash_(std::move(other.hash_)),
      stage_(std::move(other.stage_)),
      stage_hashes_(other.stage_hashes_),
      removable_(std::exchange(other.removable_, false)) {}

Upload& Upload::operator=(Upload&& other) noexcept {
    if (this == &other) return *this;
    discard();
    store_ = other.store_;
    id_ = other.id_;
    size_ = other.size_;
    small_ = std::move(other.small_);
    stage_ = std::move(other.stage_);  // before the hash that the old one may know
    hash_ = std::move(other.hash_);
    stage_hashes_ = other.stage_hashes_;
    removable_ = std::exchange(other.removable_, false);
    return *this;
}

task<void> Upload::write(std::string_view bytes) {
    if (!stage_ && size_ + bytes.size() <= kRowBytes) {
        small_ += bytes;
    } else {
        if (!stage_) {
            hash_ = std::make_unique<FileHash>();
            stage_ = co_await store_->stage(id_);
            stage_hashes_ = stage_->hash_into(*hash_);
            co_await stage(std::exchange(small_, {}));
        }
        co_await stage(bytes);
    }
    size_ += bytes.size();
}

task<void> Upload::stage(std::string_view bytes) {
    co_await stage_->write(as_bytes(bytes));
    if (!stage_hashes_) hash_->update(as_bytes(bytes));
}

task<Stored> Upload::finish() {
    Stored stored{.storage_id = id_, .size = size_, .row_bytes = {}};
    if (stage_) {
        co_await stage_->finish();
        removable_ = true;
        stage_.reset();
        stored.in_row = false;
    } else {
        hash_ = std::make_unique<FileHash>();
        hash_->update(as_bytes(small_));
        stored.row_bytes = std::move(small_);
        small_.clear();
    }
    const auto digests = hash_->finish();
    stored.sha256 = digests.sha256;
    stored.sha1 = digests.sha1;
    co_return stored;
}

void Upload::keep() {
    removable_ = false;
}

void Upload::discard() noexcept {
    if (!std::exchange(removable_, false)) return;
    try {
        store_->remove(id_);
    } catch (const std::exception& error) {
        // The collector will find them.
        log::warn("blob: discarded bytes remain",
                  {{"storage_id", id_.str()}, {"reason", error.what()}});
    }
}

}  // namespace handin::blob
