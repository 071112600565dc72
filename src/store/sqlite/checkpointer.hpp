// Moves the write-ahead log into the database in two steps, so that neither the log grows nor a
// commit waits: when the log passes a limit, a thread of its own copies what it can while commits
// go on; then the writer, between two batches, copies the little that is left, after which the next
// commit starts the log from the front (docs/decisions/0003-sqlite-group-commit.md). Whoever keeps
// a read transaction open for longer must let go of it for the time in between.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class Checkpointer {
 public:
    // `release` is called on the checkpointer's thread when its rest is over.
    explicit Checkpointer(const std::filesystem::path& file, std::function<void()> release = {});
    ~Checkpointer();

    // Ends its thread; nothing is copied any more.
    void stop();

    // Called by the writer after each commit, outside of a transaction.
    void after_commit(int log_pages, Connection& writer);

    // Counts the steps from rest to rest. A read transaction that was begun at an earlier step than
    // this one is in the way of the log's new start.
    std::uint64_t step() const { return step_.load(std::memory_order_acquire); }
    static bool resting(std::uint64_t step) { return phase_of(step) == Phase::idle; }

    // A sync has failed: what the database file holds is not known, and the log must not start
    // again, for it has everything.
    bool failed() const { return failed_.load(std::memory_order_relaxed); }

    // Pages in the log, for /metrics.
    int log_pages() const { return log_pages_.load(std::memory_order_relaxed); }

 private:
    enum class Phase { idle, wanted, copied };
    static Phase phase_of(std::uint64_t step) { return static_cast<Phase>(step % 3); }
    void run(std::stop_token stop);
    bool copy();

    Connection db_;
    std::function<void()> release_;
    std::atomic<int> log_pages_ = 0;
    std::atomic<bool> failed_ = false;
    std::atomic<std::uint64_t> step_ = 0;
    std::mutex mutex_;
    std::condition_variable_any wanted_;
    std::jthread thread_;
};

}  // namespace handin::store::sqlite
