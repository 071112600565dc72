// A small school as plain data: one class with one open assignment, and somebody in every role.
#pragma once

#include <initializer_list>
#include <string>

#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "domain/changes.hpp"
#include "support/fake_clock.hpp"

namespace handin::test {

// The same name is the same id in every run.
inline Uuid id_of(std::string_view name) {
    return uuid_v5(Uuid{}, name);
}

class School {
 public:
    School() {
        rows.accounts.push_back({.id = account_id,
                                 .number = 7,
                                 .shard = 3,
                                 .name = "Test School",
                                 .public_token = "T0kenT0kenT0kenT0kenT0kenT0kenT0kenT0ken",
                                 .lti_guid = "guid.test.handin"});
        rows.departments.push_back(
            {.id = id_of("department"), .account_id = account_id, .code = "cs", .name = "CS"});
        rows.integrations.push_back({.id = integration_id,
                                     .account_id = account_id,
                                     .number = 5,
                                     .name = "App",
                                     .client_id = "client",
                                     .client_secret_hash = sha256("secret"),
                                     .created_at = founded});
        add_class(class_id);
        add_assignment("essay");
        // Students first and in this order: their numbers are 1, 2, 3.
        student = add_person("student", {domain::Role::student});
        other = add_person("other", {domain::Role::student});
        tutor = add_person("tutor", {domain::Role::student, domain::Role::teacher});
        teacher = add_person("teacher", {domain::Role::teacher});
        ta = add_person("ta", {domain::Role::ta});
        observer = add_person("observer", {domain::Role::observer});
        outsider = add_person("outsider", {});
    }

    domain::Account& account() { return rows.accounts.front(); }
    domain::Class& klass() { return rows.classes.front(); }
    domain::Assignment& assignment() { return rows.assignments.front(); }
    domain::Assignment& assignment(const Uuid& id) {
        for (auto& each : rows.assignments)
            if (each.id == id) return each;
        throw std::out_of_range("no such assignment");
    }
    const domain::Person& person(const Uuid& id) const {
        for (const auto& each : rows.people)
            if (each.id == id) return each;
        throw std::out_of_range("no such person");
    }

    // With these roles in the first class.
    Uuid add_person(const std::string& login, std::initializer_list<domain::Role> roles) {
        const auto id = id_of("person/" + login);
        const auto number = static_cast<std::int64_t>(rows.people.size()) + 1;
        rows.people.push_back({.id = id,
                               .account_id = account_id,
                               .number = number,
                               .first_name = "First",
                               .last_name = login,
                               .email = login + "@school.test",
                               .login = login,
                               .sis_id = "sis-" + login,
                               .university_id = std::to_string(1'000'000 + number),
                               .lti_user_id = "lti-" + login,
                               .time_zone = "Europe/London",
                               .created_at = founded,
                               .updated_at = founded});
        for (const auto role : roles)
            enroll(class_id, id, role);
        return id;
    }

    void enroll(const Uuid& klass, const Uuid& person, domain::Role role) {
        rows.enrollments.push_back({.id = uuid_v4(),
                                    .class_id = klass,
                                    .person_id = person,
                                    .role = role,
                                    .created_at = founded});
    }

    void add_class(const Uuid& id) {
        const auto number = static_cast<std::int64_t>(rows.classes.size()) + 11;
        rows.classes.push_back({.id = id,
                                .account_id = account_id,
                                .department_id = id_of("department"),
                                .number = number,
                                .name = "Class",
                                .description = "About things",
                                .sis_id = "sis-class-" + std::to_string(number),
                                .module_code = "cs" + std::to_string(number),
                                .time_zone = "Europe/London",
                                .created_at = founded,
                                .updated_at = founded});
    }

    // Open, for everybody, takes every kind, any number of times; no dates at all.
    domain::Assignment& add_assignment(const std::string& title) {
        using domain::AttachmentKind;
        const auto number = static_cast<std::int64_t>(rows.assignments.size()) + 101;
        return rows.assignments.emplace_back(domain::Assignment{
            .id = id_of("assignment/" + title),
            .class_id = class_id,
            .number = number,
            .title = title,
            .description = "<p>Do it.</p>",
            .display_at = {},
            .open_at = {},
            .due_at = {},
            .close_at = {},
            .points_possible = 10,
            .kinds = domain::AttachmentKinds::of(
                {AttachmentKind::file, AttachmentKind::link, AttachmentKind::text}),
            .max_attempts = {},
            .assignees = {},
            .created_at = made,
            .updated_at = made});
    }

    domain::Actor actor(const Uuid& person) const {
        return {.kind = domain::Token::Kind::access,
                .account_id = account_id,
                .person_id = person,
                .integration_id = integration_id,
                .integration_number = 5};
    }

    const Time founded = kNow - std::chrono::days(60);  // accounts, people, enrollments
    const Time made = kNow - std::chrono::days(30);     // assignments
    const Uuid account_id = id_of("account");
    const Uuid integration_id = id_of("integration");
    const Uuid class_id = id_of("class");
    const Uuid assignment_id = id_of("assignment/essay");
    Uuid student, other, tutor, teacher, ta, observer, outsider;
    domain::Changes rows;
};

}  // namespace handin::test
