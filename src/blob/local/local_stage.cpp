#include "blob/local/local_stage.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace handin::blob::local {

LocalStage::~LocalStage() {
    if (!file_) return;
    // Giving back the blocks of a large file takes a while.
    pool_.post([file = std::move(file_), staging = std::move(place_.staging)] {
        try {
            if (!staging.empty()) unlink_if_there(staging);
        } catch (const std::system_error&) {
            // The next start empties the folder.
        }
    });
}

task<void> LocalStage::write(std::span<const std::uint8_t> bytes) {
    if (spent_) throw std::system_error(EIO, std::generic_category(), "writing file bytes");
    if (buffer_.size() + bytes.size() < kPieceBytes) {
        gather(bytes);
        co_return;
    }
    spent_ = true;  // and stays so if this throws
    co_await pool_.run([this, bytes] { take(bytes); });
    spent_ = false;
}

task<void> LocalStage::finish() {
    if (spent_) throw std::system_error(EIO, std::generic_category(), "writing file bytes");
    spent_ = true;
    co_await pool_.run([this] { publish(); });
}

// Grows like any vector, but never beyond a piece.
void LocalStage::gather(std::span<const std::uint8_t> bytes) {
    const auto needed = buffer_.size() + bytes.size();
    if (needed > buffer_.capacity())
        buffer_.reserve(std::min(kPieceBytes, std::max(needed, 2 * buffer_.capacity())));
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

void LocalStage::take(std::span<const std::uint8_t> bytes) {
    if (!buffer_.empty()) {
        const auto head = bytes.first(kPieceBytes - buffer_.size());
        gather(head);
        put(buffer_);
        buffer_.clear();
        bytes = bytes.subspan(head.size());
    }
    while (bytes.size() >= kPieceBytes) {
        put(bytes.first(kPieceBytes));
        bytes = bytes.subspan(kPieceBytes);
    }
    gather(bytes);
}

void LocalStage::put(std::span<const std::uint8_t> bytes) {
    if (!file_)
        file_ = place_.staging.empty() ? open_unnamed(place_.folder) : open_new(place_.staging);
    write_at(file_, written_, bytes);
    written_ += bytes.size();
    bound_dirty_pages();
}

void LocalStage::bound_dirty_pages() {
    if (written_ - started_ < kWindowBytes) return;
    start_write_back(file_, started_, kWindowBytes);
    if (started_ >= kWindowBytes) await_write_back(file_, started_ - kWindowBytes, kWindowBytes);
    started_ += kWindowBytes;
}

// The order is the point: bytes, sync, name, sync of the name.
void LocalStage::publish() {
    put(buffer_);
    sync_data(file_);
    const auto folder = open_folder(place_.folder);
    if (place_.staging.empty())
        link_unnamed(file_, folder, place_.name);
    else
        link_path(place_.staging, folder, place_.name);
    try {
        sync_folder(folder);
        if (!place_.staging.empty()) unlink_if_there(place_.staging);
    } catch (...) {
        unlink_if_there(place_.folder + '/' + place_.name);
        throw;
    }
    file_ = File();
}

}  // namespace handin::blob::local
