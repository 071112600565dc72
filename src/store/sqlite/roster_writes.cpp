// The rostering half of SqliteWriter: rows that come in by import, seldom and many at a time.
#include "store/model_codec.hpp"
#include "store/packed.hpp"
#include "store/sqlite/comment_rows.hpp"
#include "store/sqlite/writer.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kInsertAccount =
    "INSERT INTO account (id, number, shard, name, public_token, lti_guid, reclaim_first)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertDepartment =
    "INSERT INTO department (id, account_id, code, name) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name";
constexpr const char* kInsertPerson =
    "INSERT INTO person (id, account_id, number, first_name, last_name, email, login, sis_id,"
    " university_id, lti_user_id, time_zone, created_at, updated_at, disability)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name,"
    " last_name = excluded.last_name, email = excluded.email, login = excluded.login,"
    " sis_id = excluded.sis_id, university_id = excluded.university_id,"
    " time_zone = excluded.time_zone, updated_at = excluded.updated_at,"
    " disability = excluded.disability";
constexpr const char* kInsertClass =
    "INSERT INTO class (id, account_id, department_id, number, name, description, sis_id,"
    " module_code, time_zone, created_at, updated_at, late_policy)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET department_id = excluded.department_id, name = excluded.name,"
    " description = excluded.description, sis_id = excluded.sis_id,"
    " module_code = excluded.module_code, time_zone = excluded.time_zone,"
    " updated_at = excluded.updated_at";
constexpr const char* kInsertEnrollment =
    "INSERT INTO enrollment (class_id, person_id, role, id, created_at) VALUES (?, ?, ?, ?, ?)";
constexpr const char* kInsertAssignment =
    "INSERT INTO assignment (id, class_id, number, title, description, published, locked,"
    " display_at, open_at, due_at, close_at, points_possible, kinds, max_attempts, resubmission,"
    " everybody, assignees, created_at, updated_at, rules, deleted_at, details, account_id)"
    " VALUES (?, ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
    " (SELECT account_id FROM class WHERE id = ?2))"
    " ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,"
    " published = excluded.published, locked = excluded.locked, display_at = excluded.display_at,"
    " open_at = excluded.open_at, due_at = excluded.due_at, close_at = excluded.close_at,"
    " points_possible = excluded.points_possible, kinds = excluded.kinds,"
    " max_attempts = excluded.max_attempts, resubmission = excluded.resubmission,"
    " everybody = excluded.everybody, assignees = excluded.assignees,"
    " updated_at = excluded.updated_at, rules = excluded.rules, deleted_at = excluded.deleted_at,"
    " details = excluded.details";
constexpr const char* kInsertCategory =
    "INSERT INTO category (id, class_id, title, weight, drop_lowest, position, created_at,"
    " updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET title = excluded.title, weight = excluded.weight,"
    " drop_lowest = excluded.drop_lowest, position = excluded.position,"
    " updated_at = excluded.updated_at";
constexpr const char* kInsertIntegration =
    "INSERT INTO integration (id, account_id, number, name, client_id, client_secret_hash, state,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
    " client_secret_hash = excluded.client_secret_hash, state = excluded.state";
constexpr const char* kInsertApiUser =
    "INSERT INTO api_user (id, account_id, username, password_hash, created_at)"
    " VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash";
constexpr const char* kInsertGrant =
    "INSERT INTO permission_grant (id, holder, holder_id, permission, allow, scope, scope_id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertSetting =
    "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";

template <class Enum>
std::int64_t number_of(Enum value) {
    return static_cast<std::int64_t>(value);
}

void insert(Connection& db, const domain::Person& person) {
    db.query(kInsertPerson)
        .bind(person.id)
        .bind(person.account_id)
        .bind(person.number)
        .bind(person.first_name)
        .bind(person.last_name)
        .bind(person.email)
        .bind(person.login)
        .bind(person.sis_id)
        .bind(person.university_id)
        .bind(person.lti_user_id)
        .bind(person.time_zone)
        .bind(person.created_at)
        .bind(person.updated_at)
        .bind(number_of(person.disability))
        .run();
}

void insert(Connection& db, const domain::Class& klass) {
    const auto late_policy = encode(klass.late_policy);
    db.query(kInsertClass)
        .bind(klass.id)
        .bind(klass.account_id)
        .bind(klass.department_id)
        .bind(klass.number)
        .bind(klass.name)
        .bind(klass.description)
        .bind(klass.sis_id)
        .bind(klass.module_code)
        .bind(klass.time_zone)
        .bind(klass.created_at)
        .bind(klass.updated_at)
        .bind(late_policy)
        .run();
}

