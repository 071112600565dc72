// What those who teach do to assignments: set them, change them, take them away.
#pragma once

#include <expected>
#include <optional>

#include "base/task.hpp"
#include "base/time.hpp"
#include "domain/command.hpp"
#include "service/committer.hpp"
#include "service/coursework.hpp"
#include "store/store.hpp"

namespace handin::service {

// A command as a dialect gives it; the service fills in actor, ids and who has granted it.
struct AssignmentOrder {
    domain::ChangeAssignment::Kind kind = domain::ChangeAssignment::Kind::create;
    domain::Origin origin = domain::Origin::handin;
    Uuid class_id;
    std::optional<Uuid> assignment_id = {};  // of a new one: if the client names it
    std::optional<domain::ReplayKey> replay_key = {};
    domain::RequestFacts request = {};
    domain::AssignmentFields fields = {};
};

struct ChangedAssignment {
    domain::Assignment assignment;
    bool repeated = false;  // the answer of an earlier request with the same key
};

class Assignments {
 public:
    // All outlive it.
    Assignments(store::Store& store, Committer& committer, const Clock& clock)
        : store_(store), committer_(committer), clock_(clock) {}

    // Whether the actor may do that there: to be asked before a body is read.
    task<std::optional<domain::Refusal>> admit(domain::Actor actor,
                                               domain::ChangeAssignment::Kind kind, Uuid class_id,
                                               std::optional<Uuid> assignment_id);
    // What an earlier request with that key has made or changed, if it is still there. For who was
    // admitted, before the body is judged.
    task<std::optional<domain::Assignment>> answered(domain::ChangeAssignment::Kind kind,
                                                     Uuid class_id,
                                                     std::optional<Uuid> assignment_id,
                                                     domain::ReplayKey key);
    // Durable, with its event, when it returns. Throws TryLater.
    task<std::expected<ChangedAssignment, domain::Refusals>> change(domain::Actor actor,
                                                                    AssignmentOrder order);

 private:
    task<std::expected<bool, domain::Refusal>> granted(domain::Actor actor,
                                                       domain::ChangeAssignment::Kind kind,
                                                       Uuid class_id,
                                                       std::optional<Uuid> assignment_id);

    store::Store& store_;
    Committer& committer_;
    const Clock& clock_;
};

}  // namespace handin::service
