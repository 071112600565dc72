// Who may do what: tabula.md 2 (scopes, inheritance, deny over allow), edlink.md 1.3 (roles).
#include "domain/may.hpp"

#include <gtest/gtest.h>

#include "support/school.hpp"

namespace handin::test {
namespace {

using domain::Actor;
using domain::Grant;
using domain::Permission;
using domain::Role;
using domain::Standing;
using domain::Target;
using domain::Token;
using Kind = Token::Kind;

const Uuid kMe = id_of("me");

Actor actor(Kind kind) {
    Actor actor{.kind = kind,
                .account_id = id_of("account"),
                .person_id = {},
                .integration_id = {},
                .integration_number = {}};
    if (kind == Kind::access) actor.person_id = kMe;
    if (kind == Kind::integration) actor.integration_id = id_of("integration");
    if (kind == Kind::application) actor.api_user_id = id_of("user");
    return actor;
}

// Somebody's work in a class.
Target work_of(const Uuid& person) {
    return {.account_id = id_of("account"),
            .department_ids = {id_of("department")},
            .class_ids = {id_of("class")},
            .assignment_id = id_of("assignment"),
            .person_id = person};
}

Grant grant(Grant::Scope scope, const Uuid& on, bool allow = true,
            Permission permission = Permission::submission_read) {
    return {.id = id_of("grant"),
            .holder_id = kMe,
            .permission = std::string(info(permission).name),
            .allow = allow,
            .scope = scope,
            .scope_id = on};
}

TEST(May, RolesOfTheClass) {
    constexpr std::pair<Role, bool> roles[] = {
        {Role::student, false}, {Role::teacher, true},       {Role::ta, true},
        {Role::designer, true}, {Role::administrator, true}, {Role::district_administrator, true},
        {Role::staff, false},   {Role::aide, false},         {Role::observer, false},
        {Role::parent, false},  {Role::guardian, false},     {Role::member, false}};
    for (const auto& [role, teaches] : roles) {
        Standing standing{.actor = actor(Kind::access)};
        standing.roles.add(role);
        const bool student = role == Role::student;
        SCOPED_TRACE(static_cast<int>(role));
        using enum Permission;
        EXPECT_TRUE(may(standing, class_read, work_of(kMe)));
        for (const auto each : {submission_read, feedback_manage, assignment_create,
                                assignment_update, assignment_delete, module_manage})
            EXPECT_EQ(may(standing, each, work_of(id_of("other"))), teaches);
        EXPECT_EQ(may(standing, submission_create, work_of(kMe)), student);
        EXPECT_EQ(may(standing, submission_read_own, work_of(kMe)), student);
        EXPECT_FALSE(may(standing, submission_create, work_of(id_of("other"))));
        EXPECT_FALSE(may(standing, submission_read_own, work_of(id_of("other"))));
        for (const auto each : {submission_create_for, submission_update, roster_import,
                                access_manage, audit_read, events_read, events_manage})
            EXPECT_FALSE(may(standing, each, work_of(kMe)));
    }
}

TEST(May, WithoutARoleNothingOfAClass) {
    const Standing standing{.actor = actor(Kind::access)};
    for (const auto& each : domain::permissions())
        EXPECT_EQ(may(standing, each.permission, work_of(kMe)), each.reach == domain::Reach::own)
            << each.name;
}

TEST(May, KindsOfTokens) {
    for (const auto& each : domain::permissions()) {
        EXPECT_TRUE(may({.actor = actor(Kind::admin)}, each.permission, work_of(kMe)));
        EXPECT_FALSE(may({.actor = actor(Kind::refresh)}, each.permission, work_of(kMe)));
        EXPECT_FALSE(may({.actor = actor(Kind::application)}, each.permission, work_of(kMe)));
    }
    const Standing school{.actor = actor(Kind::integration)};
    using enum Permission;
    EXPECT_TRUE(may(school, submission_read, work_of(kMe)));     // edlink.md 1.3: /graph
    EXPECT_FALSE(may(school, submission_create, work_of(kMe)));  // "as a student"
    EXPECT_FALSE(may(school, access_manage, work_of(kMe)));
    EXPECT_FALSE(may(school, roster_import, work_of(kMe)));
}

// tabula.md 2: a grant on X satisfies a check on Y if X = Y or X is reached from Y's parents
TEST(May, GrantsReachDownwards) {
    constexpr auto right = [](Grant::Scope scope) {
        switch (scope) {
            case Grant::Scope::account:
                return "account";
            case Grant::Scope::department:
                return "department";
            case Grant::Scope::klass:
                return "class";
            case Grant::Scope::assignment:
                return "assignment";
            case Grant::Scope::person:
                return "me";
        }
        return "";
    };
    for (const auto kind : {Kind::access, Kind::application, Kind::integration})
        for (const auto scope :
             {Grant::Scope::account, Grant::Scope::department, Grant::Scope::klass,
              Grant::Scope::assignment, Grant::Scope::person}) {
            Standing standing{.actor = actor(kind)};
            constexpr auto permission = Permission::roster_import;
            standing.grants = {grant(scope, id_of(right(scope)), true, permission)};
            EXPECT_TRUE(may(standing, permission, work_of(kMe)));
            standing.grants = {grant(scope, id_of("elsewhere"), true, permission)};
            EXPECT_FALSE(may(standing, permission, work_of(kMe)));
            // the id of one kind of thing is none of another
            standing.grants = {grant(scope, id_of(scope == Grant::Scope::person ? "class" : "me"),
                                     true, permission)};
            EXPECT_FALSE(may(standing, permission, work_of(kMe)));
        }
}

// tabula.md 2: an assignment grant alone fails the check with the student as scope
TEST(May, AGrantOnAnAssignmentDoesNotReachAPerson) {
    Standing standing{.actor = actor(Kind::application)};
    constexpr auto permission = Permission::submission_create_for;
    const Target student{.account_id = id_of("account"),
                         .department_ids = {id_of("department")},
                         .class_ids = {id_of("class")},
                         .person_id = kMe};
    const std::tuple<Grant::Scope, const char*, bool> cases[] = {
        {Grant::Scope::assignment, "assignment", false},
        {Grant::Scope::klass, "class", true},
        {Grant::Scope::department, "department", true},
        {Grant::Scope::person, "me", true}};
    for (const auto& [scope, on, allowed] : cases) {
        standing.grants = {grant(scope, id_of(on), true, permission)};
        EXPECT_EQ(may(standing, permission, student), allowed) << on;
    }
}

// tabula.md 2: a matching deny wins over allow, and over every role
TEST(May, DenialsWin) {
    const auto permission = Permission::submission_read;
    Standing standing{.actor = actor(Kind::access)};
    standing.roles.add(Role::teacher);
    ASSERT_TRUE(may(standing, permission, work_of(kMe)));
    const auto allow = grant(Grant::Scope::person, kMe);
    const auto deny = grant(Grant::Scope::account, id_of("account"), false);
    for (const auto& grants :
         {std::vector{deny}, std::vector{allow, deny}, std::vector{deny, allow}}) {
        standing.grants = grants;
        EXPECT_FALSE(may(standing, permission, work_of(kMe)));
    }
    EXPECT_TRUE(may(standing, Permission::feedback_manage, work_of(kMe)));  // only that one
    standing.grants = {grant(Grant::Scope::klass, id_of("elsewhere"), false)};
    EXPECT_TRUE(may(standing, permission, work_of(kMe)));  // only there
    standing.actor.kind = Kind::admin;
    standing.grants = {deny};
    EXPECT_TRUE(may(standing, permission, work_of(kMe)));  // god mode comes first
}

// What an application may not, it may not for a person either; what it may, they need not.
TEST(May, AnApplicationBoundsThePersonItActsFor) {
    Standing standing{.actor = actor(Kind::access)};
    standing.bounds = {grant(Grant::Scope::account, id_of("account"))};
    EXPECT_FALSE(may(standing, Permission::submission_read, work_of(kMe)));
    standing.roles.add(Role::teacher);
    EXPECT_TRUE(may(standing, Permission::submission_read, work_of(kMe)));
    standing.bounds = {grant(Grant::Scope::account, id_of("account"), false)};
    EXPECT_FALSE(may(standing, Permission::submission_read, work_of(kMe)));
}

// invariant 6
TEST(May, NobodyReachesIntoAnotherAccount) {
    auto elsewhere = work_of(kMe);
    elsewhere.account_id = id_of("another account");
    for (const auto kind : {Kind::access, Kind::integration, Kind::application})
        for (const auto& each : domain::permissions()) {
            Standing standing{.actor = actor(kind)};
            standing.roles.bits = ~0U;
            standing.grants = {
                grant(Grant::Scope::klass, id_of("class"), true, each.permission),
                grant(Grant::Scope::account, id_of("another account"), true, each.permission)};
            EXPECT_FALSE(may(standing, each.permission, elsewhere)) << each.name;
        }
}

// docs/access.md: nobody but the admin token holds what is about the installation
TEST(May, TheInstallationCannotBeGranted) {
    using enum Permission;
    for (const auto permission : {events_read, events_manage, access_manage, audit_read}) {
        Standing standing{.actor = actor(Kind::application)};
        standing.grants = {grant(Grant::Scope::account, id_of("account"), true, permission)};
        EXPECT_FALSE(may(standing, permission, work_of(kMe)));
    }
}

TEST(May, APermitSaysWhatItIsFor) {
    Standing standing{.actor = actor(Kind::access)};
    EXPECT_FALSE(check(standing, Permission::submission_read, work_of(kMe)));
    standing.roles.add(Role::ta);
    const auto permit = check(standing, Permission::submission_read, work_of(kMe));
    ASSERT_TRUE(permit);
    EXPECT_EQ(permit->permission(), Permission::submission_read);
    EXPECT_EQ(permit->actor().person_id, kMe);
    EXPECT_EQ(permit->target().class_ids, std::vector{id_of("class")});
    EXPECT_TRUE(permit->roles().has(Role::ta));
    static_assert(!std::is_default_constructible_v<domain::Permit>);
}

TEST(May, EveryPermissionHasItsName) {
    for (const auto& each : domain::permissions()) {
        EXPECT_EQ(domain::permission_named(each.name), each.permission);
        EXPECT_EQ(info(each.permission).name, each.name);
    }
    EXPECT_FALSE(domain::permission_named(""));
    EXPECT_FALSE(domain::permission_named("submission.read"));
}

}  // namespace
}  // namespace handin::test
