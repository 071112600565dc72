// What every engine must do. An engine joins with one INSTANTIATE_TEST_SUITE_P of its own
// (sqlite_engine.cpp shows it).
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "store/store.hpp"
#include "support/commands.hpp"
#include "support/same.hpp"

namespace handin::test {

// An empty place for rows, and what the suite must be able to do behind the store's back.
class StorePlace {
 public:
    virtual ~StorePlace() = default;
    virtual store::Store& store() = 0;
    // Forgets the store object and opens what is durable again.
    virtual void reopen() = 0;
};

struct StoreEngine {
    std::string name;
    std::function<std::unique_ptr<StorePlace>()> make;

    friend void PrintTo(const StoreEngine& engine, std::ostream* out) { *out << engine.name; }
};

class StoreSuite : public testing::TestWithParam<StoreEngine> {
 protected:
    store::Store& store() { return place_->store(); }

    // The one writer, made when first asked for.
    store::Writer& writer() {
        if (!writer_) writer_ = store().writer();
        return *writer_;
    }

    void commit(const domain::Changes& changes) {
        const domain::Changes* const all[] = {&changes};
        writer().commit(all);
    }

    void commit(const std::vector<domain::Changes>& changes) {
        std::vector<const domain::Changes*> all;
        for (const auto& each : changes)
            all.push_back(&each);
        writer().commit(all);
    }

    domain::State load(const domain::Keys& keys) {
        domain::State state;
        writer().load(keys, state);
        writer().abandon();
        return state;
    }

    // Asks on a snapshot of its own.
    template <class F>
    auto ask(F question) {
        std::optional<std::invoke_result_t<F&, store::Reader&>> answer;
        store().read_now([&](store::Reader& reader) { answer.emplace(question(reader)); });
        return std::move(*answer);
    }

    std::vector<store::StoredEvent> events(std::int64_t after = 0, std::size_t limit = 1000) {
        return ask([&](store::Reader& reader) { return reader.events(after, limit); });
    }

    std::optional<domain::Submission> row(const Uuid& person) {
        const auto id = domain::submission_id(school_.assignment_id, person);
        return ask([&](store::Reader& reader) { return reader.submission(id); });
    }

    // The next attempt of a student, decided on what the store holds but not written.
    domain::Changes next_attempt(const Uuid& person, Attachments attachments = list(a_file())) {
        return decide(submit_of(school_, person, std::move(attachments)));
    }

    domain::Changes decide(domain::Command command) {
        domain::State state;
        for (;;) {
            domain::Keys keys;
            domain::add_keys(command, state, keys);
            if (keys.empty()) break;
            writer().load(keys, state);
        }
        writer().abandon();
        return std::move(domain::decide(state, command, kNow).value().changes);
    }

    void reopen() {
        writer_.reset();
        place_->reopen();
    }

    School school_;
    std::unique_ptr<StorePlace> place_ = GetParam().make();
    std::unique_ptr<store::Writer> writer_;
};

}  // namespace handin::test
