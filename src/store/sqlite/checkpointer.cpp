#include "store/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include "base/log.hpp"

namespace handin::store::sqlite {
namespace {

// 16 MiB of log at 4 KiB a page: the best tail in the measurements.
constexpr int kStartPages = 4096;

void checkpoint(Connection& db) {
    int in_log = 0;
    int copied = 0;
    const int result = sqlite3_wal_checkpoint_v2(db.database().getHandle(), nullptr,
                                                 SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
    // BUSY: somebody else is at it, the next commit asks again.
    if (result != SQLITE_OK && result != SQLITE_BUSY)
        log::error("checkpoint failed", {{"error", sqlite3_errstr(result)}});
}

}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& file)
    : db_(file, Access::read_write), thread_([this](std::stop_token stop) { run(stop); }) {}

Checkpointer::~Checkpointer() {
    thread_.request_stop();
    wanted_.notify_all();
}

void Checkpointer::after_commit(int log_pages, Connection& writer) {
    log_pages_.store(log_pages, std::memory_order_relaxed);
    switch (phase_.load(std::memory_order_acquire)) {
        case Phase::wanted:
            return;
        case Phase::copied:
            checkpoint(writer);
            phase_.store(Phase::idle, std::memory_order_release);
            return;
        case Phase::idle:
            if (log_pages < kStartPages) return;
            {
                std::lock_guard lock(mutex_);
                phase_.store(Phase::wanted, std::memory_order_release);
            }
            wanted_.notify_one();
    }
}

void Checkpointer::run(std::stop_token stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            if (!wanted_.wait(lock, stop, [this] { return phase_ == Phase::wanted; })) return;
        }
        checkpoint(db_);
        phase_.store(Phase::copied, std::memory_order_release);
    }
}

}  // namespace handin::store::sqlite
