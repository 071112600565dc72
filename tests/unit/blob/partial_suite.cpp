// Files that grow over many requests and restarts, on every engine that has them.
#include <gtest/gtest.h>

#include "base/encoding.hpp"
#include "blob/blob_io.hpp"
#include "blob/blob_suite.hpp"
#include "support/run_task.hpp"

namespace handin::test {
namespace {

class PartialSteps {
 public:
    PartialSteps(blob::BlobStore& store, const Uuid& id, std::uint64_t length)
        : file_(run(store.partials()->resume(id, length))) {}

    void append(const std::string& bytes) { run(file_->append(as_bytes(bytes))); }
    void sync() { run(file_->sync()); }
    void cut(std::uint64_t length) { run(file_->cut(length)); }
    void finish() { run(file_->finish()); }

 private:
    std::unique_ptr<blob::PartialFile> file_;
};

task<std::string> all_of(std::unique_ptr<blob::Reader> reader) {
    std::string bytes;
    for (;;) {
        const auto piece = co_await reader->next();
        if (piece.empty()) co_return bytes;
        bytes += piece;
    }
}

std::string partial(blob::BlobStore& store, const Uuid& id, std::uint64_t length) {
    return run(all_of(run(store.partials()->read(id, length))));
}

TEST_P(BlobSuite, APartialFileGrowsAndIsFinished) {
    if (store().partials() == nullptr) GTEST_SKIP();
    const auto id = new_id();
    const auto bytes = bytes_of(9 * kMiB + 5);
    std::size_t at = 0;
    for (const std::size_t size : {std::size_t{1}, 100 * kKiB, 9 * kMiB, bytes.size()}) {
        PartialSteps steps(store(), id, at);
        const auto end = std::min(at + size, bytes.size());
        for (; at < end; at = std::min(at + 64 * kKiB, end))
            steps.append(bytes.substr(at, std::min(64 * kKiB, end - at)));
        steps.sync();
        EXPECT_TRUE(partial(store(), id, at) == bytes.substr(0, at));
        EXPECT_EQ(place_->things(), 1U);
        if (at == bytes.size()) steps.finish();
        place_->reopen();
        if (at == bytes.size()) break;
        EXPECT_EQ(store().partials()->list(), std::vector<Uuid>{id});
        EXPECT_EQ(error_of([&] { run(get(&store(), id)); }).value(), ENOENT);
    }
    EXPECT_TRUE(run(get(&store(), id)) == bytes);
    EXPECT_TRUE(store().partials()->list().empty());
}

TEST_P(BlobSuite, WhatWasNotSyncedIsForgotten) {
    if (store().partials() == nullptr) GTEST_SKIP();
    const auto id = new_id();
    {
        PartialSteps steps(store(), id, 0);
        steps.append(bytes_of(kMiB));
        steps.sync();
        steps.append(bytes_of(kMiB, 2));
    }
    place_->reopen();
    PartialSteps steps(store(), id, 1000);  // all that somebody remembers
    steps.append("end");
    steps.finish();
    EXPECT_TRUE(run(get(&store(), id)) == bytes_of(kMiB).substr(0, 1000) + "end");
}

TEST_P(BlobSuite, AFinishThatNobodyRemembersIsUndone) {
    if (store().partials() == nullptr) GTEST_SKIP();
    const auto id = new_id();
    for (const std::uint64_t remembered : {5U, 0U}) {
        PartialSteps steps(store(), id, 0);
        steps.append("hello world");
        steps.finish();
        place_->reopen();
        PartialSteps again(store(), id, remembered);
        EXPECT_EQ(place_->things(), 1U);
        again.append("!");
        again.finish();
        EXPECT_EQ(run(get(&store(), id)), std::string("hello").substr(0, remembered) + "!");
    }
}

TEST_P(BlobSuite, APartialFileIsCut) {
    if (store().partials() == nullptr) GTEST_SKIP();
    const auto id = new_id();
    const auto bytes = bytes_of(20 * kMiB);
    PartialSteps steps(store(), id, 0);
    for (std::size_t at = 0; at < bytes.size(); at += kMiB)
        steps.append(bytes.substr(at, kMiB));
    steps.append("in memory still");
    steps.cut(bytes.size() + 2);
    steps.cut(3 * kMiB);
    steps.append("x");
    steps.finish();
    EXPECT_TRUE(run(get(&store(), id)) == bytes.substr(0, 3 * kMiB) + "x");
}

TEST_P(BlobSuite, APartialFileThatHasLostBytesIsNotGoneOnWith) {
    if (store().partials() == nullptr) GTEST_SKIP();
    const auto id = new_id();
    PartialSteps(store(), id, 0).append("abc");  // never left memory
    EXPECT_EQ(error_of([&] { run(store().partials()->resume(id, 3)); }).value(), EIO);
}

TEST_P(BlobSuite, RemovedPartialFilesAreGone) {
    if (store().partials() == nullptr) GTEST_SKIP();
    const auto id = new_id();
    PartialSteps(store(), id, 0).sync();
    store().partials()->remove(id);
    store().partials()->remove(id);
    EXPECT_EQ(place_->things(), 0U);
    EXPECT_TRUE(store().partials()->list().empty());
}

}  // namespace
}  // namespace handin::test
