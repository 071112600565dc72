#include "store/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include "base/log.hpp"

namespace handin::store::sqlite {
namespace {

// 16 MiB of log at 4 KiB a page: the best tail in the measurements.
constexpr int kStartPages = 4096;

// Whether nothing is in doubt afterwards.
bool checkpoint(Connection& db) {
    int in_log = 0;
    int copied = 0;
    const int result = sqlite3_wal_checkpoint_v2(db.database().getHandle(), nullptr,
                                                 SQLITE_CHECKPOINT_PASSIVE, &in_log, &copied);
    // BUSY: somebody else is at it, the next commit asks again. FULL: the log keeps what has no
    // room yet. After anything else pages may count as copied that the disk has not.
    if (result == SQLITE_OK || result == SQLITE_BUSY) return true;
    log::error("checkpoint failed", {{"error", sqlite3_errstr(result)}});
    return db.full(sqlite3_extended_errcode(db.database().getHandle()));
}

// A checkpoint beside commits copies pages but leaves their sync to the last one, which is the
// writer's: 10 to 20 ms in which nobody's work is committed. Done here, it is nobody's wait.
bool sync_database(Connection& db) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(db.database().getHandle(), nullptr, SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return true;
    const int result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (result == SQLITE_OK) return true;
    log::error("the database could not be synced", {{"error", sqlite3_errstr(result)}});
    return false;
}

}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& file, std::function<void()> release)
    : db_(file, Access::read_write),
      release_(std::move(release)),
      thread_([this](std::stop_token stop) { run(stop); }) {}

Checkpointer::~Checkpointer() {
    stop();
}

void Checkpointer::stop() {
    thread_.request_stop();
    wanted_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Checkpointer::after_commit(int log_pages, Connection& writer) {
    log_pages_.store(log_pages, std::memory_order_relaxed);
    const auto phase = phase_of(step());
    if (failed()) return;  // asked after the phase: it was set before
    switch (phase) {
        case Phase::wanted:
            return;
        case Phase::copied:
            if (!checkpoint(writer)) failed_ = true;
            ++step_;
            return;
        case Phase::idle:
            if (log_pages < kStartPages) return;
            {
                std::lock_guard lock(mutex_);
                ++step_;
            }
            wanted_.notify_one();
    }
}

// Twice: what was committed during the first time is little, and the writer finds less still.
bool Checkpointer::copy() {
    constexpr int passes = 2;
    for (int pass = 0; pass < passes; ++pass)
        // A second sync after a failed one would say that all is well.
        if (!checkpoint(db_) || !sync_database(db_)) return false;
    return true;
}

void Checkpointer::run(std::stop_token stop) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            const auto wanted = [this] { return phase_of(step()) == Phase::wanted; };
            if (!wanted_.wait(lock, stop, wanted)) return;
        }
        if (release_) release_();
        if (!copy()) failed_ = true;
        ++step_;
    }
}

}  // namespace handin::store::sqlite
