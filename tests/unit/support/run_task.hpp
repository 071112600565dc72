// Runs a coroutine to its end.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/task.hpp"

namespace handin::test {

// One a thread, kept: a pool thread may still be inside its asio::post when the coroutine that this
// resumes is through (Pool::drain).
inline asio::io_context& thread_context() {
    thread_local asio::io_context io(1);
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
