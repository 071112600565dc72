// What is durable. A port: sqlite/ is one engine; callers know only this file and reader.hpp.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/not_now.hpp"
#include "base/task.hpp"
#include "domain/changes.hpp"
#include "domain/decide.hpp"
#include "store/leases.hpp"
#include "store/reader.hpp"

namespace handin::store {

// The engine can take no more writes until an operator has looked: the state of its log is unknown,
// and with it whether what somebody has just read is durable.
struct Broken : NotNow {
    using NotNow::NotNow;
};

// This batch could not be written (disk full, connection lost before COMMIT): nothing of it is
// there, and a later one may succeed. Of a read: the database cannot be reached.
struct Unavailable : NotNow {
    using NotNow::NotNow;
};

// Some changes of a commit were decided on rows that another writer has changed since, or build on
// such changes: nothing is written. The others can be committed, these must be decided again.
struct Outdated : std::exception {
    explicit Outdated(std::vector<std::size_t> indexes) : lost(std::move(indexes)) {}
    const char* what() const noexcept override { return "rows have changed meanwhile"; }

    std::vector<std::size_t> lost;  // sorted
};

// What one committer thread uses, batch by batch. Its functions block. All throw Broken or
// Unavailable, after which the batch is abandoned; whatever else commit() throws but Outdated
// leaves open whether it has taken effect.
class Writer {
 public:
    virtual ~Writer() = default;
    // Adds to `state` what `keys` name; begins the batch's transaction if there is none.
    virtual void load(const domain::Keys& keys, domain::State& state) = 0;
    // Writes all changes, in order, and makes them durable. Ends the transaction. Throws Outdated
    // where there may be other writers.
    virtual void commit(std::span<const domain::Changes* const> changes) = 0;
    // The same, but durable only when Store::sync() has been called: the next batch can be written
    // while this one is on its way to the disk. Until then no read that has seen it returns.
    virtual void commit_ahead(std::span<const domain::Changes* const> changes) { commit(changes); }
    // Ends the transaction without a trace.
    virtual void abandon() noexcept = 0;
};

class Store {
 public:
    virtual ~Store() = default;
    // At most writers() at a time.
    virtual std::unique_ptr<Writer> writer() = 0;
    // More than one: what they commit may be Outdated.
    virtual std::size_t writers() const { return 1; }
    // Makes durable what has been committed ahead. Blocks on the disk. Throws Broken: it is not
    // known whether it is durable.
    virtual void sync() {}
    // Calls `work` with a reader on one consistent snapshot that has everything acknowledged so
    // far, and returns when all that it may have seen is durable. On the caller's thread where
    // reads never wait (SQLite), on a pool's otherwise.
    virtual task<void> read(std::function<void(Reader&)> work) = 0;
    // The same for questions about the roster (who somebody is, what a class has), which an engine
    // may know without asking anybody. `work` may be called twice.
    virtual task<void> glance(std::function<void(Reader&)> work) { return read(std::move(work)); }
    // The same for answers that may take longer than a moment: never on the caller's thread, whose
    // other connections would wait, and whose students would look late.
    virtual task<void> read_long(std::function<void(Reader&)> work) = 0;
    // The same, blocking: for start-up and the command line.
    virtual void read_now(const std::function<void(Reader&)>& work) = 0;
    // False once a write has failed in a way that leaves the log unknown, and while the database
    // cannot be reached.
    virtual bool writable() const = 0;
    // Null: no other process can be at work on this store.
    virtual Leases* leases() { return nullptr; }
};

// store.read with a result: co_await read(store, [](Reader& reader) { return reader.… ; }).
// `store` outlives the call.
template <class F>
task<std::invoke_result_t<F&, Reader&>> read(Store* store, F work) {
    std::optional<std::invoke_result_t<F&, Reader&>> result;
    co_await store->read([&](Reader& reader) { result.emplace(work(reader)); });
    co_return std::move(*result);
}

// store.glance with a result.
template <class F>
task<std::invoke_result_t<F&, Reader&>> glance(Store* store, F work) {
    std::optional<std::invoke_result_t<F&, Reader&>> result;
    co_await store->glance([&](Reader& reader) { result.emplace(work(reader)); });
    co_return std::move(*result);
}

// store.read_long with a result.
template <class F>
task<std::invoke_result_t<F&, Reader&>> read_long(Store* store, F work) {
    std::optional<std::invoke_result_t<F&, Reader&>> result;
    co_await store->read_long([&](Reader& reader) { result.emplace(work(reader)); });
    co_return std::move(*result);
}

}  // namespace handin::store
