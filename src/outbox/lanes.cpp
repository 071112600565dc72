#include "outbox/lanes.hpp"

namespace handin::outbox {

void Lanes::offer(const Item& item) {
    ready_.emplace(item.due, item.sequence, item.submission_id);
    if (item.attempts == 0) ++fresh_;
}

void Lanes::add(Item item) {
    if (!known_.insert(item.sequence).second) return;
    auto& lane = lanes_[item.submission_id];
    if (!lane.empty()) item.body.reset();  // who knows how long it waits
    lane.push_back(std::move(item));
    if (lane.size() == 1) offer(lane.front());
}

std::optional<Lanes::Item> Lanes::start(Time now) {
    if (ready_.empty() || std::get<Time>(*ready_.begin()) > now) return std::nullopt;
    const auto lane = std::get<Uuid>(*ready_.begin());
    ready_.erase(ready_.begin());
    auto& item = lanes_.at(lane).front();
    if (item.attempts == 0) --fresh_;
    auto started = item;
    item.body.reset();  // the next try, if there is one, is long after
    return started;
}

std::optional<Time> Lanes::next_due() const {
    return ready_.empty() ? std::nullopt : std::optional(std::get<Time>(*ready_.begin()));
}

std::optional<std::int64_t> Lanes::oldest() const {
    return known_.empty() ? std::nullopt : std::optional(*known_.begin());
}

void Lanes::finish(const Item& item) {
    known_.erase(item.sequence);
    const auto at = lanes_.find(item.submission_id);
    at->second.pop_front();
    if (at->second.empty())
        lanes_.erase(at);
    else
        offer(at->second.front());
}

void Lanes::postpone(const Item& item, unsigned attempts, Time due) {
    auto& first = lanes_.at(item.submission_id).front();
    first.attempts = attempts;
    first.due = due;
    offer(first);
}

}  // namespace handin::outbox
