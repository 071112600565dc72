#include "domain/attempt_limit.hpp"

#include <algorithm>

namespace handin::domain {

std::int64_t attempt_limit(const AttemptPolicy& policy, std::int64_t extra) {
    const auto set = policy.max_attempts.value_or(-1);
    if (set < 0) return kMostAttempts;  // Canvas says -1 for unlimited
    return std::clamp(set + extra, std::int64_t{0}, kMostAttempts);
}

AttemptProblem check_attempts_left(const AttemptPolicy& policy, const AttemptFacts& facts) {
    // Extra attempts are also for work that is otherwise taken once.
    if (facts.used > facts.extra && policy.resubmission == Resubmission::none)
        return AttemptProblem::taken_once;
    if (facts.used >= attempt_limit(policy, facts.extra)) return AttemptProblem::used_up;
    return AttemptProblem::none;
}

AttemptProblem check_attempt(const AttemptPolicy& policy, const AttemptFacts& facts) {
    if (const auto problem = check_attempts_left(policy, facts); problem != AttemptProblem::none)
        return problem;
    if (facts.handed_in &&
        (policy.resubmission == Resubmission::after_reclaim || policy.reclaim_first))
        return AttemptProblem::reclaim_first;
    if (facts.would_be_late && ((policy.again_only_on_time && facts.used > 0) ||
                                (policy.replace_only_on_time && facts.handed_in)))
        return AttemptProblem::late_again;
    return AttemptProblem::none;
}

}  // namespace handin::domain
