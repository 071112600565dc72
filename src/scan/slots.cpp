#include "scan/slots.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <utility>

namespace handin::scan {

task<Slots::Slot> Slots::take() {
    const auto home = co_await asio::this_coro::executor;
    auto start = [this, home](auto resume) {
        {
            const std::lock_guard lock(mutex_);
            if (free_ == 0) {
                waiting_.push_back({home, std::move(resume)});
                return;
            }
            --free_;
        }
        asio::post(home, std::move(resume));
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
    co_return Slot(this);
}

// A slot goes straight to whoever waits longest.
void Slots::give_back() {
    std::optional<Waiter> next;
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) {
            ++free_;
            return;
        }
        next = std::move(waiting_.front());
        waiting_.pop_front();
    }
    asio::post(next->home, std::move(next->resume));
}

}  // namespace handin::scan
