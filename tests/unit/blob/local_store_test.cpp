// What only the folder engine has: names, order of system calls, errors of the disk.
#include "blob/local/local_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>

#include "base/encoding.hpp"
#include "blob/blob_io.hpp"
#include "blob/local/appender.hpp"
#include "blob/local/folder.hpp"
#include "blob/local_place.hpp"
#include "blob/syscalls.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class LocalStoreTest : public testing::TestWithParam<blob::LocalOptions> {
 protected:
    void TearDown() override { watch_syscalls(); }
    LocalPlace place_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(BothWays, LocalStoreTest, testing::ValuesIn(kBothWays),
                         [](const auto& info) {
                             return info.param.unnamed_files ? "Unnamed" : "Named";
                         });

TEST_P(LocalStoreTest, NamesFilesByStorageId) {
    const auto id = new_id();
    run(put(&place_.store(), id, "bytes"));
    const auto file = place_.folder() / hex(std::span(&id.bytes[15], 1)) / id.str();
    ASSERT_TRUE(fs::exists(file));
    EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_P(LocalStoreTest, SyncsBytesBeforeTheNameAndTheNameBeforeTheAnswer) {
    watch_syscalls();
    run(put(&place_.store(), new_id(), bytes_of(300 * kKiB)));
    EXPECT_THAT(seen_syscalls(), ElementsAre("fdatasync", "linkat", "fsync"));
}

// A slow disk slows the sender, and a large file does not push everything else out of memory.
TEST_P(LocalStoreTest, WritesLargeFilesBackAsTheyCome) {
    watch_syscalls();
    const auto id = new_id();
    const auto bytes = bytes_of(25 * kMiB);
    run(put(&place_.store(), id, bytes, 64 * kKiB));
    std::vector<std::string> expected;
    for (std::uint64_t at = kMiB; at <= bytes.size(); at += kMiB) {
        expected.emplace_back("start");
        if (at <= blob::local::kWindowBytes) continue;
        expected.emplace_back("await");
        expected.emplace_back("drop");
    }
    expected.insert(expected.end(), {"fdatasync", "linkat", "fsync"});
    EXPECT_EQ(seen_syscalls(), expected);
    EXPECT_TRUE(run(get(&place_.store(), id)) == bytes);
}

TEST_P(LocalStoreTest, ALostWriteIsNoticedWhenTheDiskTellsOfIt) {
    watch_syscalls("await", EIO);
    EXPECT_EQ(error_of([&] { run(put(&place_.store(), new_id(), bytes_of(17 * kMiB))); }),
              std::errc::io_error);
    EXPECT_EQ(place_.things(), 0U);
    watch_syscalls("drop", EIO);  // an advice
    const auto id = new_id();
    run(put(&place_.store(), id, bytes_of(17 * kMiB)));
    EXPECT_TRUE(run(get(&place_.store(), id)) == bytes_of(17 * kMiB));
}

TEST_P(LocalStoreTest, PartialFilesAreSyncedWhenTheySaySo) {
    using Calls = std::vector<std::string>;
    auto& partials = *place_.store().partials();
    watch_syscalls();
    const auto file = run(partials.resume(new_id(), 0));
    EXPECT_EQ(seen_syscalls(), Calls{"fsync"});  // its name
    run(file->append(as_bytes("abc")));
    EXPECT_EQ(seen_syscalls(), Calls{"fsync"});
    run(file->sync());
    EXPECT_EQ(seen_syscalls(), (Calls{"fsync", "fdatasync"}));
    run(file->finish());
    EXPECT_EQ(seen_syscalls(), (Calls{"fsync", "fdatasync", "fdatasync", "fsync"}));
    watch_syscalls("fdatasync", EIO);
    const auto other = run(partials.resume(new_id(), 0));
    EXPECT_EQ(error_of([&] { run(other->sync()); }).value(), EIO);
}

TEST_P(LocalStoreTest, FailedSyncOrNamingLeavesNothing) {
    for (const char* call : {"fdatasync", "linkat", "fsync"}) {
        for (const int error : {EIO, ENOSPC, EDQUOT}) {
            const auto id = new_id();
            watch_syscalls(call, error);
            const auto thrown =
                error_of([&] { run(put(&place_.store(), id, bytes_of(300 * kKiB))); });
            watch_syscalls();
            EXPECT_EQ(thrown, std::error_code(error, std::generic_category())) << call;
            EXPECT_EQ(place_.things(), 0U) << call;
        }
    }
}

task<void> finish_twice(blob::BlobStore* store) {
    const auto stage = co_await store->stage(new_id());
    for (int i = 0; i < 2; ++i) {
        bool failed = false;
        try {
            co_await stage->finish();
        } catch (const std::system_error&) {
            failed = true;
        }
        EXPECT_TRUE(failed) << i;
        watch_syscalls();  // the second time the disk would be well
    }
}

TEST_P(LocalStoreTest, FailureIsFinal) {
    watch_syscalls("fdatasync", EIO);
    run(finish_twice(&place_.store()));
    EXPECT_EQ(place_.things(), 0U);
}

TEST_P(LocalStoreTest, DoesNotReplaceBytes) {
    const auto id = new_id();
    run(put(&place_.store(), id, "first"));
    EXPECT_EQ(error_of([&] { run(put(&place_.store(), id, "second")); }), std::errc::file_exists);
    EXPECT_EQ(run(get(&place_.store(), id)), "first");
    EXPECT_EQ(place_.things(), 1U);
}

TEST_P(LocalStoreTest, MessagesNameNoPath) {
    try {
        run(get(&place_.store(), new_id()));
        FAIL() << "expected an error";
    } catch (const std::system_error& error) {
        EXPECT_STREQ(error.what(), "opening file bytes: No such file or directory");
    }
}

TEST_P(LocalStoreTest, EmptiesStagingAtStart) {
    fs::create_directory(place_.folder() / ".staging");
    std::ofstream(place_.folder() / ".staging" / "left over") << "bytes";
    place_.reopen();
    EXPECT_EQ(place_.things(), 0U);
}

TEST_P(LocalStoreTest, TakesTheFolderForItself) {
    Pool pool(1);
    try {
        const blob::LocalStore second(place_.folder(), pool);
        FAIL() << "expected a refusal";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("another handin process uses this folder of files (" +
                                            place_.folder().string() + " is locked)"));
    }
}

