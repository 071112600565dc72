// A thread of the engine's own: what nobody waits for, what goes on beside the one who does, and
// what a thread that may block asks for.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "base/task.hpp"

namespace handin::blob::s3 {

class Background {
 public:
    Background();
    ~Background();  // everything must be through by then: drain()
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    // Runs it. It must not throw.
    void start(task<void> work);

    // Runs it, and blocks until it is through. What it throws is thrown. Not on the thread itself.
    template <class T>
    T run(task<T> work) {
        std::mutex mutex;
        std::condition_variable through;
        std::exception_ptr failure;
        std::conditional_t<std::is_void_v<T>, bool, std::optional<T>> result{};
        bool done = false;
        start(await(std::move(work), [&](std::exception_ptr error, auto value) {
            std::lock_guard lock(mutex);
            failure = std::move(error);
            if constexpr (!std::is_void_v<T>) result = std::move(value);
            done = true;
            through.notify_one();
        }));
        std::unique_lock lock(mutex);
        through.wait(lock, [&] { return done; });
        if (failure) std::rethrow_exception(failure);
        if constexpr (!std::is_void_v<T>) return std::move(*result);
    }

    // Blocks until nothing is under way. False if that takes longer than `patience`.
    bool drain(std::chrono::milliseconds patience = std::chrono::hours(1));

 private:
    template <class T, class Report>
    static task<void> await(task<T> work, Report report) {
        std::exception_ptr failure;
        if constexpr (std::is_void_v<T>) {
            try {
                co_await std::move(work);
            } catch (...) {
                failure = std::current_exception();
            }
            report(failure, true);
        } else {
            std::optional<T> result;
            try {
                result.emplace(co_await std::move(work));
            } catch (...) {
                failure = std::current_exception();
            }
            report(failure, std::move(result));
        }
    }

    asio::io_context io_{1};
    asio::executor_work_guard<Executor> guard_{io_.get_executor()};
    std::mutex mutex_;
    std::condition_variable idle_;
    std::size_t running_ = 0;
    std::thread thread_;  // last: it uses all of the above
};

}  // namespace handin::blob::s3
