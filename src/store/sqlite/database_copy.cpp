#include "store/sqlite/database_copy.hpp"

#include <sqlite3.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/migrate.hpp"

namespace handin::store::sqlite {
namespace {

// Pieces of 1 MiB, synced each, then a pause: at most 200 MB/s, and no commit has to wait behind
// more than a piece. (Synced only at the end, the copy of a few hundred MiB held commits up for 0.2
// s.) VACUUM INTO would also make a copy of one moment, but in one go: without pauses or progress.
constexpr int kPages = 256;
constexpr auto kPause = std::chrono::milliseconds(5);

constexpr int kUploadsSchema = 3;  // 0003_uploads.sql

struct Finish {
    void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

[[noreturn]] void fail(int result) {
    throw std::runtime_error(std::string("the database cannot be copied: ") +
                             sqlite3_errstr(result));
}

void sync(Connection& target) {
    sqlite3_file* file = nullptr;
    sqlite3_file_control(target.database().getHandle(), nullptr, SQLITE_FCNTL_FILE_POINTER, &file);
    if (file == nullptr || file->pMethods == nullptr) return;
    const int result = file->pMethods->xSync(file, SQLITE_SYNC_NORMAL | SQLITE_SYNC_DATAONLY);
    if (result != SQLITE_OK) fail(result);
}

void copy_pages(Connection& source, Connection& target,
                const std::function<void(int, int)>& progress) {
    const std::unique_ptr<sqlite3_backup, Finish> backup(sqlite3_backup_init(
        target.database().getHandle(), "main", source.database().getHandle(), "main"));
    if (!backup) fail(sqlite3_errcode(target.database().getHandle()));
    for (;;) {
        const int result = sqlite3_backup_step(backup.get(), kPages);
        const int all = sqlite3_backup_pagecount(backup.get());
        progress(all - sqlite3_backup_remaining(backup.get()), all);
        if (result == SQLITE_DONE) return;
        if (result != SQLITE_OK) fail(result);
        sync(target);
        std::this_thread::sleep_for(kPause);
    }
}

// What is uploaded but not handed in is not part of a copy: its bytes may go while it is made.
void forget_uploads(const std::filesystem::path& copy) {
    Connection db(copy, Access::read_write);
    if (schema_of(db) < kUploadsSchema) return;
    db.database().exec("DELETE FROM upload WHERE state <> 2");  // domain::Upload::State::attached
    db.database().exec("DELETE FROM upload_usage");
}

// The copied header says WAL, which a read-only folder could not be read with. This writes and
// syncs the header, and what was written before it.
void finish(const std::filesystem::path& copy) {
    Connection target(copy, Access::read_write);
    if (target.database().execAndGet("PRAGMA journal_mode = DELETE").getString() != "delete")
        throw std::runtime_error("the copy of the database cannot be finished");
}

// `source` is in a transaction. Without one that stays open, each commit of the server would make
// the copy start again, and under load it would never end. With it the log grows while the copy is
// made, and starts again after it.
void copy_at_one_moment(Connection& source, const std::filesystem::path& to,
                        const std::function<void(int done, int all)>& progress) {
    Connection target(to, Access::read_write);
    // A copy that is interrupted is thrown away, so nothing of it needs to be undone or synced
    // before the end.
    target.database().exec("PRAGMA journal_mode = OFF");
    target.database().exec("PRAGMA synchronous = OFF");
    target.database().exec("PRAGMA cache_size = 64");  // pages: the rest is written at once
    copy_pages(source, target, progress);
}

}  // namespace

int copy_database(const std::filesystem::path& from, const std::filesystem::path& to,
                  const std::function<void(int done, int all)>& progress) {
    Connection source(from, Access::read_only);
    source.exec("BEGIN");
    const int schema = schema_of(source);
    copy_at_one_moment(source, to, progress);
    source.exec("ROLLBACK");
    finish_copy(to);
    return schema;
}

void finish_copy(const std::filesystem::path& copy) {
    forget_uploads(copy);
    finish(copy);
}

void copy_deliveries(const std::filesystem::path& from, const std::filesystem::path& to) {
    Connection source(from, Access::read_only);
    source.exec("BEGIN");
    source.database().execAndGet("PRAGMA user_version");  // the moment is that of the first look
    copy_at_one_moment(source, to, [](int, int) {});
    source.exec("ROLLBACK");
    finish(to);
}

}  // namespace handin::store::sqlite
