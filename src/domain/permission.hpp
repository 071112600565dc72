// What can be allowed, and what a role allows by itself.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "domain/roster.hpp"

namespace handin::domain {

// The names are Tabula's where it has one (tabula.md 2), so that its grants mean the same here.
enum class Permission : std::uint8_t {
    profile_read,           // of oneself
    upload,                 // send files beforehand
    class_read,             // a class and its assignments
    submission_create,      // hand one's own work in, and take it back
    submission_create_for,  // for somebody else; asked of the assignment and of the person
    submission_read_own,    // one's own work
    submission_read,        // everybody's work
    submission_update,      // with times of one's choice (tabula.md 3.12)
    submission_plagiarism,  // what a plagiarism check said
    module_manage,          // see assignments that are not published
    assignment_create,
    assignment_update,
    assignment_delete,
    feedback_manage,  // grades and comments
    extension_read,
    events_read,    // the feed of everything, and who is told of it
    events_manage,  // subscriptions, what they are told again, and the keys that sign it
    access_manage,  // tokens, integrations, API users, grants
    audit_read,
    roster_import,
};

// To what a permission reaches.
enum class Reach : std::uint8_t {
    anything,      // what grants cover, and what roles say
    own_by_role,   // a role gives it for one's own work only
    own,           // every person has it, for themselves
    account,       // no role gives it
    installation,  // only the admin token has it; it cannot be granted
};

struct PermissionInfo {
    Permission permission;
    std::string_view name;  // Submission.CreateOnBehalfOf
    std::uint32_t roles;    // bits: which have it in their class (edlink.md 1.3)
    Reach reach;
};

std::span<const PermissionInfo> permissions();
const PermissionInfo& info(Permission permission);
std::optional<Permission> permission_named(std::string_view name);

}  // namespace handin::domain
