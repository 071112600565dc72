// The life of a submission: handing in and taking back.
#pragma once

#include <expected>
#include <span>

#include "domain/decide.hpp"

namespace handin::domain {

std::expected<Accepted, Refusals> decide_submit(const State& state, Submit& command, Time now);
std::expected<Accepted, Refusals> decide_reclaim(const State& state, Reclaim& command, Time now);

// Whether the actor may act as `person` in the class at all (`on_behalf`: that was asked), and
// whether the assignment is there for that person. Also asked before a body is read, so that nobody
// sends 32 MB for nothing.
std::optional<Refusal> check_student(const State& state, const Actor& actor, const Uuid& class_id,
                                     const Uuid& assignment_id, const Uuid& person_id, Time now,
                                     bool on_behalf = false);

// The answer to an earlier command with the same key, if there was one (edlink.md 2.2). Also asked
// before a body is read: a repeat need not send its files again.
std::optional<Accepted> answered_before(const Submission& submission, const Assignment& assignment,
                                        const std::optional<ReplayKey>& key, Time now);

}  // namespace handin::domain
