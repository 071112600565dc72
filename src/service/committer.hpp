// Group commit (DESIGN 5.2): commands that wait while one batch is being written become the next
// batch, so a lone request pays one sync and a surge pays one for hundreds. No timer. A second
// thread makes a batch durable while the next one is written; nobody is answered before.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/not_now.hpp"
#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/decide.hpp"
#include "store/store.hpp"

namespace handin::service {

// A command could not be carried out now; the client does well to repeat it with the same key.
struct TryLater : NotNow {
    using NotNow::NotNow;
};

// Too much is waiting, or the store has no room: nothing has been changed.
struct Overloaded : TryLater {
    using TryLater::TryLater;
};

// Of these, what the disk has no room for.
struct NoRoom : Overloaded {
    using Overloaded::Overloaded;
};

// The store failed while it wrote: the command may turn out to have been carried out, or not.
struct InDoubt : TryLater {
    using TryLater::TryLater;
};

struct CommitterLimits {
    // Waiting commands beyond which has_room() says no. At the measured rates this is a wait of
    // under a second.
    std::size_t waiting = 8192;
    // A batch: 512 commands take about 20 ms, and more gain little; the bytes bound its memory.
    std::size_t batch_commands = 512;
    std::size_t batch_bytes = 4 * 1024 * 1024;
};

// What happened in one batch, for /metrics.
struct BatchSeen {
    std::size_t commands = 0;
    double seconds = 0;  // until it was durable
};

// Called on a committer's thread, several at once if the store takes several writers, with what a
// batch is about to commit: fills in the receipts of its attempts, and gives what is to be
// committed with them, if there are any (DESIGN 5.10).
using Seal = std::function<std::optional<domain::ReceiptBatch>(std::span<domain::Changes* const>)>;

class Committer {
 public:
    using Outcome = std::expected<domain::Accepted, domain::Refusals>;

    // `store` and `clock` outlive it. Has a thread for each writer that the store takes. `observe`
    // is called on a thread that has waited for the disk. Without `seal` there are no receipts.
    Committer(store::Store& store, const Clock& clock, CommitterLimits limits = {},
              std::function<void(const BatchSeen&)> observe = {}, Seal seal = {});
    ~Committer();  // commits what waits

    // Decides the command and makes its changes durable before it returns. Throws TryLater.
    task<Outcome> execute(domain::Command command);

    // Asked before a request's body is read.
    bool has_room() const;
    std::size_t waiting() const;

    // For whoever ends an io_context of theirs once their outcome is there: the committer's thread
    // may still be inside asio::post then, and is not any more when this returns.
    void await_woken() const { const std::lock_guard lock(waking_); }

 private:
    struct Waiter {
        domain::Command* command;
        Executor home;
        std::move_only_function<void()> resume;
        std::optional<Outcome> outcome;
        std::exception_ptr failure;
        std::size_t bytes = 0;
    };

    struct Batch {
        std::vector<Waiter*> waiters;
        std::chrono::steady_clock::time_point begun;
    };

    bool park(Waiter& waiter);  // false: no room
    std::vector<Waiter*> take_batch();
    void run();
    void hand_over(Batch batch);
    void settle_all();
    void settle(const Batch& batch);
    void commit(store::Writer& writer, const std::vector<Waiter*>& batch);
    void decide_all(store::Writer& writer, const std::vector<Waiter*>& batch);
    std::vector<Waiter*> write(store::Writer& writer, std::vector<Waiter*> accepted);
    static void fail(const std::vector<Waiter*>& batch, std::string_view error,
                     const std::exception_ptr& failure);
    void wake(const std::vector<Waiter*>& batch);

    store::Store& store_;
    const Clock& clock_;
    CommitterLimits limits_;
    std::function<void(const BatchSeen&)> observe_;
    Seal seal_;
    mutable std::mutex mutex_;
    mutable std::mutex waking_;        // held while others are woken
    std::condition_variable ready_;    // for the writer: commands, and a place for their batch
    std::condition_variable written_;  // for the other: a batch
    std::vector<Waiter*> parked_;
    std::optional<Batch> unsettled_;  // written, and waiting for the one before to be durable
    bool stopping_ = false;
    bool written_all_ = false;
    const bool rivals_;  // what is decided may have to be decided again
    std::jthread settler_;
    std::vector<std::jthread> writers_;  // last: they use all of the above, and these go first
};

}  // namespace handin::service
