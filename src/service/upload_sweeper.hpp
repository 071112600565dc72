// Forgets uploads that were never handed in, on a thread of its own: row first, bytes after, a few
// at a time, and not while students wait for the disk.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <thread>

#include "blob/blob.hpp"
#include "service/committer.hpp"

namespace handin::service {

struct SweepPace {
    std::chrono::milliseconds idle = std::chrono::seconds(30);  // until the next look
    std::chrono::milliseconds pause{200};  // between two batches, or until a queue is gone
    // Removing many files slows the making of new ones several-fold (DESIGN 5.5).
    std::size_t batch = 32;
};

class UploadSweeper {
 public:
    // All outlive it.
    UploadSweeper(store::Store& store, blob::BlobStore& blobs, Committer& committer,
                  const Clock& clock, SweepPace pace = {});
    ~UploadSweeper();  // finishes the batch it is at

 private:
    using Timer =
        asio::basic_waitable_timer<std::chrono::steady_clock,
                                   asio::wait_traits<std::chrono::steady_clock>, Executor>;

    task<void> run();
    task<std::size_t> sweep();  // how many were forgotten
    task<void> wait(std::chrono::milliseconds time);
    void remove_strays();

    store::Store& store_;
    blob::BlobStore& blobs_;
    Committer& committer_;
    const Clock& clock_;
    SweepPace pace_;
    asio::io_context io_{1};
    Timer timer_;
    bool stopping_ = false;  // of io_'s thread
    std::jthread thread_;    // last: it uses all of the above
};

}  // namespace handin::service
