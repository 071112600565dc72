#include "base/disk_space.hpp"

#include <sys/statvfs.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

namespace handin {

DiskSpace::DiskSpace(std::vector<std::filesystem::path> folders, std::uint64_t least)
    : folders_(std::move(folders)), least_(least) {
    look();
    thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
}

void DiskSpace::look() {
    auto least = std::numeric_limits<std::uint64_t>::max();
    for (const auto& folder : folders_) {
        struct statvfs status{};
        // One that cannot be asked is not reported full: writing to it will tell.
        if (statvfs(folder.c_str(), &status) == 0)
            least = std::min<std::uint64_t>(least, status.f_bavail * status.f_frsize);
    }
    free_.store(least, std::memory_order_relaxed);
}

void DiskSpace::run(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        wake_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
        look();
    }
}

}  // namespace handin
