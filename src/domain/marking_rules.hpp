// What those who grade do to a submission, and what is said about it.
#pragma once

#include <expected>

#include "domain/decide.hpp"

namespace handin::domain {

std::expected<Accepted, Refusals> decide_mark(const State& state, MarkSubmission& command,
                                              Time now);
// A refusal's field begins with "marks[i].".
std::expected<Accepted, Refusals> decide_marks(const State& state, MarkSubmissions& command,
                                               Time now);
std::expected<Accepted, Refusals> decide_comment(const State& state, CommentOnSubmission& command,
                                                 Time now);

// Whether the actor grades in the class by a role, or because it was granted, and whether the
// assignment is there for that person. An integration grades everywhere (edlink.md 1.3).
std::optional<Refusal> check_grader(const State& state, const Actor& actor, const Uuid& class_id,
                                    const Uuid& assignment_id, const Uuid& person_id,
                                    bool granted = false);

}  // namespace handin::domain
