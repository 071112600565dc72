// Runs a coroutine to its end.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/task.hpp"

namespace handin::test {

// Kept to the end of the program: whoever resumes a coroutine with asio::post may still be inside
// of it when all that this led to is through.
inline asio::io_context& lasting_context() {
    static std::mutex mutex;
    static std::deque<asio::io_context> all;
    const std::lock_guard lock(mutex);
    return all.emplace_back(1);
}

inline asio::io_context& thread_context() {
    thread_local asio::io_context& io = lasting_context();
    io.restart();
    return io;
}

// Blocks. What the task throws is thrown here. T must be default-constructible (asio::co_spawn).
template <class T>
T run(task<T> work) {
    auto& io = thread_context();
    std::exception_ptr failure;
    if constexpr (std::is_void_v<T>) {
        asio::co_spawn(io, std::move(work), [&](std::exception_ptr error) { failure = error; });
        io.run();
        if (failure) std::rethrow_exception(failure);
    } else {
        std::optional<T> result;
        asio::co_spawn(io, std::move(work), [&](std::exception_ptr error, T value) {
            failure = error;
            result.emplace(std::move(value));
        });
        io.run();
        if (failure) std::rethrow_exception(failure);
        return std::move(*result);
    }
}

}  // namespace handin::test
