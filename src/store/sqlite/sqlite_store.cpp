#include "store/sqlite/sqlite_store.hpp"

#include <sqlite3.h>

#include "base/log.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite/writer.hpp"

namespace handin::store::sqlite {

namespace {

// SQLite's memory statistics are one lock around every allocation of every thread. They can only be
// turned off before its first use in the process; too late is no harm.
void turn_off_memory_statistics() {
    static const int result = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    static_cast<void>(result);
}

}  // namespace

SqliteStore::SqliteStore(std::filesystem::path file, Pool* pool)
    : file_(std::move(file)),
      pool_(pool),
      lock_(file_.string() + ".lock", "this data folder"),
      log_sync_(file_.string() + "-wal") {
    turn_off_memory_statistics();
    {
        Connection db(file_, Access::read_write);
        migrate(db);
        // What a crash has left in the log may be written but not synced; a repeat that is answered
        // from it must not get ahead of the disk.
        db.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    checkpointer_ = std::make_unique<Checkpointer>(file_, [this] { release_idle_readers(); });
}

SqliteStore::~SqliteStore() {
    checkpointer_->stop();  // what it is about may yet fail
    const bool sound = writable();
    checkpointer_.reset();
    idle_readers_.clear();
    if (!sound) return;
    // Leave a database without a log behind: the next start has nothing to recover.
    try {
        Connection db(file_, Access::read_write);
        db.database().exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const SQLite::Exception& error) {  // a full disk, say: nothing is lost
        log::warn("the log of the database stays", {{"error", error.what()}});
    }
}

std::unique_ptr<Writer> SqliteStore::writer() {
    return std::make_unique<SqliteWriter>(file_, *checkpointer_, log_sync_, writable_, cache_);
}

std::unique_ptr<SqliteReader> SqliteStore::take_reader() {
    {
        std::lock_guard lock(mutex_);
        if (!idle_readers_.empty()) {
            auto reader = std::move(idle_readers_.back());
            idle_readers_.pop_back();
            return reader;
        }
    }
    return std::make_unique<SqliteReader>(file_, cache_, log_sync_);
}

void SqliteStore::give_back(std::unique_ptr<SqliteReader> reader, std::uint64_t step) {
    std::lock_guard lock(mutex_);
    const auto now = checkpointer_->step();
    if (now != step || !Checkpointer::resting(now)) reader->release();
    idle_readers_.push_back(std::move(reader));
}

void SqliteStore::release_idle_readers() {
    std::lock_guard lock(mutex_);
    for (const auto& reader : idle_readers_)
        reader->release();
}

std::optional<LogSync::Number> SqliteStore::look(const std::function<void(Reader&)>& work) {
    auto reader = take_reader();
    const auto step = checkpointer_->step();
    reader->begin();
    work(*reader);  // if it throws, the reader goes: its transactions may be in any state
    const auto seen = reader->has_looked() ? std::optional(log_sync_.seen()) : std::nullopt;
    give_back(std::move(reader), step);
    return seen;
}

void SqliteStore::read_now(const std::function<void(Reader&)>& work) {
    if (const auto seen = look(work)) log_sync_.await_durable(*seen);
}

// Looks where it is called: a reader never waits in WAL mode.
task<void> SqliteStore::read(std::function<void(Reader&)> work) {
    if (const auto seen = look(work)) co_await log_sync_.durable(*seen);
}

task<void> SqliteStore::read_long(std::function<void(Reader&)> work) {
    if (pool_ == nullptr) co_return read_now(work);
    const auto seen = co_await pool_->run([this, &work] { return look(work); });
    if (seen) co_await log_sync_.durable(*seen);
}

}  // namespace handin::store::sqlite
