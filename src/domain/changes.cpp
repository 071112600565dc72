#include "domain/changes.hpp"

namespace handin::domain {

bool touches_roster(const Changes& changes) {
    const auto any = [](const auto&... rows) { return (!rows.empty() || ...); };
    return any(changes.accounts, changes.departments, changes.classes, changes.people,
               changes.enrollments, changes.assignments, changes.categories, changes.groups,
               changes.integrations, changes.api_users, changes.grants, changes.removed_tokens,
               changes.removed_api_users, changes.removed_grants, changes.removed_enrollments,
               changes.removed_categories);
}

}  // namespace handin::domain
