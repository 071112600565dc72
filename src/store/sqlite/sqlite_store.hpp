// The embedded engine: one SQLite database in WAL mode, whose log is synced before anybody is told
// of what it holds.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/pool.hpp"
#include "base/process_lock.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/log_sync.hpp"
#include "store/sqlite/reader.hpp"
#include "store/store.hpp"

namespace handin::store::sqlite {

class SqliteStore final : public Store {
 public:
    // Opens or creates the database and brings its schema up to date. Throws std::runtime_error
    // with a sentence for the operator: another process has it, or its schema is newer than this
    // binary. Long reads run on `pool`, which outlives it; without one, where they are asked for.
    explicit SqliteStore(std::filesystem::path file, Pool* pool = nullptr);
    ~SqliteStore() override;

    std::unique_ptr<Writer> writer() override;
    void sync() override { log_sync_.sync(); }
    task<void> read(std::function<void(Reader&)> work) override;
    task<void> read_long(std::function<void(Reader&)> work) override;
    void read_now(const std::function<void(Reader&)>& work) override;
    bool writable() const override {
        return writable_ && !checkpointer_->failed() && !log_sync_.failed();
    }

    int log_pages() const { return checkpointer_->log_pages(); }

 private:
    // Returns the last commit that `work` may have seen, if it has looked at anything but the
    // roster, which only ever shows what its later use waits for.
    std::optional<LogSync::Number> look(const std::function<void(Reader&)>& work);
    std::unique_ptr<SqliteReader> take_reader();
    // `step`: the checkpointer's when the reader was taken.
    void give_back(std::unique_ptr<SqliteReader> reader, std::uint64_t step);
    void release_idle_readers();

    std::filesystem::path file_;
    Pool* pool_;
    ProcessLock lock_;  // sequences and caches are kept in memory: one process a database
    std::atomic<bool> writable_ = true;
    LogSync log_sync_;
    RowCache cache_;
    std::unique_ptr<Checkpointer> checkpointer_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<SqliteReader>> idle_readers_;
};

}  // namespace handin::store::sqlite
