#pragma once

#include <atomic>
#include <filesystem>

#include "store/row_cache.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/log_sync.hpp"
#include "store/store.hpp"

namespace handin::store::sqlite {

// The one connection that writes. SQLite allows one writer at a time, so there is one committer.
class SqliteWriter final : public Writer {
 public:
    // `writable` becomes false when a commit has failed in a way that leaves the log unknown.
    SqliteWriter(const std::filesystem::path& file, Checkpointer& checkpointer, LogSync& log_sync,
                 std::atomic<bool>& writable, RowCache& cache);
    ~SqliteWriter() override;

    void load(const domain::Keys& keys, domain::State& state) override;
    void commit(std::span<const domain::Changes* const> changes) override;
    void commit_ahead(std::span<const domain::Changes* const> changes) override;
    void abandon() noexcept override;

 private:
    void begin();
    void transact(std::span<const domain::Changes* const> changes);
    void write(const domain::Changes& changes);
    void write_roster(const domain::Changes& changes);
    void write_removals(const domain::Changes& changes);
    void write_audit(const domain::Changes& changes);

    Connection db_;
    bool in_transaction_ = false;
    int log_pages_ = 0;
    std::int64_t next_sequence_ = 1;
    Checkpointer& checkpointer_;
    LogSync& log_sync_;
    std::atomic<bool>& writable_;
    RowCache& cache_;
    Generation generation_ = 0;
};

}  // namespace handin::store::sqlite
