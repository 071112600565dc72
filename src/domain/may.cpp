#include "domain/may.hpp"

#include <algorithm>

namespace handin::domain {
namespace {

bool has(const std::vector<Uuid>& ids, const Uuid& id) {
    return std::ranges::find(ids, id) != ids.end();
}

bool covers(const Grant& grant, const Target& target) {
    switch (grant.scope) {
        case Grant::Scope::account:
            return grant.scope_id == target.account_id;
        case Grant::Scope::department:
            return has(target.department_ids, grant.scope_id);
        case Grant::Scope::klass:
            return has(target.class_ids, grant.scope_id);
        case Grant::Scope::assignment:
            return target.assignment_id == grant.scope_id;
        case Grant::Scope::person:
            return target.person_id == grant.scope_id;
    }
    return false;
}

bool any(std::span<const Grant> grants, Permission permission, const Target& target, bool allow) {
    return std::ranges::any_of(grants, [&](const Grant& grant) {
        return grant.allow == allow && grant.permission == info(permission).name &&
               covers(grant, target);
    });
}

// What an integration's own token may in its account.
bool about_coursework(Permission permission) {
    switch (permission) {
        using enum Permission;
        case class_read:
        case submission_create_for:
        case submission_read:
        case submission_update:
        case submission_plagiarism:
        case module_manage:
        case assignment_create:
        case assignment_update:
        case assignment_delete:
        case feedback_manage:
        case extension_read:
            return true;
        default:
            return false;
    }
}

bool by_standing(const Standing& standing, Permission permission, const Target& target) {
    const auto& actor = standing.actor;
    if (actor.kind == Token::Kind::integration) return about_coursework(permission);
    if (!actor.person_id) return false;
    const auto& about = info(permission);
    const bool own = target.person_id == actor.person_id;
    if (about.reach == Reach::own) return own;
    if (about.reach == Reach::own_by_role && !own) return false;
    return (standing.roles.bits & about.roles) != 0;
}

}  // namespace

bool may(const Standing& standing, Permission permission, const Target& target) {
    const auto& actor = standing.actor;
    if (actor.kind == Token::Kind::admin) return true;
    if (info(permission).reach == Reach::installation || actor.kind == Token::Kind::refresh ||
        actor.account_id != target.account_id)
        return false;
    if (any(standing.grants, permission, target, false) ||
        any(standing.bounds, permission, target, false))
        return false;
    return any(standing.grants, permission, target, true) ||
           by_standing(standing, permission, target);
}

std::optional<Permit> check(const Standing& standing, Permission permission, Target target) {
    if (!may(standing, permission, target)) return std::nullopt;
    return Permit(standing.actor, permission, std::move(target), standing.roles);
}

}  // namespace handin::domain
