// Removes files that no row names: what a crash, a commit of unknown outcome or a lost removal has
// left (DESIGN 5.5). A thread of its own, slow on purpose: removing many files at once makes
// creating them several times slower for most of a minute.
//
// A file is removed only if no row named it at a moment when it had been finished for `age`. Nobody
// can name it later: a request names its files within seconds of finishing them, attempts never
// change, and an upload that waits to be handed in is named by a row from its first byte on.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "base/time.hpp"
#include "blob/blob.hpp"
#include "store/store.hpp"

namespace handin::service {

struct CollectorOptions {
    std::chrono::seconds age = std::chrono::hours(24);
    std::chrono::milliseconds every =
        std::chrono::hours(6);            // from the end of one sweep to the next
    std::chrono::milliseconds pause{50};  // after each removal
    std::size_t batch = 65'536;           // files that are asked about at a time: 1 MiB of ids
};

// What a sweep has done.
struct Sweep {
    std::uint64_t seen = 0;  // files old enough to be looked at
    std::uint64_t removed = 0;
    bool finished = false;  // or it was stopped, or the store is in doubt
};

class Collector {
 public:
    // Sweeps first after a minute, or `every` if that is less. `busy`: commits are waiting, so the
    // collector rests. All outlive it.
    Collector(store::Store& store, blob::BlobStore& blobs, const Clock& clock,
              std::function<bool()> busy, CollectorOptions options = {});
    ~Collector();  // interrupts a sweep

    // For /metrics, since the start.
    std::uint64_t sweeps() const { return sweeps_; }
    std::uint64_t removed() const { return removed_; }

 private:
    void run(const std::stop_token& stop);
    Sweep sweep(const std::stop_token& stop);
    std::vector<Uuid> oldest(Time before, const std::optional<Uuid>& after);
    std::vector<Uuid> unnamed(const std::vector<Uuid>& ids);
    void sleep(const std::stop_token& stop, std::chrono::milliseconds time);
    bool may_go_on(const std::stop_token& stop);

    store::Store& store_;
    blob::BlobStore& blobs_;
    const Clock& clock_;
    std::function<bool()> busy_;
    CollectorOptions options_;
    std::atomic<std::uint64_t> sweeps_ = 0;
    std::atomic<std::uint64_t> removed_ = 0;
    std::mutex mutex_;
    std::condition_variable_any never_;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace handin::service
