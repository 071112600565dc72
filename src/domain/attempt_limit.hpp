// How often work can be handed in.
#pragma once

#include <cstdint>
#include <optional>

#include "domain/coursework.hpp"

namespace handin::domain {

// A submission is shown with all of its attempts, and its row names them: there is an end to it.
inline constexpr std::int64_t kMostAttempts = 500;

struct AttemptPolicy {
    Resubmission resubmission = Resubmission::open;
    std::optional<std::int64_t> max_attempts = {};  // none, or below 0: as many as there can be
    bool reclaim_first = false;                     // handed-in work must be taken back before
    bool again_only_on_time = false;                // tabula.md 4.2 R6
    bool replace_only_on_time = false;              // the same, but what was taken back is no work
};

struct AttemptFacts {
    std::int64_t used = 0;
    std::int64_t extra = 0;  // given to this student beyond the limit
    bool handed_in = false;  // and not taken back
    bool would_be_late = false;
};

enum class AttemptProblem : std::uint8_t { none, taken_once, used_up, reclaim_first, late_again };

// canvas-live-events.md 4.4 "limit", edlink.md 3.6 "Attempt limit".
std::int64_t attempt_limit(const AttemptPolicy& policy, std::int64_t extra);

// Whether there can be one more at all, now or after a reclaim.
AttemptProblem check_attempts_left(const AttemptPolicy& policy, const AttemptFacts& facts);
// Whether one can be handed in now.
AttemptProblem check_attempt(const AttemptPolicy& policy, const AttemptFacts& facts);

}  // namespace handin::domain
