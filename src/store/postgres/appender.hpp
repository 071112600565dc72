// The thread that appends what has committed to the sequence of events, if this process holds the
// lease for it, and then also forgets old batches; and that notices when a database that was lost
// is there again.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "store/leases.hpp"
#include "store/postgres/batch_trim.hpp"
#include "store/postgres/connector.hpp"

namespace handin::store::postgres {

class Appender {
 public:
    // Both outlive it.
    Appender(Connector& connector, Leases& leases);
    ~Appender();  // gives the lease back

    // There is something to append. Never blocks.
    void wake();

 private:
    void run(std::stop_token stop);
    void keep_lease();
    void append();
    void trim();

    Connector& connector_;
    Leases& leases_;
    std::unique_ptr<Connection> db_;
    std::uint64_t era_ = 0;
    std::optional<std::int64_t> epoch_;  // while the lease is held
    std::chrono::steady_clock::time_point renew_at_;
    BatchTrim trim_;
    std::chrono::steady_clock::time_point trim_at_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    bool work_ = true;
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace handin::store::postgres