// By its id and by when it was written: either may be wrong when a clock is.
TEST_P(LocalStoreTest, ListsWhatIsOlder) {
    const auto now = SystemClock().now();
    const auto old_id = uuid_v7(now - std::chrono::hours(48));
    const auto young_id = uuid_v7(now);
    const auto old_id_young_bytes = uuid_v7(now - std::chrono::hours(48));
    for (const auto& id : {old_id, young_id, old_id_young_bytes})
        run(put(&place_.store(), id, "bytes"));
    for (const auto& id : {old_id, young_id})
        fs::last_write_time(blob::local::path_of(place_.folder(), id),
                            fs::file_time_type::clock::now() - std::chrono::hours(48));
    std::ofstream(place_.folder() / "00" / "no id") << "bytes";
    std::ofstream(place_.folder() / "00" / old_id.str()) << "in another's place";
    std::vector<Uuid> seen;
    place_.store().list_older(now - std::chrono::hours(24),
                              [&](const Uuid& id) { seen.push_back(id); });
    EXPECT_THAT(seen, ElementsAre(old_id));
}

// A truncated file is damage, not an early end.
TEST_P(LocalStoreTest, ReportsAShrunkenFile) {
    const auto id = new_id();
    run(put(&place_.store(), id, bytes_of(kMiB)));
    const auto file = place_.folder() / hex(std::span(&id.bytes[15], 1)) / id.str();
    auto reader = run(place_.store().open(id, 0, kAll));
    EXPECT_EQ(run(reader->next()).size(), 256 * kKiB);
    fs::resize_file(file, 300 * kKiB);
    EXPECT_EQ(error_of([&] { run(reader->next()); }), std::errc::io_error);
}

// A file system of 1 MiB; skipped where none can be mounted.
class FullDiskTest : public testing::TestWithParam<blob::LocalOptions> {
 protected:
    void SetUp() override {
        const auto* path = folder_.path().c_str();
        mounted_ = ::geteuid() == 0 && ::mount("handin", path, "tmpfs", 0, "size=1m") == 0;
        if (!mounted_) GTEST_SKIP() << "no root, or no right to mount a file system that fills";
    }
    void TearDown() override {
        if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
    }

    TemporaryFolder folder_;
    bool mounted_ = false;
};

INSTANTIATE_TEST_SUITE_P(BothWays, FullDiskTest, testing::ValuesIn(kBothWays),
                         [](const auto& info) {
                             return info.param.unnamed_files ? "Unnamed" : "Named";
                         });

TEST_P(FullDiskTest, SaysSoLeavesNothingAndRecovers) {
    LocalPlace place(GetParam(), folder_.path() / "files");
    // In the middle, and only at the end.
    for (const auto size : {3 * kMiB, 5 * kMiB / 4}) {
        EXPECT_EQ(error_of([&] { run(put(&place.store(), new_id(), bytes_of(size), 64 * kKiB)); }),
                  std::errc::no_space_on_device);
        EXPECT_EQ(place.things(), 0U);
    }
    const auto id = new_id();
    run(put(&place.store(), id, bytes_of(700 * kKiB)));
    EXPECT_TRUE(run(get(&place.store(), id)) == bytes_of(700 * kKiB));
}

}  // namespace
}  // namespace handin::test
