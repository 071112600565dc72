#include "service/throttle.hpp"

#include <algorithm>

namespace handin::service {

std::optional<std::chrono::seconds> Throttle::wait(const std::string& name, Time now) const {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(name);
    if (found == counts_.end() || found->second.failures < limit_.failures ||
        over(found->second, now))
        return std::nullopt;
    return std::chrono::ceil<std::chrono::seconds>(found->second.since + limit_.window - now);
}

void Throttle::failed(const std::string& name, Time now) {
    const std::lock_guard lock(mutex_);
    if (!counts_.contains(name) && counts_.size() >= kMostNames) make_room(now);
    auto& count = counts_[name];
    if (count.failures == 0 || over(count, now)) count = {.failures = 0, .since = now};
    ++count.failures;
}

void Throttle::forget(const std::string& name) {
    const std::lock_guard lock(mutex_);
    counts_.erase(name);
}

std::size_t Throttle::size() const {
    const std::lock_guard lock(mutex_);
    return counts_.size();
}

void Throttle::make_room(Time now) {
    std::erase_if(counts_, [&](const auto& each) { return over(each.second, now); });
    if (counts_.size() < kMostNames) return;
    counts_.erase(
        std::ranges::min_element(counts_, {}, [](const auto& each) { return each.second.since; }));
}

}  // namespace handin::service
