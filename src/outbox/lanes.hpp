// What a subscription is still to be told, in lanes: one a submission, in each of which only the
// first may go. Values only, no I/O.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::outbox {

class Lanes {
 public:
    struct Item {
        std::int64_t sequence = 0;
        Uuid event_id;
        Uuid submission_id;
        unsigned attempts = 0;  // that have failed
        Time due;
        std::optional<std::string> body;  // nullopt: in the store
    };

    // At the end of its lane. One that is there already is passed over.
    void add(Item item);
    // The next that may go now, which is under way from then on.
    std::optional<Item> start(Time now);
    // When the next may go, if any may.
    std::optional<Time> next_due() const;
    // It was delivered, or is dead: the next of its lane may go.
    void finish(const Item& item);
    // It has failed and may go again then.
    void postpone(const Item& item, unsigned attempts, Time due);

    std::size_t size() const { return known_.size(); }
    // The lowest sequence.
    std::optional<std::int64_t> oldest() const;
    // How many have never been tried and could go.
    std::size_t fresh() const { return fresh_; }

 private:
    using Place = std::tuple<Time, std::int64_t, Uuid>;  // due, sequence, lane
    void offer(const Item& item);

    std::unordered_map<Uuid, std::deque<Item>> lanes_;
    std::set<std::int64_t> known_;
    std::set<Place> ready_;  // the first of each lane that is not under way
    std::size_t fresh_ = 0;
};

}  // namespace handin::outbox
