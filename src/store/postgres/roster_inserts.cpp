// The rostering half of a commit: rows that come in by import, seldom and many at a time.
#include "store/model_codec.hpp"
#include "store/packed.hpp"
#include "store/postgres/inserts.hpp"

namespace handin::store::postgres {
namespace {

using domain::Changes;

constexpr const char* kInsertAccounts =
    "INSERT INTO account (id, number, shard, name, public_token, lti_guid, reclaim_first)"
    " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[],"
    " $6::text[], $7::bigint[])";
constexpr const char* kInsertDepartments =
    "INSERT INTO department (id, account_id, code, name)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])"
    " ON CONFLICT (id) DO UPDATE SET code = excluded.code, name = excluded.name";
constexpr const char* kInsertPeople =
    "INSERT INTO person (id, account_id, number, first_name, last_name, email, login, sis_id,"
    " university_id, lti_user_id, time_zone, created_at, updated_at, disability)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[],"
    " $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[],"
    " $13::bigint[], $14::bigint[])"
    " ON CONFLICT (id) DO UPDATE SET first_name = excluded.first_name,"
    " last_name = excluded.last_name, email = excluded.email, login = excluded.login,"
    " sis_id = excluded.sis_id, university_id = excluded.university_id,"
    " time_zone = excluded.time_zone, updated_at = excluded.updated_at,"
    " disability = excluded.disability";
constexpr const char* kInsertClasses =
    "INSERT INTO class (id, account_id, department_id, number, name, description, sis_id,"
    " module_code, time_zone, created_at, updated_at, late_policy)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::text[],"
    " $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::bigint[], $12::text[])"
    " ON CONFLICT (id) DO UPDATE SET department_id = excluded.department_id, name = excluded.name,"
    " description = excluded.description, sis_id = excluded.sis_id,"
    " module_code = excluded.module_code, time_zone = excluded.time_zone,"
    " updated_at = excluded.updated_at";
constexpr const char* kInsertEnrollments =
    "INSERT INTO enrollment (class_id, person_id, role, id, created_at)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[])";
constexpr const char* kInsertAssignments =
    "INSERT INTO assignment (id, class_id, number, title, description, published, locked,"
    " display_at, open_at, due_at, close_at, points_possible, kinds, max_attempts, resubmission,"
    " everybody, assignees, created_at, updated_at, rules, deleted_at, details, account_id)"
    " SELECT u.*, (SELECT account_id FROM class WHERE class.id = u.class_id) FROM "
    "unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[],"
    " $6::boolean[], $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],"
    " $12::double precision[], $13::bigint[], $14::bigint[], $15::bigint[], $16::boolean[],"
    " $17::bytea[], $18::bigint[], $19::bigint[], $20::text[], $21::bigint[], $22::text[])"
    " AS u (id, class_id, number, title, description, published, locked, display_at, open_at,"
    " due_at, close_at, points_possible, kinds, max_attempts, resubmission, everybody, assignees,"
    " created_at, updated_at, rules, deleted_at, details)"
    " ON CONFLICT (id) DO UPDATE SET title = excluded.title, description = excluded.description,"
    " published = excluded.published, locked = excluded.locked, display_at = excluded.display_at,"
    " open_at = excluded.open_at, due_at = excluded.due_at, close_at = excluded.close_at,"
    " points_possible = excluded.points_possible, kinds = excluded.kinds,"
    " max_attempts = excluded.max_attempts, resubmission = excluded.resubmission,"
    " everybody = excluded.everybody, assignees = excluded.assignees,"
    " updated_at = excluded.updated_at, rules = excluded.rules, deleted_at = excluded.deleted_at,"
    " details = excluded.details";
constexpr const char* kInsertCategories =
    "INSERT INTO category (id, class_id, title, weight, drop_lowest, position, created_at,"
    " updated_at) SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[],"
    " $4::double precision[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])"
    " ON CONFLICT (id) DO UPDATE SET title = excluded.title, weight = excluded.weight,"
    " drop_lowest = excluded.drop_lowest, position = excluded.position,"
    " updated_at = excluded.updated_at";
constexpr const char* kInsertGroups =
    "INSERT INTO student_group (id, set_id, number, name, members)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::bytea[])";
constexpr const char* kInsertMembers =
    "INSERT INTO group_member (set_id, person_id, group_id)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[])";
constexpr const char* kInsertIntegrations =
    "INSERT INTO integration (id, account_id, number, name, client_id, client_secret_hash, state,"
    " created_at)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[],"
    " $6::bytea[], $7::bigint[], $8::bigint[])"
    " ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
    " client_secret_hash = excluded.client_secret_hash, state = excluded.state";
constexpr const char* kInsertApiUsers =
    "INSERT INTO api_user (id, account_id, username, password_hash, created_at)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[])"
    " ON CONFLICT (id) DO UPDATE SET password_hash = excluded.password_hash";
constexpr const char* kInsertGrants =
    "INSERT INTO permission_grant (id, holder, holder_id, permission, allow, scope, scope_id)"
    " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[], $5::boolean[],"
    " $6::bigint[], $7::uuid[])";
constexpr const char* kInsertSettings =
    "INSERT INTO setting (name, value) SELECT * FROM unnest($1::text[], $2::text[])"
    " ON CONFLICT (name) DO NOTHING";

template <class Row, class... Fields>
void queue_all(Connection& db, const char* sql, const std::vector<const Row*>& rows,
               Fields... fields) {
    if (rows.empty()) return;
    Parameters parameters;
    (parameters.column(rows, fields), ...);
    db.queue(sql, std::move(parameters));
}

void queue_assignments(Connection& db, const std::vector<const domain::Assignment*>& rows) {
    using domain::Assignment;
    std::vector<std::string> assignees;
    for (const auto* row : rows)
        assignees.push_back(pack(row->assignees));
    std::size_t next = 0;
    queue_all(
        db, kInsertAssignments, rows, &Assignment::id, &Assignment::class_id, &Assignment::number,
        &Assignment::title, &Assignment::description, &Assignment::published, &Assignment::locked,
        &Assignment::display_at, &Assignment::open_at, &Assignment::due_at, &Assignment::close_at,
        &Assignment::points_possible, [](const Assignment* row) { return row->kinds.bits; },
        &Assignment::max_attempts, &Assignment::resubmission, &Assignment::everybody,
        [&](const Assignment*) { return Bytes{assignees[next++]}; }, &Assignment::created_at,
        &Assignment::updated_at, [](const Assignment* row) { return encode(row->rules); },
        &Assignment::deleted_at, [](const Assignment* row) { return encode_details(*row); });
}

void queue_groups(Connection& db, const std::vector<const domain::Group*>& groups) {
    using domain::Group;
    std::vector<std::string> members;
    std::vector<Uuid> sets, people, ids;
    for (const auto* group : groups) {
        members.push_back(pack(group->members));
        for (const auto& person : group->members) {
            sets.push_back(group->set_id);
            people.push_back(person);
            ids.push_back(group->id);
        }
    }
    std::size_t next = 0;
    queue_all(db, kInsertGroups, groups, &Group::id, &Group::set_id, &Group::number, &Group::name,
              [&](const Group*) { return Bytes{members[next++]}; });
    if (!ids.empty())
        db.queue(kInsertMembers, std::move(Parameters().column(sets).column(people).column(ids)));
}

void queue_access(Connection& db, std::span<const Changes* const> changes) {
    using domain::ApiUser, domain::Grant, domain::Integration, domain::Setting;
    queue_all(db, kInsertIntegrations, rows_of(changes, &Changes::integrations), &Integration::id,
              &Integration::account_id, &Integration::number, &Integration::name,
              &Integration::client_id, &Integration::client_secret_hash, &Integration::state,
              &Integration::created_at);
    queue_all(db, kInsertApiUsers, rows_of(changes, &Changes::api_users), &ApiUser::id,
              &ApiUser::account_id, &ApiUser::username, &ApiUser::password_hash,
              &ApiUser::created_at);
    queue_all(db, kInsertGrants, rows_of(changes, &Changes::grants), &Grant::id, &Grant::holder,
              &Grant::holder_id, &Grant::permission, &Grant::allow, &Grant::scope,
              &Grant::scope_id);
    queue_all(db, kInsertSettings, rows_of(changes, &Changes::settings), &Setting::name,
              &Setting::value);
}

}  // namespace

void queue_roster(Connection& db, std::span<const Changes* const> changes) {
    using domain::Account, domain::Class, domain::Department, domain::Enrollment, domain::Person;
    queue_all(db, kInsertAccounts, rows_of(changes, &Changes::accounts), &Account::id,
              &Account::number, &Account::shard, &Account::name, &Account::public_token,
              &Account::lti_guid, &Account::reclaim_first);
    queue_all(db, kInsertDepartments, rows_of(changes, &Changes::departments), &Department::id,
              &Department::account_id, &Department::code, &Department::name);
    queue_all(db, kInsertPeople, rows_of(changes, &Changes::people), &Person::id,
              &Person::account_id, &Person::number, &Person::first_name, &Person::last_name,
              &Person::email, &Person::login, &Person::sis_id, &Person::university_id,
              &Person::lti_user_id, &Person::time_zone, &Person::created_at, &Person::updated_at,
              &Person::disability);
    queue_all(db, kInsertClasses, rows_of(changes, &Changes::classes), &Class::id,
              &Class::account_id, &Class::department_id, &Class::number, &Class::name,
              &Class::description, &Class::sis_id, &Class::module_code, &Class::time_zone,
              &Class::created_at, &Class::updated_at,
              [](const Class* row) { return encode(row->late_policy); });
    queue_all(db, kInsertEnrollments, rows_of(changes, &Changes::enrollments),
              &Enrollment::class_id, &Enrollment::person_id, &Enrollment::role, &Enrollment::id,
              &Enrollment::created_at);
    queue_assignments(db, rows_of(changes, &Changes::assignments));
    using domain::Category;
    queue_all(db, kInsertCategories, rows_of(changes, &Changes::categories), &Category::id,
              &Category::class_id, &Category::title, &Category::weight, &Category::drop_lowest,
              &Category::position, &Category::created_at, &Category::updated_at);
    queue_groups(db, rows_of(changes, &Changes::groups));
    queue_access(db, changes);
}

}  // namespace handin::store::postgres
