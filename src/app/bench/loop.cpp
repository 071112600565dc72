#include "app/bench/loop.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace handin::bench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

constexpr auto kPatience = std::chrono::seconds(30);    // for the last answers
constexpr auto kLook = std::chrono::milliseconds(100);  // at the clock, when nothing happens

nanoseconds in_nanos(double seconds) {
    return nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

}  // namespace

Loop::Loop(const Address& address, Source& source, const Load& load)
    : address_(address),
      source_(source),
      load_(load),
      trust_(address.tls ? new_trust(load.insecure) : nullptr),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      connections_(load.clients),
      random_(std::random_device{}()),
      gap_(load.rate > 0 ? load.rate : 1) {
    if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    for (unsigned i = 0; i < load.clients; ++i) {
        reconnect(i);
        idle_.push_back(i);
    }
}

Loop::~Loop() {
    close(epoll_);
}

Tally Loop::run() {
    start_ = last_answer_ = next_arrival_ = Clock::now();
    end_ = load_.requests > 0 ? Instant::max() : start_ + in_nanos(load_.seconds);
    for (auto now = start_; !done(now); now = Clock::now()) {
        if (open())
            arrive(now);
        else
            while (!idle_.empty() && may_begin(now))
                begin(now);
        wait(now);
    }
    if (open() && busy_ + waiting_.size() > 0) {
        tally_.requests += busy_ + waiting_.size();
        tally_.errors["unanswered"] += busy_ + waiting_.size();
    }
    // Closed: what was answered by the end counts, so the time is the whole time.
    const bool cut_short = load_.requests > 0 || tally_.ran_out;
    const auto until = cut_short ? last_answer_ : open() ? std::max(end_, last_answer_) : end_;
    tally_.seconds = std::chrono::duration<double>(until - start_).count();
    return std::move(tally_);
}

bool Loop::may_begin(Instant now) const {
    return !tally_.ran_out && (load_.requests == 0 || begun_ < load_.requests) &&
           (open() || now < end_);
}

bool Loop::may_arrive(Instant now) const {
    return !tally_.ran_out && next_arrival_ <= now && next_arrival_ < end_ &&
           (load_.requests == 0 || begun_ + waiting_.size() < load_.requests);
}

bool Loop::done(Instant now) const {
    if (may_begin(now) && (now < end_ || !waiting_.empty())) return false;
    return busy_ == 0 || (end_ != Instant::max() && now > end_ + kPatience);
}

// Begins the requests that have arrived by now, as far as there are connections for them.
void Loop::arrive(Instant now) {
    while (may_arrive(now)) {
        waiting_.push_back(next_arrival_);
        next_arrival_ += in_nanos(gap_(random_));
    }
    while (!waiting_.empty() && !idle_.empty() && may_begin(now)) {
        const auto arrival = waiting_.front();
        waiting_.pop_front();
        begin(arrival);
    }
}

void Loop::begin(Instant counted_from) {
    const auto index = idle_.back();
    auto& connection = *connections_[index];
    if (!source_.next(connection.message())) {
        tally_.ran_out = true;
        waiting_.clear();
        return;
    }
    idle_.pop_back();
    ++begun_;
    ++busy_;
    if (!connection.send(counted_from)) watch(index, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
}

void Loop::wait(Instant now) {
    auto until = now + kLook;
    if (open() && next_arrival_ < end_) until = std::min(until, next_arrival_);
    const auto left = std::max(nanoseconds(0), nanoseconds(until - now)).count();
    const timespec timeout{.tv_sec = left / 1'000'000'000, .tv_nsec = left % 1'000'000'000};
    std::array<epoll_event, 64> events{};
    const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
    for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        if ((event.events & EPOLLOUT) != 0 && connections_[event.data.u32]->send_more())
            watch(event.data.u32, EPOLLIN, EPOLL_CTL_MOD);
        if ((event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) take(event.data.u32);
    }
}

void Loop::take(unsigned index) {
    auto& connection = *connections_[index];
    const auto answer = connection.receive(scratch_);
    if (answer == Connection::Answer::none_yet) return;
    const auto now = Clock::now();
    const bool was_idle = std::ranges::find(idle_, index) != idle_.end();
    if (answer == Connection::Answer::complete) {
        count(connection, now);
    } else if (!was_idle) {
        ++tally_.requests;
        ++tally_.errors["closed"];
    }
    if (answer == Connection::Answer::closed || connection.closes()) reconnect(index);
    if (was_idle) return;
    --busy_;
    idle_.push_back(index);
    if (!open() && may_begin(now)) begin(now);
}

void Loop::count(const Connection& connection, Instant now) {
    if (!open() && now > end_) {
        ++tally_.uncounted;
        return;
    }
    last_answer_ = now;
    ++tally_.requests;
    if (connection.status() >= 200 && connection.status() <= 299) {
        ++tally_.ok;
        tally_.latency.add(now - connection.counted_from());
        return;
    }
    ++tally_.errors[std::to_string(connection.status())];
    if (tally_.first_error.empty()) tally_.first_error = connection.body_start();
}

void Loop::reconnect(unsigned index) {
    connections_[index] = std::make_unique<Connection>(address_, trust_.get());
    watch(index, EPOLLIN, EPOLL_CTL_ADD);
}

void Loop::watch(unsigned index, unsigned events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.u32 = index;
    if (epoll_ctl(epoll_, operation, connections_[index]->descriptor(), &event) != 0)
        throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

}  // namespace handin::bench
