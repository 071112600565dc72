// Inside http/: how much replies keep in memory while clients take them.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "http/response.hpp"

namespace handin::http {

// What a Source keeps: a piece of a file, and what is around it.
inline constexpr std::size_t kSourceMemory = std::size_t{272} * 1024;
// A body up to this size is no more than a connection counts with anyway (docs/operating.md).
inline constexpr std::size_t kFreeReply = std::size_t{4} * 1024;

// What one reply keeps, counted until this is destroyed.
class ReplyMemory {
 public:
    ReplyMemory(std::atomic<std::uint64_t>& total, const Response& response)
        : total_(total), bytes_(response.source ? kSourceMemory : response.body.size()) {
        if (bytes_ <= kFreeReply) bytes_ = 0;
        all_ = total_.fetch_add(bytes_, std::memory_order_relaxed) + bytes_;
    }
    ~ReplyMemory() { total_.fetch_sub(bytes_, std::memory_order_relaxed); }
    ReplyMemory(const ReplyMemory&) = delete;
    ReplyMemory& operator=(const ReplyMemory&) = delete;

    // With all others that were there when it came.
    bool fits(std::uint64_t most) const { return bytes_ == 0 || all_ <= most; }

 private:
    std::atomic<std::uint64_t>& total_;
    std::uint64_t bytes_;
    std::uint64_t all_ = 0;
};

}  // namespace handin::http
