// A store that keeps nothing, and a writer that can be told to fail, to wait or to lie.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "store/store.hpp"
#include "support/memory_rows.hpp"

namespace handin::test {

// Holds a thread until somebody opens.
class Gate {
 public:
    void pass() {  // by the one that is held
        std::unique_lock lock(mutex_);
        arrived_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }
    void await_arrival() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return arrived_; });
    }
    void open() {
        std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }
    void close() {
        std::lock_guard lock(mutex_);
        open_ = arrived_ = false;
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool arrived_ = false, open_ = false;
};

class FakeStore final : public store::Store {
 public:
    using Batch = std::vector<domain::Changes>;

    School school;
    // Called on the committer's thread, and may throw what a store throws.
    std::function<void(domain::State&)> on_load = [](domain::State&) {};
    std::function<void()> on_commit = [] {};
    std::function<void()> on_sync = [] {};  // on the thread that makes durable
    bool forgetful = false;                 // never answers what it is asked for
    std::size_t threads = 1;

    std::size_t writers() const override { return threads; }

    void sync() override { on_sync(); }
    std::unique_ptr<store::Writer> writer() override { return std::make_unique<FakeWriter>(*this); }
    task<void> read(std::function<void(store::Reader&)>) override {
        throw std::logic_error("a committer does not read");
    }
    task<void> read_long(std::function<void(store::Reader&)>) override {
        throw std::logic_error("a committer does not read");
    }
    void read_now(const std::function<void(store::Reader&)>&) override {
        throw std::logic_error("a committer does not read");
    }
    bool writable() const override { return true; }

    std::vector<Batch> committed() const {
        std::lock_guard lock(mutex_);
        return committed_;
    }
    int loads() const { return loads_; }
    int abandoned() const { return abandoned_; }

 private:
    class FakeWriter final : public store::Writer {
     public:
        explicit FakeWriter(FakeStore& store) : store_(store) {}

        void load(const domain::Keys& keys, domain::State& state) override {
            ++store_.loads_;
            store_.on_load(state);
            if (!store_.forgetful) answer(store_.school, keys, state);
        }
        void commit(std::span<const domain::Changes* const> changes) override {
            store_.on_commit();
            Batch batch;
            for (const auto* each : changes)
                batch.push_back(*each);
            std::lock_guard lock(store_.mutex_);
            store_.committed_.push_back(std::move(batch));
        }
        void abandon() noexcept override { ++store_.abandoned_; }

     private:
        FakeStore& store_;
    };

    mutable std::mutex mutex_;
    std::vector<Batch> committed_;
    std::atomic<int> loads_ = 0, abandoned_ = 0;
};

}  // namespace handin::test
