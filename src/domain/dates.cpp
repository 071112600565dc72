#include "domain/dates.hpp"

#include <algorithm>
#include <tuple>

namespace handin::domain {
namespace {

const Placement::Section* section_of(const Placement& student, const Uuid& id) {
    const auto found = std::ranges::find(student.sections, id, &Placement::Section::id);
    return found == student.sections.end() ? nullptr : &*found;
}

bool names(const DateOverride& each, const Placement& student) {
    switch (each.kind) {
        case DateOverride::Kind::person:
            return each.target_id == student.person_id;
        case DateOverride::Kind::section:
            return section_of(student, each.target_id) != nullptr;
        case DateOverride::Kind::group:
            return each.target_id == student.group_id;
    }
    return false;
}

bool in_active_section(const DateOverride& each, const Placement& student) {
    if (each.kind != DateOverride::Kind::section) return true;
    const auto* section = section_of(student, each.target_id);
    return section != nullptr && section->active;
}

struct Candidate {
    // Sorts the one that counts first.
    bool inactive = false;
    bool inherits = false;
    int priority = 0;
    std::optional<Time> at = {};

    auto rank() const { return std::tuple(inactive, inherits, priority); }
};

constexpr int priority_of(DateOverride::Kind kind) {
    return kind == DateOverride::Kind::person ? 1 : 2;
}
constexpr int kBasePriority = 3;

enum class Lenient : std::uint8_t { early, late };

bool more_lenient(const std::optional<Time>& a, const std::optional<Time>& b, Lenient which) {
    if (!a || !b) return !a && b;
    return which == Lenient::early ? *a < *b : *a > *b;
}

struct Candidates {
    const Placement& student;
    const std::vector<const DateOverride*>& own;
    bool base;  // whether the assignment's own dates are among them

    std::optional<Time> pick(const std::optional<Time>& base_date,
                             DateChange DateOverride::* changed, Lenient which) const {
        std::optional<Candidate> best;
        const auto offer = [&](const Candidate& next) {
            if (!best || next.rank() < best->rank() ||
                (next.rank() == best->rank() && more_lenient(next.at, best->at, which)))
                best = next;
        };
        if (base) offer({.inherits = true, .priority = kBasePriority, .at = base_date});
        for (const auto* each : own) {
            const auto& change = each->*changed;
            offer({.inactive = !in_active_section(*each, student),
                   .inherits = !change.set,
                   .priority = priority_of(each->kind),
                   .at = change.set ? change.at : base_date});
        }
        return best ? best->at : base_date;
    }
};

std::optional<Time> extended_until(const Placement& student, const Assignment& assignment,
                                   std::optional<Time> due, std::span<const Extension> extensions) {
    std::optional<Time> latest;
    if (!due) return latest;
    for (const auto& each : extensions)
        if (each.assignment_id == assignment.id && each.person_id == student.person_id &&
            each.state == Extension::State::approved && each.until && *each.until > *due)
            latest = std::max(latest, each.until);
    return latest;
}

bool within_extension(const StudentDates& dates, Time at) {
    return dates.extended_until && whole_seconds(at) < whole_seconds(*dates.extended_until);
}

bool after(const std::optional<Time>& date, Time at) {
    return date && whole_seconds(at) > whole_seconds(*date);
}

}  // namespace

StudentDates dates_of(const Assignment& assignment, const Placement& student,
                      std::span<const DateOverride> overrides,
                      std::span<const Extension> extensions) {
    std::vector<const DateOverride*> own;
    bool unassigned = false;
    for (const auto& each : overrides) {
        if (each.assignment_id != assignment.id || !names(each, student)) continue;
        if (each.unassigned)
            unassigned = true;
        else
            own.push_back(&each);
    }
    const bool base = assignment.assigned_to(student.person_id);
    const Candidates candidates{student, own, base};
    StudentDates dates;
    dates.assigned = !unassigned && (base || !own.empty());
    dates.open_at = candidates.pick(assignment.open_at ? assignment.open_at : assignment.display_at,
                                    &DateOverride::open, Lenient::early);
    dates.due_at = candidates.pick(assignment.due_at, &DateOverride::due, Lenient::late);
    dates.close_at = candidates.pick(assignment.close_at, &DateOverride::close, Lenient::late);
    dates.extended_until = extended_until(student, assignment, dates.due_at, extensions);
    return dates;
}

StudentDates dates_of(const Assignment& assignment, const Submission& submission) {
    const auto& marking = submission.marking;
    const Placement student{.person_id = submission.person_id};
    const DateOverride own{.id = {},
                           .assignment_id = assignment.id,
                           .target_id = submission.person_id,
                           .open = marking.dates.open,
                           .due = marking.dates.due,
                           .close = marking.dates.close};
    const bool has_own = marking.dates != OwnDates{};
    return dates_of(
        assignment, student, std::span(&own, has_own ? 1 : 0),
        std::span(marking.extension ? &*marking.extension : nullptr, marking.extension ? 1 : 0));
}

bool is_late(const StudentDates& dates, Time submitted_at) {
    return after(dates.due_at, submitted_at) && !within_extension(dates, submitted_at);
}

bool is_authorised_late(const StudentDates& dates, Time submitted_at) {
    return after(dates.due_at, submitted_at) && within_extension(dates, submitted_at);
}

std::chrono::seconds time_late(const StudentDates& dates, Time submitted_at) {
    using std::chrono::seconds;
    if (!is_late(dates, submitted_at)) return seconds(0);
    return std::max<seconds>(whole_seconds(submitted_at) - whole_seconds(*dates.deadline()),
                             seconds(1));
}

Gate gate_at(const StudentDates& dates, bool late_allowed, Time submitted_at) {
    if (dates.open_at && whole_seconds(submitted_at) < whole_seconds(*dates.open_at))
        return Gate::not_open_yet;
    if (within_extension(dates, submitted_at)) return Gate::open;
    if (after(dates.close_at, submitted_at)) return Gate::closed;
    return !late_allowed && after(dates.due_at, submitted_at) ? Gate::past_due : Gate::open;
}

}  // namespace handin::domain
