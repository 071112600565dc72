#include "outbox/news.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <memory>

namespace handin::outbox {

// Its executor is there for as long as it is among the waiters.
struct News::Waiter {
    using Timer =
        asio::basic_waitable_timer<std::chrono::steady_clock,
                                   asio::wait_traits<std::chrono::steady_clock>, Executor>;

    Waiter(News& all, const Executor& executor)
        : news(all), timer(std::make_shared<Timer>(executor)) {
        std::lock_guard lock(news.mutex_);
        news.waiters_.insert(this);
    }
    ~Waiter() {
        std::lock_guard lock(news.mutex_);
        news.waiters_.erase(this);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    News& news;
    std::shared_ptr<Timer> timer;
};

void News::ring() {
    ++rung_;
    wake_all();
}

void News::stop() {
    stopped_ = true;
    wake_all();
}

bool News::awaited() const {
    std::lock_guard lock(mutex_);
    return !waiters_.empty();
}

void News::wake_all() {
    std::lock_guard lock(mutex_);
    for (const auto* waiter : waiters_)
        asio::post(waiter->timer->get_executor(), [timer = waiter->timer] { timer->cancel(); });
}

task<void> News::wait(std::uint64_t rung, std::chrono::milliseconds at_most) {
    const Waiter waiter(*this, co_await asio::this_coro::executor);
    waiter.timer->expires_after(at_most);
    // Whoever rings from here on finds the waiter, and its cancelling comes after the waiting.
    if (rung_ == rung && !stopped_) co_await waiter.timer->async_wait(asio::as_tuple(use_task));
}

}  // namespace handin::outbox
