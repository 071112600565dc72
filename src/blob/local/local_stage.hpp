// Bytes on their way into a file of the folder engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/pool.hpp"
#include "blob/blob.hpp"
#include "blob/local/file.hpp"

namespace handin::blob::local {

// What is gathered in memory before a hop to the pool pays.
inline constexpr std::size_t kPieceBytes = kStageBytes;
// Write-back starts each time so many bytes are dirty, and the window before must be on the disk by
// then: a slow disk slows the sender instead of filling the memory with dirty pages, and the sync
// at the end is short.
inline constexpr std::uint64_t kWindowBytes = std::uint64_t{8} * 1024 * 1024;

struct Place {
    std::string folder;
    std::string name;     // in that folder, when finished
    std::string staging;  // path of the file until then; empty: it has no name
};

class LocalStage final : public Stage {
 public:
    LocalStage(Pool& pool, Place place) : pool_(pool), place_(std::move(place)) {}
    ~LocalStage() override;  // an unfinished file goes on the pool
    LocalStage(const LocalStage&) = delete;
    LocalStage& operator=(const LocalStage&) = delete;

    task<void> write(std::span<const std::uint8_t> bytes) override;
    task<void> finish() override;

 private:
    void gather(std::span<const std::uint8_t> bytes);

    // These block.
    void take(std::span<const std::uint8_t> bytes);
    void put(std::span<const std::uint8_t> bytes);
    void bound_dirty_pages();
    void publish();

    Pool& pool_;
    Place place_;
    File file_;                         // opened by the first bytes that leave buffer_
    std::vector<std::uint8_t> buffer_;  // less than a piece
    std::uint64_t written_ = 0;         // bytes given to the kernel
    std::uint64_t started_ = 0;         // of those, bytes whose write-back was started
    bool spent_ = false;                // finished, or an earlier call failed
};

}  // namespace handin::blob::local
