// What is particular to the embedded engine: its file, its schema, its lock.
#include "store/sqlite/sqlite_store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "store/disk.hpp"
#include "store/schema/schema.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/sqlite_place.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

namespace fs = std::filesystem;
using store::sqlite::SqliteStore;
using testing::HasSubstr;

class SqliteTest : public testing::Test {
 protected:
    // What an operator would read when the store cannot be opened.
    std::string complaint(const fs::path& file) {
        try {
            SqliteStore store(file);
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "none";
    }

    int schema_of(const fs::path& file) {
        SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
        return db.execAndGet("PRAGMA user_version").getInt();
    }

    void commit(store::Store& store, const domain::Changes& changes) {
        const domain::Changes* const all[] = {&changes};
        store.writer()->commit(all);
    }

    bool has_account(store::Store& store) {
        bool has = false;
        store.read_now([&](store::Reader& reader) { has = reader.has_account(); });
        return has;
    }

    TemporaryFolder folder_;
    fs::path file_ = folder_.path() / "handin.db";
};

TEST_F(SqliteTest, MigratesAFreshDatabase) {
    {
        SqliteStore store(file_);
    }
    EXPECT_EQ(schema_of(file_), static_cast<int>(store::schema::migrations().size()));
    SQLite::Database db(file_.string());
    EXPECT_STREQ(db.execAndGet("PRAGMA journal_mode").getText(), "wal");
    EXPECT_STREQ(db.execAndGet("PRAGMA integrity_check").getText(), "ok");
}

TEST_F(SqliteTest, MigratingAgainChangesNothing) {
    {
        SqliteStore store(file_);
        commit(store, School().rows);
    }
    SqliteStore store(file_);
    EXPECT_TRUE(has_account(store));
    store::sqlite::Connection db(file_, store::sqlite::Access::read_write);
    store::sqlite::migrate(db);
    store::sqlite::migrate(db);
    EXPECT_TRUE(has_account(store));
}

// What was handed in before there were receipts stays, without one.
TEST_F(SqliteTest, AttemptsOfTheFirstSchemaAreKept) {
    const auto attempt = uuid_v7(kNow);
    {
        SQLite::Database db(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        db.exec(store::schema::migrations().front().sql);
        db.exec("PRAGMA user_version = 1");
        SQLite::Statement insert(db,
                                 "INSERT INTO attempt (id, submission_id, number, received_at,"
                                 " submitted_at, committed_at, attachments)"
                                 " VALUES (?, ?, 1, 1, 2, 3, x'')");
        insert.bind(1, attempt.bytes.data(), 16);
        insert.bind(2, attempt.bytes.data(), 16);
        insert.exec();
    }
    SqliteStore store(file_);
    store.read_now([&](store::Reader& reader) {
        const auto found = reader.attempt(attempt);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->committed_at, from_micros(3));
        EXPECT_FALSE(found->receipt);
    });
}

TEST_F(SqliteTest, MigrationsAreNumberedAndInOrder) {
    std::set<std::string> names;
    for (const auto& migration : store::schema::migrations()) {
        const std::string name = migration.name;
        EXPECT_EQ(std::stoul(name.substr(0, 4)), names.size() + 1) << name;
        EXPECT_TRUE(names.empty() || *names.rbegin() < name);
        names.insert(name);
    }
}

TEST_F(SqliteTest, RefusesANewerDatabase) {
    {
        SqliteStore store(file_);
        commit(store, School().rows);
    }
    const auto known = schema_of(file_);
    SQLite::Database(file_.string(), SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 999");
    const auto text = complaint(file_);
    EXPECT_THAT(text, HasSubstr("schema 999"));
    EXPECT_THAT(text, HasSubstr("start a newer handin"));
    EXPECT_EQ(schema_of(file_), 999);

    // It has let go of the file, and has not touched it.
    SQLite::Database(file_.string(), SQLite::OPEN_READWRITE)
        .exec("PRAGMA user_version = " + std::to_string(known));
    SqliteStore store(file_);
    EXPECT_TRUE(has_account(store));
}

// Sequences and caches are kept in memory: one process a database.
TEST_F(SqliteTest, RefusesADatabaseInUse) {
    {
        SqliteStore store(file_);
        EXPECT_THAT(complaint(file_), HasSubstr("another handin process uses this data folder"));
        commit(store, School().rows);  // which is none the worse for it
        EXPECT_TRUE(has_account(store));
    }
    EXPECT_EQ(complaint(file_), "none");
}

TEST_F(SqliteTest, SaysWhenItCannotWrite) {
    EXPECT_THAT(complaint(folder_.path() / "nowhere" / "handin.db"), HasSubstr("cannot write to"));
}

TEST_F(SqliteTest, RefusesWhatIsNoDatabase) {
    std::FILE* file = std::fopen(file_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    std::fputs(std::string(8192, 'x').c_str(), file);
    std::fclose(file);
    EXPECT_NE(complaint(file_), "none");
}

TEST_F(SqliteTest, LeavesNoLogBehind) {
    {
        SqliteStore store(file_);
        commit(store, School().rows);
        EXPECT_GT(fs::file_size(file_.string() + "-wal"), 0U);
    }
    const fs::path log = file_.string() + "-wal";
    EXPECT_TRUE(!fs::exists(log) || fs::file_size(log) == 0);
}

task<std::thread::id> where_read(SqliteStore* store, bool at_length) {
    const auto here = [](store::Reader&) { return std::this_thread::get_id(); };
    if (at_length) co_return co_await store::read_long(store, here);
    co_return co_await store::read(store, here);
}

// DESIGN 12.4: what may take longer is not read on an io thread.
TEST_F(SqliteTest, LongReadsAreDoneElsewhere) {
    const auto here = std::this_thread::get_id();
    {
        SqliteStore store(file_);
        EXPECT_EQ(run(where_read(&store, false)), here);
        EXPECT_EQ(run(where_read(&store, true)), here);  // nowhere else to go
    }
    Pool pool(1);
    SqliteStore store(file_, &pool);
    EXPECT_EQ(run(where_read(&store, false)), here);
    EXPECT_NE(run(where_read(&store, true)), here);
}

// DESIGN 10.1: acknowledged means durable. (tests/crash shows it with a real kill.)
TEST_F(SqliteTest, EveryCommitIsSyncedBeforeItReturns) {
    SqliteStore store(file_);
    const auto writer = store.writer();
    for (int i = 0; i < 5; ++i) {
        domain::Changes changes;
        changes.settings = {{.name = "name " + std::to_string(i), .value = "value"}};
        const domain::Changes* const all[] = {&changes};
        const auto before = disk_calls(DiskCall::sync);
        writer->commit(all);
        EXPECT_GE(disk_calls(DiskCall::sync), before + 1) << i;
    }
}

// As after kill -9: the files as they are in the middle of everything.
TEST_F(SqliteTest, ACopyOfTheFilesHasEverythingAcknowledged) {
    SqliteStore store(file_);
    commit(store, School().rows);
    const auto copy = folder_.path() / "copy.db";
    fs::copy_file(file_, copy);
    fs::copy_file(file_.string() + "-wal", copy.string() + "-wal");
    SqliteStore recovered(copy);
    EXPECT_TRUE(has_account(recovered));
}

}  // namespace
}  // namespace handin::test
