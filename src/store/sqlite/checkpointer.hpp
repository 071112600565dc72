// Moves the write-ahead log into the database in two steps, so that neither the log grows nor a
// commit waits: when the log passes a limit, a thread of its own copies what it can while commits
// go on; then the writer, between two batches, copies the little that is left, after which the next
// commit starts the log from the front (docs/decisions/0003-sqlite-group-commit.md). Whoever keeps
// a read transaction open for longer must let go of it for the time in between.
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class Checkpointer {
 public:
    // `release` is called on the checkpointer's thread when resting() has become false.
    explicit Checkpointer(const std::filesystem::path& file, std::function<void()> release = {});
    ~Checkpointer();

    // Called by the writer after each commit, outside of a transaction.
    void after_commit(int log_pages, Connection& writer);

    // Whether a read transaction is in nobody's way.
    bool resting() const { return phase_.load(std::memory_order_acquire) == Phase::idle; }

    // A sync has failed: what the database file holds is not known, and the log must not start
    // again, for it has everything.
    bool failed() const { return failed_.load(std::memory_order_relaxed); }

    // Pages in the log, for /metrics.
    int log_pages() const { return log_pages_.load(std::memory_order_relaxed); }

 private:
    enum class Phase { idle, wanted, copied };
    void run(std::stop_token stop);

    Connection db_;
    std::function<void()> release_;
    std::atomic<int> log_pages_ = 0;
    std::atomic<bool> failed_ = false;
    std::atomic<Phase> phase_ = Phase::idle;
    std::mutex mutex_;
    std::condition_variable_any wanted_;
    std::jthread thread_;
};

}  // namespace handin::store::sqlite
