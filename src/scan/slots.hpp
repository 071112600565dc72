// Lets so many coroutines at a time do something; the others wait in the order in which they came.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include "base/task.hpp"

namespace handin::scan {

class Slots {
 public:
    explicit Slots(std::size_t count) : free_(count) {}

    class Slot {
     public:
        explicit Slot(Slots* owner) : owner_(owner) {}
        Slot(Slot&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
        Slot& operator=(Slot&&) = delete;
        ~Slot() {
            if (owner_) owner_->give_back();
        }

     private:
        Slots* owner_;
    };

    // Any thread; resumes the caller where it was. Must outlive the slot.
    task<Slot> take();

 private:
    struct Waiter {
        Executor home;
        std::move_only_function<void()> resume;
    };
    void give_back();

    std::mutex mutex_;
    std::size_t free_;
    std::deque<Waiter> waiting_;
};

}  // namespace handin::scan
