// Makes connections, and does not hammer a database that is down.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "store/postgres/connection.hpp"

namespace handin::store::postgres {

class Connector {
 public:
    explicit Connector(std::string url) : url_(std::move(url)) {}

    // Blocks while it connects. Throws store::Unavailable, at once while the database is down and
    // it is not yet time to try again, or while another thread tries.
    std::unique_ptr<Connection> connect();

    // Somebody's connection was lost: those made before are not to be trusted.
    void lost();
    // Changes with each loss.
    std::uint64_t era() const { return era_; }
    // Whether the last attempt to talk to the database has succeeded.
    bool reachable() const { return reachable_; }

 private:
    using Clock = std::chrono::steady_clock;
    bool may_try();
    void note(bool success);

    const std::string url_;
    std::atomic<bool> reachable_ = true;
    std::atomic<std::uint64_t> era_ = 0;
    std::mutex mutex_;
    bool trying_ = false;
    unsigned failures_ = 0;
    Clock::time_point retry_at_;
};

}  // namespace handin::store::postgres
