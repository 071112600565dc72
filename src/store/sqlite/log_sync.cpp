#include "store/sqlite/log_sync.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "store/store.hpp"

namespace handin::store::sqlite {
namespace {

std::string why(const char* what) {
    return std::string(what) + ": " + std::generic_category().message(errno);
}

}  // namespace

LogSync::LogSync(std::filesystem::path log) : log_(std::move(log)) {}

LogSync::~LogSync() {
    // SQLite locks the database and its shared memory, never the log: closing this drops no lock.
    if (descriptor_ >= 0) ::close(descriptor_);
}

void LogSync::open() {
    if (descriptor_ >= 0) return;
    descriptor_ = ::open(log_.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor_ >= 0) return;
    const auto error = why("the log of the database cannot be opened");
    fail();
    throw Broken(error);
}

void LogSync::sync() {
    std::lock_guard lock(syncing_);
    const Number target = ended_;
    if (durable_ >= target) return;
    check();
    open();
    if (::fdatasync(descriptor_) != 0) {
        const auto error = why("the log of the database could not be synced");
        fail();
        throw Broken(error);
    }
    advance(target);
}

// If commits before it are on their way to the disk, their sync covers this one too.
void LogSync::forget() {
    end();
    if (durable_ + 1 == begun_) advance(begun_);
}

void LogSync::advance(Number durable) {
    std::vector<Waiter> ready;
    {
        std::lock_guard lock(mutex_);
        durable_ = std::max(durable, durable_.load());
        const auto waiting = std::ranges::partition(
            waiters_, [&](const Waiter& waiter) { return waiter.number > durable_; });
        ready.assign(std::move_iterator(waiting.begin()), std::move_iterator(waiting.end()));
        waiters_.erase(waiting.begin(), waiting.end());
    }
    changed_.notify_all();
    wake(std::move(ready));
}

void LogSync::fail() {
    std::vector<Waiter> all;
    {
        std::lock_guard lock(mutex_);
        failed_ = true;
        all = std::exchange(waiters_, {});
    }
    changed_.notify_all();
    wake(std::move(all));
}

void LogSync::wake(std::vector<Waiter> waiters) {
    for (auto& waiter : waiters)
        asio::post(waiter.home, std::move(waiter.resume));
}

void LogSync::check() const {
    if (failed_) throw Broken("the database is read-only since its log could not be synced");
}

task<void> LogSync::durable(Number number) {
    if (durable_ >= number) co_return;
    const auto home = co_await asio::this_coro::executor;
    auto start = [this, number, home](auto resume) {
        std::unique_lock lock(mutex_);
        if (durable_ < number && !failed_) {
            waiters_.push_back({number, home, std::move(resume)});
            return;
        }
        lock.unlock();
        asio::post(home, std::move(resume));
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
    if (durable_ < number) check();
}

void LogSync::await_durable(Number number) {
    if (durable_ >= number) return;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return durable_ >= number || failed_; });
    if (durable_ < number) check();
}

}  // namespace handin::store::sqlite
