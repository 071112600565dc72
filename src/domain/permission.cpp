#include "domain/permission.hpp"

#include <algorithm>
#include <array>

namespace handin::domain {
namespace {

constexpr std::uint32_t bits(std::initializer_list<Role> roles) {
    std::uint32_t bits = 0;
    for (const auto role : roles)
        bits |= 1U << static_cast<unsigned>(role);
    return bits;
}

constexpr std::uint32_t kNobody = 0;
// edlink.md 1.3: any enrolment.
constexpr std::uint32_t kAnybody = ~std::uint32_t{0};
constexpr std::uint32_t kStudents = bits({Role::student});
// edlink.md 1.3: they see everybody's work and judge it.
constexpr std::uint32_t kTeaching = bits(
    {Role::teacher, Role::ta, Role::designer, Role::administrator, Role::district_administrator});

using enum Permission;
constexpr std::array kPermissions{
    PermissionInfo{profile_read, "Profile.Read", kNobody, Reach::own},
    PermissionInfo{upload, "Upload.Create", kNobody, Reach::own},
    PermissionInfo{class_read, "Module.Read", kAnybody, Reach::anything},
    PermissionInfo{submission_create, "Submission.Create", kStudents, Reach::own_by_role},
    PermissionInfo{submission_create_for, "Submission.CreateOnBehalfOf", kNobody, Reach::account},
    PermissionInfo{submission_read_own, "Submission.ReadOwn", kStudents, Reach::own_by_role},
    PermissionInfo{submission_read, "Submission.Read", kTeaching, Reach::anything},
    PermissionInfo{submission_update, "Submission.Update", kNobody, Reach::account},
    PermissionInfo{submission_plagiarism, "Submission.ViewPlagiarismStatus", kTeaching,
                   Reach::anything},
    PermissionInfo{module_manage, "Module.ManageAssignments", kTeaching, Reach::anything},
    PermissionInfo{assignment_create, "Assignment.Create", kTeaching, Reach::anything},
    PermissionInfo{assignment_update, "Assignment.Update", kTeaching, Reach::anything},
    PermissionInfo{assignment_delete, "Assignment.Delete", kTeaching, Reach::anything},
    PermissionInfo{feedback_manage, "Feedback.Manage", kTeaching, Reach::anything},
    PermissionInfo{extension_read, "Extension.Read", kTeaching, Reach::anything},
    PermissionInfo{events_read, "Events.Read", kNobody, Reach::installation},
    PermissionInfo{events_manage, "Events.Manage", kNobody, Reach::installation},
    PermissionInfo{access_manage, "Access.Manage", kNobody, Reach::installation},
    PermissionInfo{audit_read, "Audit.Read", kNobody, Reach::installation},
    PermissionInfo{roster_import, "Roster.Import", kNobody, Reach::account},
};

// info() finds a row by its place.
constexpr bool in_order() {
    for (std::size_t i = 0; i < kPermissions.size(); ++i)
        if (kPermissions[i].permission != static_cast<Permission>(i)) return false;
    return true;
}
static_assert(in_order());

}  // namespace

std::span<const PermissionInfo> permissions() {
    return kPermissions;
}

const PermissionInfo& info(Permission permission) {
    return kPermissions[static_cast<std::size_t>(permission)];
}

std::optional<Permission> permission_named(std::string_view name) {
    const auto found = std::ranges::find(kPermissions, name, &PermissionInfo::name);
    return found == kPermissions.end() ? std::nullopt : std::optional(found->permission);
}

}  // namespace handin::domain
