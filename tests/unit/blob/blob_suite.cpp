#include "blob/blob_suite.hpp"

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "base/encoding.hpp"
#include "blob/blob_io.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

constexpr std::size_t kSizes[] = {0,
                                  1,
                                  8 * kKiB - 1,
                                  8 * kKiB,
                                  8 * kKiB + 1,
                                  256 * kKiB - 1,
                                  256 * kKiB,
                                  256 * kKiB + 1,
                                  5 * kMiB + 3};

TEST_P(BlobSuite, GivesBackWhatWasPutInOneWrite) {
    for (const auto size : kSizes) {
        const auto id = new_id();
        run(put(&store(), id, bytes_of(size)));
        EXPECT_TRUE(run(get(&store(), id)) == bytes_of(size)) << size;
    }
    EXPECT_EQ(place_->things(), std::size(kSizes));
}

TEST_P(BlobSuite, GivesBackWhatWasPutPieceByPiece) {
    for (const auto piece : {std::size_t{7919}, 64 * kKiB, 256 * kKiB, 300 * kKiB}) {
        for (const auto size : kSizes) {
            const auto id = new_id();
            run(put(&store(), id, bytes_of(size), piece));
            EXPECT_TRUE(run(get(&store(), id)) == bytes_of(size)) << size << " by " << piece;
        }
    }
}

TEST_P(BlobSuite, GivesBackManyWindowsOfWriteBack) {
    const auto bytes = bytes_of(35 * kMiB + 1);
    const auto id = new_id();
    run(put(&store(), id, bytes, kMiB));
    EXPECT_TRUE(run(get(&store(), id)) == bytes);
}

TEST_P(BlobSuite, ReadsRanges) {
    const auto bytes = bytes_of(kMiB + 5);
    const auto id = new_id();
    run(put(&store(), id, bytes));
    const std::pair<std::uint64_t, std::uint64_t> ranges[] = {
        {0, 0},    {0, 1},    {1, 256 * kKiB},  {256 * kKiB - 1, 2}, {100, 700 * kKiB},
        {kMiB, 5}, {kMiB, 6}, {kMiB + 4, kAll}, {7, kAll - 3},
    };
    for (const auto& [offset, length] : ranges)
        EXPECT_TRUE(run(get(&store(), id, offset, length)) == bytes.substr(offset, length))
            << offset << '+' << length;
    for (const std::uint64_t offset : {kMiB + 5, kMiB + 6, kAll})
        EXPECT_EQ(run(get(&store(), id, offset, 10)), "") << offset;
}

TEST_P(BlobSuite, UnknownIdIsNoEntry) {
    EXPECT_EQ(error_of([&] { run(get(&store(), new_id())); }),
              std::errc::no_such_file_or_directory);
}

task<void> give_up(blob::BlobStore* store, Uuid id, std::size_t size) {
    const auto stage = co_await store->stage(id);
    const auto bytes = bytes_of(size);
    co_await stage->write(as_bytes(bytes));
}

TEST_P(BlobSuite, UnfinishedStageLeavesNothing) {
    for (const auto size : kSizes) {
        const auto id = new_id();
        run(give_up(&store(), id, size));
        EXPECT_EQ(error_of([&] { run(get(&store(), id)); }), std::errc::no_such_file_or_directory);
    }
    EXPECT_EQ(place_->things(), 0U);
}

task<void> look_before_finish(blob::BlobStore* store, Uuid id) {
    const auto stage = co_await store->stage(id);
    const auto bytes = bytes_of(kMiB);
    co_await stage->write(as_bytes(bytes));
    bool hidden = false;
    try {
        co_await store->open(id, 0, kAll);
    } catch (const std::system_error&) {
        hidden = true;
    }
    EXPECT_TRUE(hidden);
    co_await stage->finish();
    bool refused = false;
    try {
        co_await stage->write(as_bytes(bytes));
    } catch (const std::system_error&) {
        refused = true;
    }
    EXPECT_TRUE(refused);
    EXPECT_TRUE(co_await get(store, id) == bytes);
}

TEST_P(BlobSuite, IsFoundOnlyWhenFinishedAndTakesNoMoreThen) {
    run(look_before_finish(&store(), new_id()));
}

TEST_P(BlobSuite, IsThereAfterReopening) {
    const auto id = new_id();
    run(put(&store(), id, bytes_of(300 * kKiB)));
    place_->reopen();
    EXPECT_TRUE(run(get(&store(), id)) == bytes_of(300 * kKiB));
}

TEST_P(BlobSuite, RemovesSoon) {
    const auto removed = new_id(), other = new_id();
    run(put(&store(), removed, bytes_of(10)));
    run(put(&store(), other, bytes_of(20)));
    store().remove(removed);
    store().remove(removed);
    store().remove(new_id());
    EXPECT_EQ(place_->things(), 1U);
    EXPECT_EQ(error_of([&] { run(get(&store(), removed)); }), std::errc::no_such_file_or_directory);
    EXPECT_TRUE(run(get(&store(), other)) == bytes_of(20));
}

task<void> start_reading(blob::BlobStore* store, Uuid id) {
    const auto reader = co_await store->open(id, 0, kAll);
    EXPECT_FALSE((co_await reader->next()).empty());
}

TEST_P(BlobSuite, ReaderMayBeGivenUp) {
    const auto id = new_id();
    run(put(&store(), id, bytes_of(2 * kMiB)));
    run(start_reading(&store(), id));
    EXPECT_EQ(place_->things(), 1U);
}

task<void> put_and_get(blob::BlobStore* store, unsigned seed) {
    const auto id = new_id();
    const auto bytes = bytes_of(seed * 9973U, seed);
    co_await put(store, id, bytes, 20 * kKiB);
    if (seed % 3 == 0) co_await give_up(store, new_id(), bytes.size());
    EXPECT_TRUE(co_await get(store, id) == bytes) << seed;
}

TEST_P(BlobSuite, ManyAtOnceOnSeveralThreads) {
    constexpr unsigned each = 64;
    std::array<asio::io_context, 3> contexts;
    std::vector<std::jthread> threads;
    for (unsigned thread = 0; thread < contexts.size(); ++thread)
        threads.emplace_back([this, thread, &io = contexts[thread]] {
            for (unsigned i = 0; i < each; ++i)
                asio::co_spawn(io, put_and_get(&store(), thread * each + i), asio::detached);
            io.run();
        });
    threads.clear();
    EXPECT_EQ(place_->things(), contexts.size() * each);
}

}  // namespace
}  // namespace handin::test
