// Categories of a class's assignments: seen by its members, changed by those who teach it.
#pragma once

#include <expected>
#include <functional>
#include <optional>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/category.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

// What is left out stays as it is; of a new one, it is not there.
struct CategoryFields {
    std::optional<std::string> title = {};
    std::optional<std::optional<double>> weight = {};
    std::optional<std::optional<std::int64_t>> drop_lowest = {};
    std::optional<std::optional<std::int64_t>> position = {};
};

class Categories {
 public:
    template <class T>
    using Changed = std::expected<T, domain::Refusals>;

    // All outlive it.
    Categories(store::Store& store, Committer& committer, const Clock& clock)
        : store_(store), committer_(committer), clock_(clock) {}

    task<Answer<Listed<domain::Category>>> list(domain::Actor actor, Uuid class_id, Page page);
    task<Answer<domain::Category>> find(domain::Actor actor, Uuid class_id, Uuid id);

    // Everything below throws TryLater.

    // With a key one that was made with it before is the answer (`repeated`).
    struct Made {
        domain::Category category;
        bool repeated = false;
    };
    task<Changed<Made>> create(domain::Actor actor, Uuid class_id, CategoryFields fields,
                               std::optional<domain::ReplayKey> key);
    task<Changed<domain::Category>> update(domain::Actor actor, Uuid class_id, Uuid id,
                                           CategoryFields fields);
    // Assignments that are in it are in none any more.
    task<Changed<void>> remove(domain::Actor actor, Uuid class_id, Uuid id);

 private:
    // Planned on a snapshot, carried out if the roster is still that one, else planned again.
    using Planner = std::function<Changed<domain::Changes>(store::Reader&)>;
    task<Changed<void>> change(domain::Actor actor, Uuid class_id, Planner plan);

    store::Store& store_;
    Committer& committer_;
    const Clock& clock_;
};

}  // namespace handin::service
