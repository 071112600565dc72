// When a student may see a grade (canvas-live-events.md 2.3, 4.6).
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"

namespace handin::domain {

enum class PostPolicy : std::uint8_t { automatic, manual };

// posted_at after a grade was given, or the work excused, at `now`: posted at once unless posting
// is by hand, or it was posted before.
constexpr std::optional<Time> posted_by_grading(PostPolicy policy, std::optional<Time> posted_at,
                                                Time now) {
    if (posted_at || policy == PostPolicy::manual) return posted_at;
    return now;
}

// posted_at after somebody who grades has commented: the same, so that the comment is seen.
constexpr std::optional<Time> posted_by_comment(PostPolicy policy, std::optional<Time> posted_at,
                                                bool by_grader, Time now) {
    return by_grader ? posted_by_grading(policy, posted_at, now) : posted_at;
}

// Whether a comment that is made now waits for the grade to be posted.
constexpr bool hidden_until_posted(PostPolicy policy, std::optional<Time> posted_at,
                                   bool by_grader) {
    return by_grader && !posted_by_comment(policy, posted_at, by_grader, Time{});
}

// Which submissions of an assignment "post grades" posts.
enum class PostScope : std::uint8_t { everybody, graded };

}  // namespace handin::domain
