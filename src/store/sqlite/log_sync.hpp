// Makes the write-ahead log durable apart from the commits that write it, so that the next batch is
// written while the last one is on its way to the disk
// (docs/decisions/0003-sqlite-group-commit.md). SQLite shows a commit to other connections as soon
// as it is in the log: whoever has read waits here until what they may have seen is durable, before
// they tell anybody.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <vector>

#include "base/task.hpp"

namespace handin::store::sqlite {

class LogSync {
 public:
    // `log`: the file, which need not be there before the first sync.
    explicit LogSync(std::filesystem::path log);
    ~LogSync();

    using Number = std::uint64_t;  // counts commits

    // By the writer: readers may see one more commit from now on.
    void begin() { ++begun_; }
    // It is in the log.
    void end() { ended_ = begun_.load(); }
    // It has come to nothing.
    void forget();

    // What has ended is durable when it returns. Blocks on the disk; on any thread. Throws Broken,
    // from then on always: a second sync after a failed one would say that all is well.
    void sync();
    bool failed() const { return failed_; }

    // The last commit that somebody who has read until now may have seen.
    Number seen() const { return begun_; }
    // The last commit that somebody who reads from now on sees for certain.
    Number ended() const { return ended_; }
    // Waits until it is durable. Throws Broken if that will never be known.
    task<void> durable(Number number);
    // The same, blocking.
    void await_durable(Number number);

 private:
    struct Waiter {
        Number number = 0;
        Executor home;
        std::move_only_function<void()> resume;
    };

    void open();
    void advance(Number durable);
    void fail();
    void check() const;
    static void wake(std::vector<Waiter> waiters);

    std::filesystem::path log_;
    int descriptor_ = -1;
    std::mutex syncing_;  // one at a time; guards descriptor_

    std::atomic<Number> begun_ = 0, ended_ = 0, durable_ = 0;
    std::atomic<bool> failed_ = false;
    std::mutex mutex_;  // durable_ and failed_ change under it
    std::condition_variable changed_;
    std::vector<Waiter> waiters_;
};

}  // namespace handin::store::sqlite
