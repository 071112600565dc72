// Work that goes on in the background for one coroutine, so many at a time.
#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "base/task.hpp"
#include "blob/s3/background.hpp"

namespace handin::blob::s3 {

// Of one coroutine, which calls one function at a time. Destroying it lets what is under way go on;
// that must not use anything that goes with its owner.
class InFlight {
 public:
    InFlight(Background& background, std::size_t most) : background_(background), most_(most) {}

    // Waits until there is room and starts it. Throws what earlier work has thrown.
    task<void> start(task<void> work);
    // Waits until all is through. Throws what some of it has thrown.
    task<void> settle();
    // Runs `then` in the background once all is through, however it ended. Call nothing afterwards.
    void finally(task<void> then);

 private:
    struct State {
        std::mutex mutex;
        std::size_t running = 0;
        std::exception_ptr failure;
        std::size_t wanted = 0;  // the waiter goes on when so few are running
        std::optional<Executor> home;
        std::move_only_function<void()> resume;
    };
    static task<void> carry_out(std::shared_ptr<State> state, task<void> work);
    static task<void> wait(std::shared_ptr<State> state, std::size_t running);
    static task<void> conclude(std::shared_ptr<State> state, task<void> then);

    Background& background_;
    std::size_t most_;
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace handin::blob::s3
