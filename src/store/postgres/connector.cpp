#include "store/postgres/connector.hpp"

#include <algorithm>
#include <random>

#include "base/log.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{50};
constexpr milliseconds kLongestPause{2000};  // a primary that comes back is noticed by then

// Full jitter: many nodes that lost one database do not come back all at once.
milliseconds pause_after(unsigned failures) {
    thread_local std::minstd_rand random(std::random_device{}());
    const auto most = std::min(kFirstPause * (1U << std::min(failures, 10U)), kLongestPause);
    return milliseconds(std::uniform_int_distribution<long long>(1, most.count())(random));
}

}  // namespace

bool Connector::may_try() {
    std::lock_guard lock(mutex_);
    if (failures_ == 0) return true;
    if (trying_ || Clock::now() < retry_at_) return false;
    trying_ = true;
    return true;
}

void Connector::note(bool success) {
    std::lock_guard lock(mutex_);
    trying_ = false;
    reachable_ = success;
    failures_ = success ? 0 : failures_ + 1;
    if (!success) retry_at_ = Clock::now() + pause_after(failures_);
}

std::unique_ptr<Connection> Connector::connect() {
    if (!may_try()) throw Unavailable("the database cannot be reached");
    try {
        auto connection = std::make_unique<Connection>(url_);
        const bool was_down = !reachable_;
        note(true);
        if (was_down) log::info("the database can be reached again");
        return connection;
    } catch (const std::runtime_error& error) {
        note(false);
        log::warn("the database cannot be reached", {{"reason", error.what()}});
        throw Unavailable(error.what());
    }
}

void Connector::lost() {
    ++era_;
    reachable_ = false;
}

}  // namespace handin::store::postgres
