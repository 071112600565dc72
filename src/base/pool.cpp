#include "base/pool.hpp"

namespace handin {

Pool::Pool(std::size_t threads) {
    threads_.reserve(threads);
    try {
        for (std::size_t i = 0; i < threads; ++i)
            threads_.emplace_back([this] { serve(); });
    } catch (...) {
        stop();  // those that did start are about to be joined
        throw;
    }
}

Pool::~Pool() {
    stop();
}

void Pool::stop() {
    {
        std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    ready_.notify_all();
}

void Pool::post(std::move_only_function<void()> job) {
    {
        std::lock_guard lock(mutex_);
        jobs_.push_back(std::move(job));
    }
    ready_.notify_one();
}

task<void> Pool::blocking(std::move_only_function<void()> work) {
    auto home = co_await asio::this_coro::executor;
    auto start = [this, &work, home](auto resume) {
        post([&work, home, resume = std::move(resume)]() mutable {
            work();
            asio::post(home, std::move(resume));
        });
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
}

void Pool::drain() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return jobs_.empty() && running_ == 0; });
}

void Pool::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ready_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        auto job = std::move(jobs_.front());
        jobs_.pop_front();
        ++running_;
        lock.unlock();
        job();
        job = nullptr;  // what it holds goes before it counts as done
        lock.lock();
        if (--running_ == 0 && jobs_.empty()) idle_.notify_all();
    }
}

}  // namespace handin
