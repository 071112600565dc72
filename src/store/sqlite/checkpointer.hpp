// Moves the write-ahead log into the database in two steps, so that neither the log grows nor a
// commit waits: when the log passes a limit, a thread of its own copies what it can while commits
// go on; then the writer, between two batches, copies the little that is left, after which the next
// commit starts the log from the front (docs/decisions/0003-sqlite-group-commit.md).
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <thread>

#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class Checkpointer {
 public:
    explicit Checkpointer(const std::filesystem::path& file);
    ~Checkpointer();

    // Called by the writer after each commit, outside of a transaction.
    void after_commit(int log_pages, Connection& writer);

    // Pages in the log, for /metrics.
    int log_pages() const { return log_pages_.load(std::memory_order_relaxed); }

 private:
    enum class Phase { idle, wanted, copied };
    void run(std::stop_token stop);

    Connection db_;
    std::atomic<int> log_pages_ = 0;
    std::atomic<Phase> phase_ = Phase::idle;
    std::mutex mutex_;
    std::condition_variable_any wanted_;
    std::jthread thread_;
};

}  // namespace handin::store::sqlite
