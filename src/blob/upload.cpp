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
      hash_(std::move(other.hash_)),
      size_(other.size_),
      small_(std::move(other.small_)),
      stage_(std::move(other.stage_)),
      removable_(std::exchange(other.removable_, false)) {}

Upload& Upload::operator=(Upload&& other) noexcept {
    if (this == &other) return *this;
    discard();
    store_ = other.store_;
    id_ = other.id_;
    hash_ = std::move(other.hash_);
    size_ = other.size_;
    small_ = std::move(other.small_);
    stage_ = std::move(other.stage_);
    removable_ = std::exchange(other.removable_, false);
    return *this;
}

task<void> Upload::write(std::string_view bytes) {
    if (stage_) {
        co_await stage_->write(as_bytes(bytes));
    } else if (size_ + bytes.size() <= kRowBytes) {
        small_ += bytes;
    } else {
        stage_ = co_await store_->stage(id_);
        co_await stage_->write(as_bytes(small_));
        co_await stage_->write(as_bytes(bytes));
        small_ = std::string();
    }
    hash_.update(as_bytes(bytes));
    size_ += bytes.size();
}

task<Stored> Upload::finish() {
    Stored stored{.storage_id = id_, .size = size_, .row_bytes = {}};
    if (stage_) {
        co_await stage_->finish();
        removable_ = true;
        stage_.reset();
        stored.in_row = false;
    } else {
        stored.row_bytes = std::move(small_);
        small_.clear();
    }
    const auto digests = hash_.finish();
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
