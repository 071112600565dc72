// Bytes that wait to be sent to S3: hashed as they come, in memory while they are few, in a file
// without a name from there on. S3 wants to know how long a part is before its first byte, and a
// part that failed is sent again: a file does for that, where memory would be 8 MiB an upload. It
// need not outlive the process, so nothing is synced, and most of it never reaches the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/pool.hpp"
#include "blob/blob.hpp"
#include "blob/s3/payload.hpp"

namespace handin::blob::s3 {

class Spool final : public Payload {
 public:
    // `folder`: where the file goes. All outlive it.
    Spool(Pool& pool, const std::string& folder) : pool_(pool), folder_(folder) {}
    ~Spool() override;
    Spool(const Spool&) = delete;
    Spool& operator=(const Spool&) = delete;

    // Throws std::system_error.
    task<void> append(std::span<const std::uint8_t> bytes);

    std::uint64_t size() const override { return written_ + buffer_.size(); }
    std::string sha256() const override;
    task<std::string_view> read(std::uint64_t offset) override;

 private:
    void write_buffer();  // blocks
    void fill(std::uint64_t offset);

    Pool& pool_;
    const std::string& folder_;
    int file_ = -1;
    std::uint64_t written_ = 0;         // bytes in the file
    std::vector<std::uint8_t> buffer_;  // those behind them, kStageBytes at most
    Sha256 hash_;
    std::string piece_;  // being read
};

}  // namespace handin::blob::s3
