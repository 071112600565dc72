#include "base/pool.hpp"

#include <atomic>
#include <memory>

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

void Pool::run_one(std::mutex& mutex, std::exception_ptr& failure,
                   const std::function<void(std::size_t)>& work, std::size_t index) {
    try {
        work(index);
    } catch (...) {
        std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
    }
}

task<void> Pool::run_each(std::size_t count, std::function<void(std::size_t)> work) {
    if (count == 0) co_return;
    auto home = co_await asio::this_coro::executor;
    std::mutex mutex;
    std::exception_ptr failure;
    std::atomic<std::size_t> left = count;
    auto start = [&, this](auto resume) {
        const auto last = std::make_shared<decltype(resume)>(std::move(resume));
        for (std::size_t index = 0; index < count; ++index)
            post([&, home, index, last] {
                run_one(mutex, failure, work, index);
                if (--left == 0) asio::post(home, std::move(*last));
            });
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
    if (failure) std::rethrow_exception(failure);
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
