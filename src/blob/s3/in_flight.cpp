#include "blob/s3/in_flight.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace handin::blob::s3 {

task<void> InFlight::carry_out(std::shared_ptr<State> state, task<void> work) {
    std::exception_ptr failure;
    try {
        co_await std::move(work);
    } catch (...) {
        failure = std::current_exception();
    }
    std::move_only_function<void()> resume;
    std::optional<Executor> home;
    {
        std::lock_guard lock(state->mutex);
        --state->running;
        if (!state->failure) state->failure = failure;
        if (state->home && state->running <= state->wanted) {
            resume = std::exchange(state->resume, nullptr);
            home = std::exchange(state->home, std::nullopt);
        }
    }
    if (home) asio::post(*home, std::move(resume));
}

// Until at most so many are running.
task<void> InFlight::wait(std::shared_ptr<State> state, std::size_t running) {
    auto home = co_await asio::this_coro::executor;
    auto start = [&state, running, home](auto resume) {
        std::unique_lock lock(state->mutex);
        if (state->running <= running) {
            lock.unlock();
            return asio::post(home, std::move(resume));
        }
        state->wanted = running;
        state->home = home;
        state->resume = std::move(resume);
    };
    co_await asio::async_initiate<const use_task_t, void()>(std::move(start), use_task);
}

task<void> InFlight::start(task<void> work) {
    co_await wait(state_, most_ - 1);
    {
        std::lock_guard lock(state_->mutex);
        if (state_->failure) std::rethrow_exception(state_->failure);
        ++state_->running;
    }
    background_.start(carry_out(state_, std::move(work)));
}

task<void> InFlight::settle() {
    co_await wait(state_, 0);
    if (state_->failure) std::rethrow_exception(state_->failure);
}

task<void> InFlight::conclude(std::shared_ptr<State> state, task<void> then) {
    co_await wait(std::move(state), 0);
    co_await std::move(then);
}

void InFlight::finally(task<void> then) {
    background_.start(conclude(state_, std::move(then)));
}

}  // namespace handin::blob::s3
