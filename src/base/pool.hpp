// Threads for calls that block (fdatasync, linkat, cold reads), so that io threads never do.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/task.hpp"

namespace handin {

class Pool {
 public:
    explicit Pool(std::size_t threads);
    ~Pool();  // finishes what is queued; whatever resumes elsewhere must still be there
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // Runs a blocking function on a pool thread and resumes the caller where it was. What the
    // function throws is thrown to the caller. Its queue needs no bound of its own: each caller is
    // a coroutine of a request, and requests are bounded by the number of connections.
    template <class F>
    task<std::invoke_result_t<F>> run(F work) {
        using Result = std::invoke_result_t<F>;
        std::exception_ptr failure;
        if constexpr (std::is_void_v<Result>) {
            co_await blocking([&] {
                try {
                    work();
                } catch (...) {
                    failure = std::current_exception();
                }
            });
            if (failure) std::rethrow_exception(failure);
        } else {
            std::optional<Result> result;
            co_await blocking([&] {
                try {
                    result.emplace(work());
                } catch (...) {
                    failure = std::current_exception();
                }
            });
            if (failure) std::rethrow_exception(failure);
            co_return std::move(*result);
        }
    }

    // work(0) to work(count - 1), on as many threads as are free; resumes the caller where it was
    // when all are done. The first exception that came is thrown to the caller.
    task<void> run_each(std::size_t count, std::function<void(std::size_t)> work);

    // Queues work nobody waits for. It must not throw.
    void post(std::move_only_function<void()> job);

    // Blocks until nothing is queued or running. At shutdown, drain between stopping the
    // io_contexts and destroying them, for run() posts to them, and is in that call still when the
    // coroutine has long gone on; and destroy the pool last, for what goes with an io_context may
    // post to it.
    void drain();

 private:
    task<void> blocking(std::move_only_function<void()> work);
    static void run_one(std::mutex& mutex, std::exception_ptr& failure,
                        const std::function<void(std::size_t)>& work, std::size_t index);
    void serve();
    void stop();

    std::mutex mutex_;
    std::condition_variable ready_, idle_;
    std::deque<std::move_only_function<void()>> jobs_;
    std::size_t running_ = 0;
    bool stopping_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace handin
