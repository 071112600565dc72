// What a failing disk does to the embedded engine (DESIGN 5.2, leveldb's rule: after a failed sync
// nothing more is written).
#include <gtest/gtest.h>

#include <cerrno>

#include "store/disk.hpp"
#include "store/sqlite_place.hpp"

namespace handin::test {
namespace {

using domain::Changes;
using store::Broken;
using store::Unavailable;

class SqliteFailure : public testing::Test {
 protected:
    SqliteFailure() {
        commit(School().rows);
        commit(setting("before"));
    }

    static Changes setting(const std::string& name) {
        Changes changes;
        changes.settings = {{.name = name, .value = std::string(20'000, 'v')}};
        return changes;
    }

    void commit(const Changes& changes) {
        const Changes* const all[] = {&changes};
        writer_->commit(all);
    }

    bool has(const std::string& name) {
        bool there = false;
        store().read_now([&](store::Reader& reader) { there = reader.setting(name).has_value(); });
        return there;
    }

    store::sqlite::SqliteStore& store() { return place_.store(); }

    void reopen() {
        writer_.reset();
        place_.reopen();
        writer_ = store().writer();
    }

    SqlitePlace place_;
    std::unique_ptr<store::Writer> writer_ = place_.store().writer();
};

TEST_F(SqliteFailure, FullDiskIsPassing) {
    for (const int spared : {0, 1, 3}) {  // at the first write of the commit, or in its middle
        SCOPED_TRACE(spared);
        {
            const DiskTrouble full(DiskCall::write, ENOSPC, spared);
            EXPECT_THROW(commit(setting("lost")), Unavailable);
            EXPECT_TRUE(store().writable());
            EXPECT_FALSE(has("lost"));
            EXPECT_TRUE(has("before"));  // reading goes on
            EXPECT_THROW(commit(setting("lost too")), Unavailable);
        }
        const auto name = "after " + std::to_string(spared);
        commit(setting(name));
        EXPECT_TRUE(has(name));
        EXPECT_FALSE(has("lost"));
        EXPECT_FALSE(has("lost too"));
    }
    reopen();
    EXPECT_TRUE(has("before") && has("after 0") && has("after 1") && has("after 3"));
    EXPECT_FALSE(has("lost") || has("lost too"));
}

TEST_F(SqliteFailure, EventsFollowOnAfterAFullDisk) {
    Changes changes;
    changes.events.emplace_back();
    commit(changes);
    {
        const DiskTrouble full(DiskCall::write, ENOSPC);
        EXPECT_THROW(commit(changes), Unavailable);
    }
    commit(changes);
    store().read_now([](store::Reader& reader) {
        const auto events = reader.events(0, 10);
        ASSERT_EQ(events.size(), 2U);
        EXPECT_GT(events[1].sequence, events[0].sequence);
    });
}

TEST_F(SqliteFailure, AUsedUpQuotaIsAFullDisk) {
    for (const int spared : {0, 1, 3}) {
        SCOPED_TRACE(spared);
        {
            const DiskTrouble full(DiskCall::write, EDQUOT, spared);
            EXPECT_THROW(commit(setting("lost")), Unavailable);
            EXPECT_TRUE(store().writable());
            EXPECT_TRUE(has("before"));
        }
        commit(setting("after " + std::to_string(spared)));
        EXPECT_FALSE(has("lost"));
    }
    {
        // An old quota error does not excuse a new one of another kind.
        const DiskTrouble broken(DiskCall::write, EIO);
        EXPECT_THROW(commit(setting("in doubt")), Broken);
    }
    EXPECT_FALSE(store().writable());
}

void expect_read_only(store::sqlite::SqliteStore& store, store::Writer& writer) {
    EXPECT_FALSE(store.writable());
    domain::State state;
    EXPECT_THROW(writer.load({}, state), Broken);
    const Changes changes;
    const Changes* const all[] = {&changes};
    EXPECT_THROW(writer.commit(all), Broken);
}

TEST_F(SqliteFailure, AFailedWriteMakesItReadOnly) {
    {
        const DiskTrouble broken(DiskCall::write, EIO);
        EXPECT_THROW(commit(setting("in doubt")), Broken);
    }
    expect_read_only(store(), *writer_);
    EXPECT_TRUE(has("before"));
    reopen();
    EXPECT_TRUE(store().writable());
    EXPECT_TRUE(has("before"));
    commit(setting("after"));
    EXPECT_TRUE(has("after"));
}

TEST_F(SqliteFailure, AFailedSyncMakesItReadOnly) {
    {
        const DiskTrouble broken(DiskCall::sync, EIO);
        EXPECT_THROW(commit(setting("in doubt")), Broken);
    }
    expect_read_only(store(), *writer_);
    EXPECT_THROW(has("in doubt"), Broken);  // not acknowledged, so nobody is told of it
    EXPECT_THROW(has("before"), Broken);    // a reader has seen both
    reopen();
    EXPECT_TRUE(has("before"));
}

TEST_F(SqliteFailure, OurOwnMistakesAreNotTheDisks) {
    EXPECT_ANY_THROW(commit(School().rows));  // there already
    EXPECT_TRUE(store().writable());
    commit(setting("after"));
    EXPECT_TRUE(has("after"));
}

// The last checkpoint needs room; without it the log stays, and the next start reads it.
TEST_F(SqliteFailure, ClosesQuietlyOnAFullDisk) {
    writer_.reset();
    {
        const DiskTrouble full(DiskCall::write, ENOSPC);
        place_.close();
    }
    place_.reopen();
    EXPECT_TRUE(has("before"));
}

}  // namespace
}  // namespace handin::test
