// Migrations: forward only, each whole or not at all, whatever comes in between.
#include "store/sqlite/migrate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <latch>
#include <thread>

#include "store/audit.hpp"
#include "store/schema/schema.hpp"
#include "store/sqlite/audit_source.hpp"
#include "store/sqlite_place.hpp"

namespace handin::test {
namespace {

namespace fs = std::filesystem;
namespace schema = store::schema;
using store::sqlite::Access;
using store::sqlite::Connection;

constexpr schema::Migration kFirst{.name = "0001_first", .sql = "CREATE TABLE one (x INTEGER);"};
constexpr schema::Migration kSecond{.name = "0002_second",
                                    .sql =
                                        "CREATE TABLE two (x INTEGER);"
                                        "INSERT INTO one VALUES (1);"
                                        "INSERT INTO two SELECT x FROM one;"};
constexpr schema::Migration kDeadly{.name = "0002_second",
                                    .sql =
                                        "CREATE TABLE two (x INTEGER);"
                                        "INSERT INTO one VALUES (1);"
                                        "SELECT die();"
                                        "INSERT INTO two SELECT x FROM one;"};
constexpr schema::Migration kFaulty{.name = "0002_second",
                                    .sql =
                                        "CREATE TABLE two (x INTEGER);"
                                        "INSERT INTO nowhere VALUES (1);"};

class MigrateTest : public testing::Test {
 protected:
    template <std::size_t N>
    void migrate(const schema::Migration (&migrations)[N]) {
        Connection db(file_, Access::read_write);
        store::sqlite::migrate(db, migrations);
    }
    int ask(const char* sql) {
        Connection db(file_, Access::read_write);
        return db.database().execAndGet(sql).getInt();
    }
    int schema() { return ask("PRAGMA user_version"); }
    bool has_table(const std::string& name) {
        return ask(("SELECT count(*) FROM sqlite_master WHERE name = '" + name + "'").c_str()) == 1;
    }

    TemporaryFolder folder_;
    fs::path file_ = folder_.path() / "handin.db";
};

void die(sqlite3_context*, int, sqlite3_value**) {
    ::kill(::getpid(), SIGKILL);
}

TEST_F(MigrateTest, AKillInTheMiddleLeavesNothingOfIt) {
    migrate({kFirst});
    const auto child = ::fork();
    if (child == 0) {
        Connection db(file_, Access::read_write);
        db.database().exec("PRAGMA cache_size = 1");  // so that pages reach the log
        sqlite3_create_function(db.database().getHandle(), "die", 0, SQLITE_UTF8, nullptr, die,
                                nullptr, nullptr);
        const schema::Migration both[] = {kFirst, kDeadly};
        store::sqlite::migrate(db, both);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    EXPECT_EQ(schema(), 1);
    EXPECT_FALSE(has_table("two"));
    EXPECT_EQ(ask("SELECT count(*) FROM one"), 0);

    migrate({kFirst, kSecond});
    EXPECT_EQ(schema(), 2);
    EXPECT_EQ(ask("SELECT count(*) FROM two"), 1);
}

TEST_F(MigrateTest, AFailureLeavesNothingOfIt) {
    EXPECT_THROW(migrate({kFirst, kFaulty}), SQLite::Exception);
    EXPECT_EQ(schema(), 1);
    EXPECT_FALSE(has_table("two"));
    migrate({kFirst, kSecond});
    EXPECT_EQ(schema(), 2);
}

TEST_F(MigrateTest, TwoAtOnceDoItOnce) {
    for (int round = 0; round < 10; ++round) {
        const auto file = folder_.path() / (std::to_string(round) + ".db");
        Connection one(file, Access::read_write);
        Connection two(file, Access::read_write);
        const schema::Migration both[] = {kFirst, kSecond};
        std::latch start(2);
        const auto work = [&](Connection* db) {
            start.arrive_and_wait();
            store::sqlite::migrate(*db, both);
        };
        {
            std::jthread first(work, &one);
            std::jthread second(work, &two);
        }
        EXPECT_EQ(one.database().execAndGet("PRAGMA user_version").getInt(), 2);
        EXPECT_EQ(one.database().execAndGet("SELECT count(*) FROM two").getInt(), 1);
    }
}

TEST_F(MigrateTest, RefusesANewerDatabase) {
    migrate({kFirst, kSecond});
    EXPECT_THROW(migrate({kFirst}), std::runtime_error);
    EXPECT_EQ(schema(), 2);
}

// fixtures/schema_0001.sql: two students, of whom one has handed in, taken back and handed in
// again.
TEST_F(MigrateTest, KeepsASchoolOfTheFirstSchema) {
    std::ifstream in(fs::path(HANDIN_SOURCE_DIR) / "tests/unit/store/fixtures/schema_0001.sql");
    const std::string sql((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    ASSERT_FALSE(sql.empty());
    Connection(file_, Access::read_write).database().exec(sql);
    ASSERT_EQ(schema(), 1);
    {
        store::sqlite::SqliteStore store(file_);
        store.read_now([](store::Reader& reader) {
            const auto id = *Uuid::parse("ccac10ea-2bd7-5b41-a895-492825c9e253");
            const auto submission = reader.submission(id);
            ASSERT_TRUE(submission);
            EXPECT_EQ(submission->version, 3);
            EXPECT_EQ(submission->replays.size(), 3U);
            EXPECT_EQ(submission->marking, domain::Marking{});
            EXPECT_EQ(reader.assignment(submission->assignment_id)->rules,
                      domain::AssignmentRules{});
            const auto attempts = reader.attempts(submission->attempts);
            ASSERT_EQ(attempts.size(), 2U);
            ASSERT_EQ(attempts[0].attachments.size(), 3U);
            EXPECT_EQ(attempts[0].attachments[1].url, "https://example.org/a");
            const auto& notes = attempts[1].attachments.at(0);
            EXPECT_EQ(notes.title, "notes.txt");
            EXPECT_EQ(reader.row_bytes(notes.bytes.storage_id), "second notes\n");
            EXPECT_EQ(reader.events(0, 100).size(), 4U);
            EXPECT_TRUE(reader.has_token(domain::Token::Kind::admin));
            EXPECT_TRUE(reader.setting("cursor_key"));
        });
    }
    EXPECT_EQ(schema(), static_cast<int>(schema::migrations().size()));

    std::vector<std::string> findings;
    store::Audit audit(
        std::make_unique<store::sqlite::SqliteAuditSource>(file_),
        [&](const auto& finding) { findings.push_back(finding.what); }, [](const std::string&) {});
    audit.check_pages(false);
    const auto counts = audit.check_rows(true);
    EXPECT_THAT(findings, testing::IsEmpty());
    EXPECT_EQ(counts.submissions, 2U);
    EXPECT_EQ(counts.attempts, 3U);
    EXPECT_EQ(counts.attachments, 5U);
    EXPECT_EQ(counts.events, 4U);
}

}  // namespace
}  // namespace handin::test
