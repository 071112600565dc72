// Dates of a student's own: what an override sets, and more time that somebody was given.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::domain {

// A date that an override sets, perhaps to none at all; or leaves as the assignment has it.
struct DateChange {
    bool set = false;
    std::optional<Time> at = {};

    static DateChange to(std::optional<Time> time) { return {.set = true, .at = time}; }
    bool operator==(const DateChange&) const = default;
};

// Other dates for a person, a section or a group: at most one for each of them.
struct DateOverride {
    enum class Kind : std::uint8_t { person, section, group };

    Uuid id;  // the same for people who were given the same dates in one go (Canvas: ADHOC)
    Uuid assignment_id;
    Kind kind = Kind::person;
    Uuid target_id;
    DateChange open = {};
    DateChange due = {};
    DateChange close = {};
    bool unassigned = false;  // takes the assignment away from them

    bool operator==(const DateOverride&) const = default;
};

// More time that a student asked for, or was given (tabula.md 3.5, 4.5).
struct Extension {
    enum class State : std::uint8_t {
        unreviewed,
        approved,
        rejected,
        revoked,
        more_info_required,
        more_info_received,
    };

    Uuid id = {};
    Uuid assignment_id = {};
    Uuid person_id = {};
    State state = State::unreviewed;
    std::optional<Time> requested_at = {};  // none: nobody asked, it was given
    std::optional<Time> requested_until = {};
    std::optional<Time> until = {};  // the first moment that is late again
    std::string reason = {};
    std::string reviewer_comment = {};

    bool operator==(const Extension&) const = default;
};

}  // namespace handin::domain
