// Bytes on their way to the end of a file: gathered in memory into pieces that are worth a hop to
// the pool, with the dirty pages behind them bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "base/hash.hpp"
#include "blob/blob.hpp"
#include "blob/local/file.hpp"

namespace handin::blob::local {

// What is gathered in memory before a hop to the pool pays.
inline constexpr std::size_t kPieceBytes = kStageBytes;
// Write-back starts each time so many bytes are dirty. In larger steps, files that arrive side by
// side would keep the disk idle first and everybody waiting for it then (docs/decisions).
inline constexpr std::uint64_t kStepBytes = std::uint64_t{1024} * 1024;
// All but so many bytes must be on the disk before more is taken: a slow disk slows the sender
// instead of filling the memory with dirty pages, and the sync at the end is short.
inline constexpr std::uint64_t kWindowBytes = 4 * kStepBytes;

class Appender {
 public:
    // The file is opened when the first bytes leave memory.
    explicit Appender(std::move_only_function<File()> open) : open_(std::move(open)) {}
    // Goes on at `offset`, which is the end of the file.
    Appender(File file, std::uint64_t offset)
        : file_(std::move(file)), written_(offset), started_(offset), settled_(offset) {}

    // From now on, updates `hash` with the bytes that leave memory.
    void hash_into(FileHash& hash) { hash_ = &hash; }

    // False if the bytes would fill a piece: then take() them on the pool.
    bool gather(std::span<const std::uint8_t> bytes);

    // These block.
    void take(std::span<const std::uint8_t> bytes);
    // Nothing is left in memory, and the file is open.
    void flush();
    // Forgets what comes after `length`.
    void cut(std::uint64_t length);

    File& file() { return file_; }

 private:
    void keep(std::span<const std::uint8_t> bytes);
    void put(std::span<const std::uint8_t> bytes);
    void bound_dirty_pages();

    std::move_only_function<File()> open_;
    File file_;
    FileHash* hash_ = nullptr;
    std::vector<std::uint8_t> buffer_;  // less than a piece
    std::uint64_t written_ = 0;         // bytes given to the kernel
    std::uint64_t started_ = 0;         // of those, bytes whose write-back was started
    std::uint64_t settled_ = 0;         // of those, bytes that are written, and no longer cached
};

}  // namespace handin::blob::local
