// What those who grade have said about one student's work, and what of the assignment is different
// for that student. Kept with the submission, so that a decision needs no other rows.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/attempt_note.hpp"
#include "domain/date_override.hpp"
#include "domain/grading.hpp"

namespace handin::domain {

// What somebody who grades has said about lateness, over what the dates say
// (canvas-live-events.md 2.9: late_policy_status).
enum class LateStatus : std::uint8_t { none, missing, late, extended };

// The person who graded; the number never changes, so that events need not look for it.
struct Grader {
    Uuid id;
    std::int64_t number = 0;

    bool operator==(const Grader&) const = default;
};

// An entry that names the attempt which it judges (DESIGN 5.1a).
struct Grade {
    Judgement entered = {};             // as given
    Judgement counted = {};             // what lateness has left of it
    std::uint32_t attempt = 0;          // 0: given before anything was handed in
    std::optional<Grader> grader = {};  // none: a process
    Time graded_at = {};

    bool operator==(const Grade&) const = default;
};

// Handed back to the student (edlink.md 3.1 "returned"): the work as it was then.
struct Return {
    std::uint32_t attempts = 0;  // how many there were
    Time at = {};

    bool operator==(const Return&) const = default;
};

struct OwnDates {
    DateChange open = {};
    DateChange due = {};
    DateChange close = {};

    bool operator==(const OwnDates&) const = default;
};

// The start of a text's SHA-256: enough to know it again.
using TextHash = std::array<std::uint8_t, 16>;

struct Marking {
    std::optional<Grade> grade = {};  // also when it was taken away, or the work excused
    bool excused = false;
    std::optional<Time> posted_at = {};  // since when the student sees the grade
    std::optional<Return> returned = {};
    std::optional<LateStatus> late_status = {};
    std::chrono::seconds late_by{0};  // counts with the status `late`
    std::int64_t extra_attempts = 0;
    OwnDates dates = {};
    std::optional<Extension> extension = {};
    std::vector<Uuid> comments = {};  // ids, oldest first
    // Of what somebody who grades said last, without drafts; rows of an older version do not tell.
    std::optional<TextHash> last_said = {};
    AttemptNotes notes = {};

    bool operator==(const Marking&) const = default;
};

}  // namespace handin::domain
