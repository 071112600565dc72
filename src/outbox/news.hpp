// That something was committed, for those who wait for it without a thread of their own.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_set>

#include "base/task.hpp"

namespace handin::outbox {

// Thread-safe. It outlives whoever waits.
class News {
 public:
    // Something was committed, here or by another node. Never blocks for long.
    void ring();
    // Whoever waits, or will, goes on at once from now on.
    void stop();

    bool stopped() const { return stopped_; }
    std::uint64_t rung() const { return rung_; }  // how often
    bool awaited() const;
    // Until it has rung more often than that, it is stopped, or the time is over.
    task<void> wait(std::uint64_t rung, std::chrono::milliseconds at_most);

 private:
    struct Waiter;
    void wake_all();

    std::atomic<std::uint64_t> rung_ = 0;
    std::atomic<bool> stopped_ = false;
    mutable std::mutex mutex_;
    std::unordered_set<Waiter*> waiters_;
};

}  // namespace handin::outbox
