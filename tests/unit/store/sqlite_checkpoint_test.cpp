// The two-step checkpoint keeps the log bounded (docs/decisions/0003-sqlite-group-commit.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <thread>

#include "store/disk.hpp"
#include "store/sqlite_place.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;

constexpr int kLimitPages = 4096;  // at which a checkpoint is asked for

class SqliteCheckpoint : public testing::Test {
 protected:
    SqliteCheckpoint() { skip_syncs(true); }
    ~SqliteCheckpoint() override { skip_syncs(false); }

    // One commit of about 18 pages of 4 KiB; how long the log is then.
    int commit() {
        domain::Changes changes;
        for (int i = 0; i < 8; ++i)
            changes.row_bytes.push_back({uuid_v7(kNow), std::string(8192, 'b')});
        const domain::Changes* const all[] = {&changes};
        writer_->commit(all);
        return place_.store().log_pages();
    }

    SqlitePlace place_;
    std::unique_ptr<store::Writer> writer_ = place_.store().writer();
};

// 4,000 commits are 70,000 pages. A reader is active nearly all the time; each read is over "well
// under a millisecond" (store/reader.hpp), so now and then the log can start from its front.
TEST_F(SqliteCheckpoint, KeepsTheLogShortWhileReadersComeAndGo) {
    std::atomic<bool> stop = false;
    std::atomic<int> reads = 0;
    std::jthread reader([&] {
        while (!stop) {
            place_.store().read_now([&](store::Reader& r) {
                (void)r.has_account();
                std::this_thread::sleep_for(100us);
            });
            ++reads;
        }
    });
    int longest = 0;
    for (int i = 0; i < 4000; ++i)
        longest = std::max(longest, commit());
    stop = true;
    reader.join();
    EXPECT_GT(reads, 10);
    EXPECT_GE(longest, kLimitPages);  // the commits were enough to see something
    // Whether a reader is active just when the log could start again is up to the scheduler: this
    // is a fraction of what was written, not the usual length.
    EXPECT_LT(longest, 12 * kLimitPages);
}

TEST_F(SqliteCheckpoint, CatchesUpAfterALongRead) {
    int during = 0;
    place_.store().read_now([&](store::Reader& r) {
        (void)r.has_account();
        (void)r.person(uuid_v7(kNow));  // and a snapshot of the roster, which outlives the read
        for (int i = 0; i < 600; ++i)
            during = std::max(during, commit());
    });
    EXPECT_GT(during, 2 * kLimitPages);  // what the reader might still ask for stays
    int after = during;
    for (int i = 0; i < 600; ++i)
        after = commit();
    EXPECT_LT(after, 2 * kLimitPages);
}

// A reader keeps its snapshots between reads: not while the log is to start again.
TEST_F(SqliteCheckpoint, IdleReadersAreInNobodysWay) {
    int longest = 0;
    for (int i = 0; i < 2000; ++i) {
        place_.store().read_now([&](store::Reader& r) {
            EXPECT_FALSE(r.person(uuid_v7(kNow)));  // not in the cache
            EXPECT_FALSE(r.has_account());
        });
        longest = std::max(longest, commit());
    }
    EXPECT_GE(longest, kLimitPages);
    EXPECT_LT(longest, 6 * kLimitPages);
}

// leveldb's rule holds for the checkpoint too: what the database file has is not known any more,
// so the log must stay as it is.
class FailedCheckpoint : public SqliteCheckpoint {
 protected:
    FailedCheckpoint() {
        while (place_.store().log_pages() < kLimitPages - 200)
            commit();
        skip_syncs(false);
    }

    // Crosses the limit, and lets every sync fail but the first `spared`.
    void fail_at_the_limit(int spared) {
        const DiskTrouble broken(DiskCall::sync, EIO, spared);
        domain::Changes large;
        for (int i = 0; i < 150; ++i)
            large.row_bytes.push_back({uuid_v7(kNow), std::string(8192, 'b')});
        const domain::Changes* const all[] = {&large};
        writer_->commit(all);
        for (int i = 0; i < 10'000 && place_.store().writable(); ++i)
            std::this_thread::sleep_for(1ms);
    }

    void expect_read_only_with_the_log() {
        EXPECT_FALSE(place_.store().writable());
        EXPECT_THROW(commit(), store::Broken);
        writer_.reset();
        place_.close();
        EXPECT_GT(std::filesystem::file_size(place_.file().string() + "-wal"), 4096U * kLimitPages);
        place_.reopen();
        EXPECT_TRUE(place_.store().writable());
    }
};

TEST_F(FailedCheckpoint, MakesTheStoreReadOnlyAndKeepsTheLog) {
    fail_at_the_limit(1);  // the commit's own sync is well
    expect_read_only_with_the_log();
}

// A reader keeps the checkpoint from being complete, so SQLite leaves the database file unsynced.
TEST_F(FailedCheckpoint, AlsoWhenOnlyOurOwnSyncOfTheDatabaseFails) {
    place_.store().read_now([&](store::Reader& r) {
        EXPECT_FALSE(r.setting("nothing"));
        fail_at_the_limit(2);  // the commit's, and that of the log before it is copied
    });
    expect_read_only_with_the_log();
}

}  // namespace
}  // namespace handin::test
