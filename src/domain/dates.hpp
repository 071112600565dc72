// When one student may hand in, and by when: the assignment's dates, overrides and extensions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/coursework.hpp"
#include "domain/date_override.hpp"

namespace handin::domain {

// Where in a class a student is.
struct Placement {
    struct Section {
        Uuid id;
        bool active = true;  // the student's enrollment in it

        bool operator==(const Section&) const = default;
    };
    Uuid person_id;
    std::vector<Section> sections = {};
    std::optional<Uuid> group_id = {};
};

// The dates that count for one student.
struct StudentDates {
    bool assigned = true;
    std::optional<Time> open_at = {};
    std::optional<Time> due_at = {};
    std::optional<Time> close_at = {};
    std::optional<Time> extended_until = {};  // of an approved extension, if it is after due_at

    // Until when it is not late; none: it never is.
    std::optional<Time> deadline() const { return extended_until ? extended_until : due_at; }
};

// canvas-live-events.md 4.1, newest version, for each of the dates by itself; the most lenient of
// equals: an earlier opening, a later due and closing date, and none before any. Overrides and
// extensions of others may be among those given. tabula.md 4.5: of several approved extensions the
// latest counts, and none where there is no due date.
StudentDates dates_of(const Assignment& assignment, const Placement& student,
                      std::span<const DateOverride> overrides = {},
                      std::span<const Extension> extensions = {});

// From the assignment and what its row says of the student: what everything about one submission is
// judged by.
StudentDates dates_of(const Assignment& assignment, const Submission& submission);

// All of the following judge in whole seconds (DESIGN 5.4).

// Handed in exactly when due is on time; exactly when an extension ends is late (tabula.md L8, L9).
bool is_late(const StudentDates& dates, Time submitted_at);
// After the due date, but within an extension (tabula.md 4.4).
bool is_authorised_late(const StudentDates& dates, Time submitted_at);
// How long after the deadline, at least one second; zero if it is not late.
std::chrono::seconds time_late(const StudentDates& dates, Time submitted_at);

// Whether work is taken at that time. A student within an extension is never shut out by a due or a
// closing date (tabula.md 4.2 R4).
enum class Gate : std::uint8_t { open, not_open_yet, past_due, closed };
Gate gate_at(const StudentDates& dates, bool late_allowed, Time submitted_at);

}  // namespace handin::domain
