// One submission's grade, lateness, dates and whether its student sees the grade: what a command
// makes of them.
#pragma once

#include "domain/command.hpp"
#include "domain/refusal.hpp"
#include "domain/scene.hpp"

namespace handin::domain {

// What the wanted flags ask for, beside everything else that the command does, goes into `grade`
// and `late`.
void resolve_flags(const Scene& scene, const std::optional<Grader>& grader, MarkSubmission& command,
                   Time now);

// All that is wrong with what is asked for one submission.
Refusals check_marking(const Scene& scene, const MarkSubmission& command);

// What the submission is after it, but for version, times and comments. `own`: it is the one that
// the command names, not that of another member of the group, who only shares the grade.
Submission marked(const Scene& scene, const MarkSubmission& command,
                  const std::optional<Grader>& grader, bool own, Time now);

}  // namespace handin::domain
