// Who belongs to what: accounts, people, classes, enrollments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"
#include "domain/declarations.hpp"
#include "domain/late_policy.hpp"

namespace handin::domain {

// The API through which a command came in. Rules never branch on it: it selects policy data.
enum class Origin : std::uint8_t { handin, edlink, tabula, canvas, connector };

// One school; every row belongs to one. Its shard makes ids in events global (DESIGN 5.3).
struct Account {
    Uuid id;
    std::int64_t number = 1;
    std::int64_t shard = 1;
    std::string name;
    std::string public_token;  // root_account_uuid of events: 40 characters
    std::string lti_guid;
    // One bit an Origin: through it a submission must be reclaimed before work is handed in again.
    std::uint32_t reclaim_first = 0;

    bool must_reclaim_first(Origin origin) const {
        return (reclaim_first >> static_cast<unsigned>(origin) & 1U) != 0;
    }
};

// edlink.md 3.5, in the order in which they are stored.
enum class Role : std::uint8_t {
    student,
    teacher,
    ta,
    designer,
    administrator,
    district_administrator,
    staff,
    aide,
    observer,
    parent,
    guardian,
    member,
};

// The roles that one person has in one class.
struct Roles {
    std::uint32_t bits = 0;

    void add(Role role) { bits |= 1U << static_cast<unsigned>(role); }
    bool has(Role role) const { return (bits >> static_cast<unsigned>(role) & 1U) != 0; }
    bool empty() const { return bits == 0; }
    // Sees everybody's work and grades it (edlink.md 1.3).
    bool teaches() const {
        return has(Role::teacher) || has(Role::ta) || has(Role::designer) ||
               has(Role::administrator) || has(Role::district_administrator);
    }
    // The one that stands for all of them where only one can be shown.
    Role leading() const {
        for (auto role : {Role::teacher, Role::ta, Role::designer, Role::administrator,
                          Role::district_administrator, Role::student})
            if (has(role)) return role;
        return Role::observer;
    }
};

struct Person {
    Uuid id;
    Uuid account_id;
    std::int64_t number = 0;  // < 10^6 within the account
    std::string first_name;
    std::string last_name;
    std::string email;
    std::string login;
    std::string sis_id;
    std::string university_id;  // 7 digits (tabula.md 1.1); empty if none
    std::string lti_user_id;    // opaque, what LTI tools know the person by
    std::string time_zone;      // IANA name
    Time created_at;
    Time updated_at;
    Disability disability = Disability::none;

    std::string display_name() const { return first_name + " " + last_name; }
};

struct Class {
    Uuid id;
    Uuid account_id;
    Uuid department_id;
    std::int64_t number = 0;
    std::string name;
    std::string description;
    std::string sis_id;
    std::string module_code;
    std::string time_zone;
    Time created_at;
    Time updated_at;
    LatePolicy late_policy = {};
};

struct Enrollment {
    Uuid id;
    Uuid class_id;
    Uuid person_id;
    Role role = Role::student;
    Time created_at;
};

// What the rules ask of somebody's place in a class.
struct Membership {
    Roles roles;
    Time since;  // of the first enrollment
};

// Where somebody belongs, taken over all of their classes.
struct Affiliation {
    Roles roles;
    std::vector<Uuid> department_ids;
};

// Somebody who has handed in without being a student of the class: that was done for them
// (tabula.md 4.2, S10).
struct Participant {
    Uuid assignment_id;
    Uuid person_id;
};

struct Department {
    Uuid id;
    Uuid account_id;
    std::string code;
    std::string name;
};

}  // namespace handin::domain
