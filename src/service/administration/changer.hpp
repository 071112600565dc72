// Carries out what administrators want: plans on a snapshot of the roster, and commits the plan
// with its line in the audit, again as long as somebody else was faster.
#pragma once

#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/changes.hpp"
#include "domain/refusal.hpp"
#include "service/administration/operator.hpp"
#include "service/committer.hpp"
#include "store/store.hpp"

namespace handin::service {

template <class T>
using Administered = std::expected<T, domain::Refusals>;

// What is to be done, and what is noted of it. Without changes nothing is done, nor noted.
struct Plan {
    domain::Changes changes = {};
    Uuid account_id = {};
    std::string target = {};
    std::string detail = "{}";  // JSON
};

class Changer {
 public:
    // All outlive it.
    Changer(store::Store& store, Committer& committer, const Clock& clock)
        : store_(store), committer_(committer), clock_(clock) {}

    // May be called several times, on any thread, and must not keep what it has found before.
    using Planner = std::function<Administered<Plan>(store::Reader&)>;

    // `by` outlives the call. Throws TryLater if it cannot be done now.
    task<Administered<void>> change(const Operator* by, std::string_view action, Planner plan);

    // Notes what was changed elsewhere, and durably so: `told` has no changes. Throws TryLater.
    task<void> note(const Operator* by, std::string_view action, Plan told);

 private:
    enum class Nothing : std::uint8_t { is_let_go, is_noted };
    task<Administered<void>> commit(const Operator* by, std::string_view action, Planner plan,
                                    Nothing nothing_changes);

    store::Store& store_;
    Committer& committer_;
    const Clock& clock_;
};

}  // namespace handin::service
