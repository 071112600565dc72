// Whether there is room left where things are kept. Asked by a thread of its own: on a network file
// system the question may take long.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace handin {

class DiskSpace {
 public:
    // `least`: bytes that must be free below each of the folders. Blocks for the first look.
    DiskSpace(std::vector<std::filesystem::path> folders, std::uint64_t least);

    // As of a second ago at most.
    bool enough() const { return free() >= least_; }
    // Bytes, of the folder that has least.
    std::uint64_t free() const { return free_.load(std::memory_order_relaxed); }

 private:
    void look();
    void run(std::stop_token stop);

    std::vector<std::filesystem::path> folders_;
    std::uint64_t least_;
    std::atomic<std::uint64_t> free_ = 0;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace handin
