// Which generation the roster has, without asking for each request: what was asked a moment ago is
// believed. Whoever changes the roster waits as long before that is acknowledged, so nobody
// who has heard of the change meets a node that has not.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

#include "store/row_cache.hpp"

namespace handin::store::postgres {

// A roster, as the database and as this process's RowCache number it. The latter never goes back,
// also if the former does (a database that was restored, a standby that took over).
struct Roster {
    std::int64_t generation = 0;
    Generation cached = 0;
};

class RosterWatch {
 public:
    using Clock = std::chrono::steady_clock;
    static constexpr auto kBelieved = std::chrono::milliseconds(50);

    // The answer to a question that was sent at `asked`.
    Roster saw(std::int64_t generation, Clock::time_point asked) {
        std::lock_guard lock(mutex_);
        if (asked < asked_) return {generation, generation == last_.generation ? last_.cached : 0};
        asked_ = asked;
        if (generation != last_.generation) last_ = {generation, last_.cached + 1};
        return last_;
    }
    std::optional<Roster> believed() const {
        std::lock_guard lock(mutex_);
        if (last_.generation == 0 || Clock::now() - asked_ > kBelieved) return std::nullopt;
        return last_;
    }
    // However long ago; all 0: never.
    Roster last() const {
        std::lock_guard lock(mutex_);
        return last_;
    }
    // It may be another database from now on.
    void forget() {
        std::lock_guard lock(mutex_);
        last_ = {0, last_.cached + 1};
        asked_ = {};
    }

 private:
    mutable std::mutex mutex_;
    Roster last_;
    Clock::time_point asked_;
};

}  // namespace handin::store::postgres