void insert(Connection& db, const domain::Assignment& assignment) {
    const auto assignees = pack(assignment.assignees);
    const auto rules = encode(assignment.rules);
    const auto details = encode_details(assignment);
    db.query(kInsertAssignment)
        .bind(assignment.id)
        .bind(assignment.class_id)
        .bind(assignment.number)
        .bind(assignment.title)
        .bind(assignment.description)
        .bind(assignment.published)
        .bind(assignment.locked)
        .bind(assignment.display_at)
        .bind(assignment.open_at)
        .bind(assignment.due_at)
        .bind(assignment.close_at)
        .bind(assignment.points_possible)
        .bind(std::int64_t{assignment.kinds.bits})
        .bind(assignment.max_attempts)
        .bind(number_of(assignment.resubmission))
        .bind(assignment.everybody)
        .bind_blob(assignees)
        .bind(assignment.created_at)
        .bind(assignment.updated_at)
        .bind(rules)
        .bind(assignment.deleted_at)
        .bind(details)
        .run();
}

void insert(Connection& db, const domain::Category& category) {
    db.query(kInsertCategory)
        .bind(category.id)
        .bind(category.class_id)
        .bind(category.title)
        .bind(category.weight)
        .bind(category.drop_lowest)
        .bind(category.position)
        .bind(category.created_at)
        .bind(category.updated_at)
        .run();
}

void insert(Connection& db, const domain::Account& account) {
    db.query(kInsertAccount)
        .bind(account.id)
        .bind(account.number)
        .bind(account.shard)
        .bind(account.name)
        .bind(account.public_token)
        .bind(account.lti_guid)
        .bind(std::int64_t{account.reclaim_first})
        .run();
}

void insert(Connection& db, const domain::Department& department) {
    db.query(kInsertDepartment)
        .bind(department.id)
        .bind(department.account_id)
        .bind(department.code)
        .bind(department.name)
        .run();
}

void insert(Connection& db, const domain::Enrollment& enrollment) {
    db.query(kInsertEnrollment)
        .bind(enrollment.class_id)
        .bind(enrollment.person_id)
        .bind(number_of(enrollment.role))
        .bind(enrollment.id)
        .bind(enrollment.created_at)
        .run();
}

void insert(Connection& db, const domain::Integration& integration) {
    db.query(kInsertIntegration)
        .bind(integration.id)
        .bind(integration.account_id)
        .bind(integration.number)
        .bind(integration.name)
        .bind(integration.client_id)
        .bind(integration.client_secret_hash)
        .bind(number_of(integration.state))
        .bind(integration.created_at)
        .run();
}

void insert(Connection& db, const domain::ApiUser& user) {
    db.query(kInsertApiUser)
        .bind(user.id)
        .bind(user.account_id)
        .bind(user.username)
        .bind(user.password_hash)
        .bind(user.created_at)
        .run();
}

void insert(Connection& db, const domain::Grant& grant) {
    db.query(kInsertGrant)
        .bind(grant.id)
        .bind(number_of(grant.holder))
        .bind(grant.holder_id)
        .bind(grant.permission)
        .bind(grant.allow)
        .bind(number_of(grant.scope))
        .bind(grant.scope_id)
        .run();
}

void insert(Connection& db, const domain::Setting& setting) {
    db.query(kInsertSetting).bind(setting.name).bind(setting.value).run();
}

void insert(Connection& db, const domain::Group& group) {
    insert_group(db, group);
}

template <class Row>
void insert_all(Connection& db, const std::vector<Row>& rows) {
    for (const auto& row : rows)
        insert(db, row);
}

}  // namespace

void SqliteWriter::write_roster(const domain::Changes& changes) {
    insert_all(db_, changes.accounts);
    insert_all(db_, changes.departments);
    insert_all(db_, changes.people);
    insert_all(db_, changes.classes);
    insert_all(db_, changes.enrollments);
    insert_all(db_, changes.assignments);
    insert_all(db_, changes.categories);
    insert_all(db_, changes.groups);
    insert_all(db_, changes.integrations);
    insert_all(db_, changes.api_users);
    insert_all(db_, changes.grants);
    insert_all(db_, changes.settings);
}

}  // namespace handin::store::sqlite
