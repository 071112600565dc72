#include "service/first_arrivals.hpp"

#include <algorithm>

namespace handin::service {

bool FirstArrivals::continues(const Entry& entry, Time began) {
    return began - entry.refused <= kPromptRepeat && began - entry.first <= kLongestRefusal;
}

void FirstArrivals::turned_away(const Uuid& submission_id, Time arrived, Time now) {
    const std::lock_guard lock(mutex_);
    auto first = arrived;
    if (const auto found = by_id_.find(submission_id); found != by_id_.end()) {
        if (continues(*found->second, arrived)) first = std::min(first, found->second->first);
        entries_.erase(found->second);
    }
    by_id_[submission_id] = entries_.insert(entries_.end(), {submission_id, first, now});
    forget_oldest(now);
}

std::optional<Time> FirstArrivals::first(const Uuid& submission_id, Time began) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(submission_id);
    if (found == by_id_.end() || !continues(*found->second, began)) return std::nullopt;
    return found->second->first;
}

void FirstArrivals::settle(const Uuid& submission_id) {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(submission_id);
    if (found == by_id_.end()) return;
    entries_.erase(found->second);
    by_id_.erase(found);
}

std::size_t FirstArrivals::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

// Those that nothing can refer to any more go even if there is room: a repeat that began in time
// may take as long again to arrive.
void FirstArrivals::forget_oldest(Time now) {
    while (entries_.size() > most_ ||
           (!entries_.empty() && now - entries_.front().refused > 2 * kLongestRefusal)) {
        by_id_.erase(entries_.front().submission_id);
        entries_.pop_front();
    }
}

}  // namespace handin::service
