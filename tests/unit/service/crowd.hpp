// Clients that wait for their outcomes on an io thread of their own.
#pragma once

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <deque>
#include <exception>
#include <optional>
#include <thread>

#include "service/committer.hpp"
#include "support/run_task.hpp"

namespace handin::test {

struct Waited {
    std::optional<service::Committer::Outcome> outcome;
    std::exception_ptr failure;
    std::atomic<std::thread::id> resumed_on;  // set last

    // Rethrows what was thrown.
    service::Committer::Outcome& get() {
        if (failure) std::rethrow_exception(failure);
        return outcome.value();
    }
};

inline task<void> carry_out(service::Committer* committer, domain::Command command,
                            Waited* waited) {
    try {
        waited->outcome = co_await committer->execute(std::move(command));
    } catch (...) {
        waited->failure = std::current_exception();
    }
    waited->resumed_on = std::this_thread::get_id();
}

class Crowd {
 public:
    explicit Crowd(service::Committer& committer)
        : committer_(&committer), thread_([this] { io_.run(); }) {}
    ~Crowd() { finish(); }
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    Waited& add(domain::Command command) {
        auto& waited = waited_.emplace_back();
        asio::co_spawn(io_, carry_out(committer_, std::move(command), &waited), asio::detached);
        return waited;
    }

    // Waits until everybody has their outcome.
    void finish() {
        work_.reset();
        if (thread_.joinable()) thread_.join();
    }

    std::thread::id thread() const { return thread_id_; }
    std::deque<Waited>& all() { return waited_; }

 private:
    service::Committer* committer_;
    std::deque<Waited> waited_;
    asio::io_context& io_ = lasting_context();
    asio::executor_work_guard<Executor> work_{io_.get_executor()};
    std::jthread thread_;
    std::thread::id thread_id_ = thread_.get_id();
};

}  // namespace handin::test
