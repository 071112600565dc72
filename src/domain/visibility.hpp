// Who sees what of a submission.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/roster.hpp"

namespace handin::domain {

// How much a marker knows of whose work it is (canvas: anonymous_grading; tabula.md 3.9 anonymity).
enum class Anonymity : std::uint8_t { named, id_only, anonymous };

// What somebody is to a submission.
enum class Viewer : std::uint8_t {
    owner,   // whose work it is
    grader,  // edlink.md 1.3: sees everybody's work
    nobody,
};

Viewer viewer_of(const Roles& roles, const Uuid& viewer, const Uuid& owner);

struct Sight {
    bool work = false;                          // the submission and its attempts
    bool grade = false;                         // grade, score, entered ones, graded_at, who graded
    Anonymity identity = Anonymity::anonymous;  // whose work it is

    bool operator==(const Sight&) const = default;
};

// canvas-live-events.md 5.3: students see grades once they are posted, graders always. Anonymous
// marking ends when the grade is posted; markers that see ids only see no names at any time.
Sight sight_of(Viewer viewer, Anonymity marking, std::optional<Time> posted_at);

}  // namespace handin::domain
