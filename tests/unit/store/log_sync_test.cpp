// Nobody is told of a commit before it is durable (DESIGN 10.1), though others see it earlier.
#include "store/sqlite/log_sync.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <future>

#include "store/disk.hpp"
#include "store/sqlite_place.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;

class CommitAhead : public testing::Test {
 protected:
    CommitAhead() {
        const domain::Changes* const rows[] = {&school_.rows};
        writer_->commit(rows);
    }

    void ahead(const std::string& name) {
        domain::Changes changes;
        changes.settings = {{.name = name, .value = "v"}};
        const domain::Changes* const all[] = {&changes};
        writer_->commit_ahead(all);
    }

    bool has(const std::string& name) {
        bool there = false;
        store().read_now([&](store::Reader& reader) { there = reader.setting(name).has_value(); });
        return there;
    }

    store::sqlite::SqliteStore& store() { return place_.store(); }

    School school_;
    SqlitePlace place_;
    std::unique_ptr<store::Writer> writer_ = place_.store().writer();
};

TEST_F(CommitAhead, IsDurableWithTheNextSync) {
    ahead("one");
    ahead("two");
    const auto before = disk_calls(DiskCall::sync);
    store().sync();
    EXPECT_EQ(disk_calls(DiskCall::sync), before + 1);  // for both
    store().sync();
    EXPECT_EQ(disk_calls(DiskCall::sync), before + 1);  // nothing new
    EXPECT_TRUE(has("one") && has("two"));
}

TEST_F(CommitAhead, WhoHasSeenItWaitsForTheSync) {
    ahead("one");
    auto reading = std::async(std::launch::async, [this] { return has("one"); });
    EXPECT_EQ(reading.wait_for(50ms), std::future_status::timeout);
    store().sync();
    EXPECT_TRUE(reading.get());
}

TEST_F(CommitAhead, SoDoesACoroutine) {
    ahead("one");
    auto reading = std::async(std::launch::async, [this] {
        return run(store::read(
            &store(), [](store::Reader& reader) { return reader.setting("one").has_value(); }));
    });
    EXPECT_EQ(reading.wait_for(50ms), std::future_status::timeout);
    store().sync();
    EXPECT_TRUE(reading.get());
}

// A surge is full of these, and who is enrolled does not wait for anybody's work.
TEST_F(CommitAhead, TheRosterIsReadWithoutWaiting) {
    ahead("one");
    store().read_now([&](store::Reader& reader) {
        EXPECT_TRUE(reader.person(school_.student));
        EXPECT_TRUE(reader.membership(school_.class_id, school_.student));
        EXPECT_TRUE(reader.assignment(school_.assignment_id));
    });
    store().sync();
}

TEST_F(CommitAhead, AFailedSyncIsToldToAllWhoWait) {
    ahead("one");
    auto blocked = std::async(std::launch::async, [this] { return has("one"); });
    auto suspended = std::async(std::launch::async, [this] {
        return run(store::read(
            &store(), [](store::Reader& reader) { return reader.setting("one").has_value(); }));
    });
    EXPECT_EQ(blocked.wait_for(50ms), std::future_status::timeout);
    {
        const DiskTrouble broken(DiskCall::sync, EIO);
        EXPECT_THROW(store().sync(), store::Broken);
    }
    EXPECT_THROW(blocked.get(), store::Broken);
    EXPECT_THROW(suspended.get(), NotNow);  // answered 503
    EXPECT_THROW(store().sync(),
                 store::Broken);  // the disk is well again, but what it has is unknown
    EXPECT_FALSE(store().writable());
    EXPECT_THROW(ahead("two"), store::Broken);
}

// What has come to nothing is waited for by nobody.
TEST_F(CommitAhead, AFailedCommitHoldsNobodyUp) {
    {
        const DiskTrouble full(DiskCall::write, ENOSPC);
        EXPECT_THROW(ahead("lost"), store::Unavailable);
    }
    EXPECT_FALSE(has("lost"));
    ahead("one");
    {
        const DiskTrouble full(DiskCall::write, ENOSPC);
        EXPECT_THROW(ahead("lost"), store::Unavailable);
    }
    store().sync();
    EXPECT_TRUE(has("one"));
    EXPECT_FALSE(has("lost"));
}

}  // namespace
}  // namespace handin::test
