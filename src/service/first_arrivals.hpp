// Whom load has turned away, and when they first came (DESIGN 5.4): a prompt repeat is judged by
// that time, so that nobody is late because we were busy. For any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::service {

// From our refusal to the beginning of the repeat: some times what Retry-After asks for, and enough
// for a person who reads the message and presses the button again; not enough to do more work.
inline constexpr std::chrono::minutes kPromptRepeat{2};
// From the first arrival to the beginning of the last repeat, however often we refused between.
inline constexpr std::chrono::minutes kLongestRefusal{15};

class FirstArrivals {
 public:
    // Beyond `most` people the one who was turned away longest ago is forgotten. An entry has about
    // 150 bytes.
    explicit FirstArrivals(std::size_t most = 65'536) : most_(most) {}

    // A request that arrived at `arrived` is refused at `now`, by no fault of its own.
    void turned_away(const Uuid& submission_id, Time arrived, Time now);
    // When the first of these requests arrived, if one that began at `began` is its prompt repeat.
    std::optional<Time> first(const Uuid& submission_id, Time began) const;
    // The work is in.
    void settle(const Uuid& submission_id);

    std::size_t size() const;

 private:
    struct Entry {
        Uuid submission_id;
        Time first;
        Time refused;  // last
    };

    static bool continues(const Entry& entry, Time began);
    void forget_oldest(Time now);

    std::size_t most_;
    mutable std::mutex mutex_;
    std::list<Entry> entries_;  // by the time of the last refusal
    std::unordered_map<Uuid, std::list<Entry>::iterator> by_id_;
};

}  // namespace handin::service
