#include "blob/local/appender.hpp"

#include <algorithm>

namespace handin::blob::local {

bool Appender::gather(std::span<const std::uint8_t> bytes) {
    if (buffer_.size() + bytes.size() >= kPieceBytes) return false;
    keep(bytes);
    return true;
}

// Grows like any vector, but never beyond a piece.
void Appender::keep(std::span<const std::uint8_t> bytes) {
    const auto needed = buffer_.size() + bytes.size();
    if (needed > buffer_.capacity())
        buffer_.reserve(std::min(kPieceBytes, std::max(needed, 2 * buffer_.capacity())));
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void Appender::take(std::span<const std::uint8_t> bytes) {
    if (!buffer_.empty()) {
        const auto head = bytes.first(std::min(bytes.size(), kPieceBytes - buffer_.size()));
        keep(head);
        put(buffer_);
        buffer_.clear();
        bytes = bytes.subspan(head.size());
    }
    while (bytes.size() >= kPieceBytes) {
        put(bytes.first(kPieceBytes));
        bytes = bytes.subspan(kPieceBytes);
    }
    keep(bytes);
}

void Appender::flush() {
    put(buffer_);
    buffer_.clear();
}

void Appender::cut(std::uint64_t length) {
    flush();
    truncate(file_, length);
    written_ = length;
    started_ = std::min(started_, length);
    settled_ = std::min(settled_, length);
}

void Appender::put(std::span<const std::uint8_t> bytes) {
    if (!file_) file_ = open_();
    if (hash_) hash_->update(bytes);
    write_at(file_, written_, bytes);
    written_ += bytes.size();
    bound_dirty_pages();
}

// What is on the disk leaves the cache: it is seldom read again soon, and large files would push
// out the database. New pages cost more than pages used again, too.
void Appender::bound_dirty_pages() {
    if (written_ - started_ < kStepBytes) return;
    start_write_back(file_, started_, written_ - started_);
    started_ = written_;
    if (started_ - settled_ <= kWindowBytes) return;
    const auto length = started_ - settled_ - kWindowBytes;
    await_write_back(file_, settled_, length);
    drop_from_cache(file_, settled_, length);
    settled_ += length;
}

}  // namespace handin::blob::local
