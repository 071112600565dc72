#include "blob/upload.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "base/encoding.hpp"
#include "blob/blob_io.hpp"
#include "blob/local_place.hpp"
#include "blob/syscalls.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

using blob::kRowBytes;
using blob::Stored;
using blob::Upload;

class UploadTest : public testing::Test {
 protected:
    blob::BlobStore* store() { return &place_.store(); }
    LocalPlace place_{{}};
};

task<Stored> upload(blob::BlobStore* store, Uuid id, std::string bytes, std::size_t piece,
                    bool keep) {
    Upload upload(*store, id);
    const std::string_view all(bytes);
    for (std::size_t at = 0; at < all.size(); at += piece)
        co_await upload.write(all.substr(at, piece));
    auto stored = co_await upload.finish();
    if (keep) upload.keep();
    co_return stored;
}

// tabula.md 5.2 "Hash"; SHA-256 by sha256sum.
TEST_F(UploadTest, Hashes) {
    const struct {
        std::string bytes, sha1, sha256;
    } cases[] = {
        {"This is the best file ever", "f95a27f06df98ba26182c22e277af960c0be9be6",
         "dded78d98161cef035cc0aa19af4dd385e97dd69fd48dd04a43a41c4cf5897a8"},
        {"Doe, a deer, a female deer", "4931c07015e50baf297aae2ce8571da15c0f2380",
         "153d3aa155dd90f72764e63ffb8d1623d38ec6b7f7f1863ef1205a60833ca118"},
        {"", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
         "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    };
    for (const auto& [bytes, sha1, sha256] : cases) {
        for (const std::size_t piece : {1U, 5U, 100U}) {
            const auto stored = run(upload(store(), new_id(), bytes, piece, true));
            EXPECT_EQ(hex(stored.sha1), sha1);
            EXPECT_EQ(hex(stored.sha256), sha256);
        }
    }
}

TEST_F(UploadTest, SmallFilesAreRowsLargeOnesAreStored) {
    std::size_t in_store = 0;
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kRowBytes - 1, kRowBytes,
                                   kRowBytes + 1, 2 * kRowBytes, 300 * kKiB, 5 * kMiB + 3}) {
        for (const std::size_t piece : {std::size_t{1000}, kRowBytes, 64 * kKiB, 6 * kMiB}) {
            const auto bytes = bytes_of(size);
            const auto id = new_id();
            const auto stored = run(upload(store(), id, bytes, piece, true));
            EXPECT_EQ(stored.storage_id, id);
            EXPECT_EQ(stored.size, size);
            FileHash expected;
            expected.update(as_bytes(bytes));
            const auto [sha256, sha1] = expected.finish();
            EXPECT_EQ(stored.sha256, sha256) << size;
            EXPECT_EQ(stored.sha1, sha1) << size;
            EXPECT_EQ(stored.in_row, size <= kRowBytes) << size;
            if (stored.in_row) {
                EXPECT_TRUE(stored.row_bytes == bytes) << size;
            } else {
                ++in_store;
                EXPECT_TRUE(stored.row_bytes.empty());
                EXPECT_TRUE(run(get(store(), id)) == bytes) << size;
            }
            EXPECT_EQ(place_.things(), in_store);
        }
    }
}

TEST_F(UploadTest, IsRemovedUnlessKept) {
    run(upload(store(), new_id(), bytes_of(100 * kKiB), kKiB, false));
    EXPECT_EQ(place_.things(), 0U);
    run(upload(store(), new_id(), bytes_of(100 * kKiB), kKiB, true));
    EXPECT_EQ(place_.things(), 1U);
}

task<void> give_up(blob::BlobStore* store) {
    Upload upload(*store, new_id());
    const auto bytes = bytes_of(kMiB);
    co_await upload.write(bytes);
}

TEST_F(UploadTest, UnfinishedLeavesNothing) {
    run(give_up(store()));
    EXPECT_EQ(place_.things(), 0U);
}

task<void> move_about(blob::BlobStore* store) {
    const auto bytes = bytes_of(100 * kKiB);
    Upload first(*store, new_id());
    co_await first.write(std::string_view(bytes).substr(0, 5));
    Upload second(std::move(first));
    co_await second.write(std::string_view(bytes).substr(5, 50 * kKiB));
    first = std::move(second);  // with a stage and its hash
    co_await first.write(std::string_view(bytes).substr(5 + 50 * kKiB));
    second = std::move(first);
    const auto stored = co_await second.finish();
    EXPECT_EQ(stored.sha256, sha256(bytes));

    Upload other(*store, new_id());
    co_await other.write(bytes);
    co_await other.finish();
    other = std::move(second);  // removes what other had, and takes over
    EXPECT_TRUE(co_await get(store, stored.storage_id) == bytes);
    other.keep();
}

TEST_F(UploadTest, MovingTakesTheDutyAlong) {
    run(move_about(store()));
    EXPECT_EQ(place_.things(), 1U);
}

TEST_F(UploadTest, FailedFinishThrowsAndLeavesNothing) {
    watch_syscalls("fdatasync", ENOSPC);
    EXPECT_EQ(error_of([&] { run(upload(store(), new_id(), bytes_of(kMiB), kMiB, true)); }),
              std::errc::no_space_on_device);
    watch_syscalls();
    EXPECT_EQ(place_.things(), 0U);
}

}  // namespace
}  // namespace handin::test
