#include "domain/visibility.hpp"

namespace handin::domain {

Viewer viewer_of(const Roles& roles, const Uuid& viewer, const Uuid& owner) {
    // Who grades and is a student there sees their own work as everybody else's.
    if (roles.teaches()) return Viewer::grader;
    if (roles.has(Role::student) && viewer == owner) return Viewer::owner;
    return Viewer::nobody;
}

Sight sight_of(Viewer viewer, Anonymity marking, std::optional<Time> posted_at) {
    switch (viewer) {
        case Viewer::owner:
            return {.work = true, .grade = posted_at.has_value(), .identity = Anonymity::named};
        case Viewer::grader: {
            const bool told = marking == Anonymity::anonymous && posted_at;
            return {.work = true, .grade = true, .identity = told ? Anonymity::named : marking};
        }
        case Viewer::nobody:
            break;
    }
    return {};
}

}  // namespace handin::domain
