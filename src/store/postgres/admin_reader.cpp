#include "store/postgres/admin_reader.hpp"

#include <algorithm>

#include "store/postgres/lookups.hpp"
#include "store/reader.hpp"

namespace handin::store::postgres {
namespace {

constexpr const char* kAccounts =
    "SELECT id, number, shard, name, public_token, lti_guid, reclaim_first FROM account"
    " ORDER BY id";
constexpr const char* kTokens =
    "SELECT hash, account_id, kind, person_id, integration_id, refresh_hash, created_at, "
    "expires_at,"
    " api_user_id, name FROM token"
    " WHERE hash > $1::bytea AND ($2::bigint IS NULL OR kind = $2)"
    " AND ($3::uuid IS NULL OR person_id = $3 OR integration_id = $3 OR api_user_id = $3)"
    " AND refresh_hash IS NULL ORDER BY hash LIMIT $4";
constexpr const char* kTokenFrom =
    "SELECT hash, account_id, kind, person_id, integration_id, refresh_hash, created_at, "
    "expires_at,"
    " api_user_id, name FROM token WHERE hash >= $1::bytea ORDER BY hash LIMIT 1";
constexpr const char* kIntegrations =
    "SELECT id, account_id, number, name, client_id, client_secret_hash, state, created_at"
    " FROM integration WHERE id > $1 ORDER BY id LIMIT $2";
constexpr const char* kApiUsers =
    "SELECT id, account_id, username, password_hash, created_at FROM api_user WHERE id > $1"
    " ORDER BY id LIMIT $2";
constexpr const char* kApiUser =
    "SELECT id, account_id, username, password_hash, created_at FROM api_user WHERE id = $1";
constexpr const char* kApiUserNamed =
    "SELECT id, account_id, username, password_hash, created_at FROM api_user"
    " WHERE account_id = $1 AND username = $2";
constexpr const char* kGrants =
    "SELECT id, holder, holder_id, permission, allow, scope, scope_id FROM permission_grant"
    " WHERE id > $1 AND ($2::uuid IS NULL OR holder_id = $2) ORDER BY id LIMIT $3";
constexpr const char* kGrant =
    "SELECT id, holder, holder_id, permission, allow, scope, scope_id FROM permission_grant"
    " WHERE id = $1";
constexpr const char* kGrantsOf =
    "SELECT id, holder, holder_id, permission, allow, scope, scope_id FROM permission_grant"
    " WHERE holder_id = $1 ORDER BY id";
constexpr const char* kAudit =
    "SELECT id, at, account_id, actor_id, actor, client_ip, request_id, action, target, detail"
    " FROM audit WHERE id > $1 AND ($2::text IS NULL OR action = $2)"
    " AND ($3::text IS NULL OR target = $3) ORDER BY id LIMIT $4";
constexpr const char* kPeopleOfLogin =
    "SELECT id, account_id, number, first_name, last_name, email, login, sis_id, university_id,"
    " lti_user_id, time_zone, created_at, updated_at, disability FROM person"
    " WHERE account_id = $1 AND login = ANY($2::text[])";
// As the partial indexes want it: without the last part they are not used.
constexpr const char* kPeopleOfSis =
    "SELECT id, account_id, number, first_name, last_name, email, login, sis_id, university_id,"
    " lti_user_id, time_zone, created_at, updated_at, disability FROM person"
    " WHERE account_id = $1 AND sis_id = ANY($2::text[]) AND sis_id <> ''";
constexpr const char* kPeopleOfUniversity =
    "SELECT id, account_id, number, first_name, last_name, email, login, sis_id, university_id,"
    " lti_user_id, time_zone, created_at, updated_at, disability FROM person"
    " WHERE account_id = $1 AND university_id = ANY($2::text[]) AND university_id <> ''";
constexpr const char* kClassesOfSis =
    "SELECT id, account_id, department_id, number, name, description, sis_id, module_code,"
    " time_zone, created_at, updated_at, late_policy FROM class"
    " WHERE account_id = $1 AND sis_id = ANY($2::text[]) AND sis_id <> ''";
constexpr const char* kClasses =
    "SELECT id, account_id, department_id, number, name, description, sis_id, module_code,"
    " time_zone, created_at, updated_at, late_policy FROM class WHERE account_id = $1 AND id > $2"
    " ORDER BY id LIMIT $3";
constexpr const char* kDepartments =
    "SELECT id, account_id, code, name FROM department WHERE account_id = $1 ORDER BY id";
constexpr const char* kDepartment =
    "SELECT id, account_id, code, name FROM department WHERE id = $1";
constexpr const char* kEnrollments =
    "SELECT e.id, e.class_id, e.person_id, e.role, e.created_at"
    " FROM unnest($1::uuid[], $2::uuid[]) AS u (class_id, person_id)"
    " JOIN enrollment e ON e.class_id = u.class_id AND e.person_id = u.person_id";
constexpr const char* kEnrollmentsOf =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE class_id = $1"
    " ORDER BY person_id, role";
constexpr const char* kCategories =
    "SELECT id, class_id, title, weight, drop_lowest, position, created_at, updated_at"
    " FROM category WHERE class_id = $1 AND id > $2 ORDER BY id LIMIT $3";
constexpr const char* kCategory =
    "SELECT id, class_id, title, weight, drop_lowest, position, created_at, updated_at"
    " FROM category WHERE id = $1";
constexpr const char* kPeople =
    "SELECT id, account_id, number, first_name, last_name, email, login, sis_id, university_id,"
    " lti_user_id, time_zone, created_at, updated_at, disability FROM person"
    " WHERE account_id = $1 AND id > $2 ORDER BY id LIMIT $3";
constexpr const char* kEnrollment =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE id = $1";
constexpr const char* kEnrollmentsOfAccount =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment e WHERE EXISTS"
    " (SELECT 1 FROM class c WHERE c.id = e.class_id AND c.account_id = $1)"
    " AND id > $2 ORDER BY id LIMIT $3";
constexpr const char* kEnrollmentsOfClass =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE class_id = $1"
    " AND id > $2 ORDER BY id LIMIT $3";
constexpr const char* kEnrollmentsOfPerson =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE person_id = $1"
    " AND id > $2 ORDER BY id LIMIT $3";
constexpr const char* kMembers =
    "SELECT DISTINCT person_id FROM enrollment WHERE class_id = $1"
    " AND (($2::bigint >> role::int) & 1) = 1 AND person_id > $3 ORDER BY person_id LIMIT $4";
constexpr const char* kLastNumbers =
    "SELECT (SELECT coalesce(max(number), 0) FROM person WHERE account_id = $1),"
    " (SELECT coalesce(max(number), 0) FROM class WHERE account_id = $1),"
    " (SELECT coalesce(max(number), 0) FROM integration WHERE account_id = $1)";

// Every id sorts after the nil UUID.
const Uuid kFirst{};

template <class Row>
std::vector<Row> all(Rows rows, Row (*read)(Rows&)) {
    std::vector<Row> found;
    found.reserve(rows.size());
    while (rows.next())
        found.push_back(read(rows));
    return found;
}

template <class Row>
std::optional<Row> first(Rows rows, Row (*read)(Rows&)) {
    if (!rows.next()) return std::nullopt;
    return read(rows);
}

// The highest hash that begins with the id: all tokens after it have higher ones.
Digest256 last_hash_of(const Uuid& id) {
    Digest256 hash;
    hash.fill(0xff);
    std::ranges::copy(id.bytes, hash.begin());
    return hash;
}

domain::ApiUser api_user_row(Rows& row) {
    return {.id = row.id(),
            .account_id = row.id(),
            .username = row.text(),
            .password_hash = row.text(),
            .created_at = row.time()};
}

domain::Grant grant_row(Rows& row) {
    return {.id = row.id(),
            .holder = row.enumeration<domain::Grant::Holder>(),
            .holder_id = row.id(),
            .permission = row.text(),
            .allow = row.flag(),
            .scope = row.enumeration<domain::Grant::Scope>(),
            .scope_id = row.id()};
}

domain::AuditEntry audit_row(Rows& row) {
    return {.id = row.id(),
            .at = row.time(),
            .account_id = row.id(),
            .actor_id = row.id(),
            .actor = row.text(),
            .client_ip = row.text(),
            .request_id = row.text(),
            .action = row.text(),
            .target = row.text(),
            .detail = row.text()};
}

domain::Department department_row(Rows& row) {
    return {.id = row.id(), .account_id = row.id(), .code = row.text(), .name = row.text()};
}

domain::Category category_row(Rows& row) {
    return {.id = row.id(),
            .class_id = row.id(),
            .title = row.text(),
            .weight = row.null() ? std::nullopt : std::optional(row.real()),
            .drop_lowest = row.null() ? std::nullopt : std::optional(row.integer()),
            .position = row.null() ? std::nullopt : std::optional(row.integer()),
            .created_at = row.time(),
            .updated_at = row.time()};
}

Uuid id_row(Rows& row) {
    return row.id();
}

domain::Enrollment enrollment_row(Rows& row) {
    return {.id = row.id(),
            .class_id = row.id(),
            .person_id = row.id(),
            .role = row.enumeration<domain::Role>(),
            .created_at = row.time()};
}

Parameters paged(const Page& page) {
    return std::move(Parameters().add(page.after.value_or(kFirst)).add(page.limit));
}

}  // namespace

std::uint64_t PostgresAdminReader::roster_generation() {
    auto rows = ask_(kGeneration, {});
    return rows.next() ? static_cast<std::uint64_t>(rows.integer()) : 0;
}

std::vector<domain::Account> PostgresAdminReader::accounts() {
    return all(ask_(kAccounts, {}), account_row);
}

std::vector<domain::Token> PostgresAdminReader::tokens(const TokenFilter& filter,
                                                       const Page& page) {
    const auto after = page.after ? last_hash_of(*page.after) : Digest256{};
    return all(ask_(kTokens,
                    Parameters().add(after).add(filter.kind).add(filter.owner_id).add(page.limit)),
               token_row);
}

std::optional<domain::Token> PostgresAdminReader::token(const Uuid& id) {
    Digest256 from{};
    std::ranges::copy(id.bytes, from.begin());
    auto found = first(ask_(kTokenFrom, Parameters().add(from)), token_row);
    return found && found->id() == id ? found : std::nullopt;
}

std::vector<domain::Integration> PostgresAdminReader::integrations(const Page& page) {
    return all(ask_(kIntegrations, paged(page)), integration_row);
}

std::optional<domain::Integration> PostgresAdminReader::integration(const Uuid& id) {
    return first(ask_(kIntegrationsById, Parameters().column(std::span(&id, 1))), integration_row);
}

std::vector<domain::ApiUser> PostgresAdminReader::api_users(const Page& page) {
    return all(ask_(kApiUsers, paged(page)), api_user_row);
}

std::optional<domain::ApiUser> PostgresAdminReader::api_user(const Uuid& id) {
    return first(ask_(kApiUser, Parameters().add(id)), api_user_row);
}

std::optional<domain::ApiUser> PostgresAdminReader::api_user_named(const Uuid& account_id,
                                                                   const std::string& username) {
    return first(ask_(kApiUserNamed, Parameters().add(account_id).add(username)), api_user_row);
}

std::vector<domain::Grant> PostgresAdminReader::grants(const std::optional<Uuid>& holder_id,
                                                       const Page& page) {
    return all(
        ask_(kGrants, Parameters().add(page.after.value_or(kFirst)).add(holder_id).add(page.limit)),
        grant_row);
}

std::optional<domain::Grant> PostgresAdminReader::grant(const Uuid& id) {
    return first(ask_(kGrant, Parameters().add(id)), grant_row);
}

std::vector<domain::Grant> PostgresAdminReader::grants_of(const Uuid& holder_id) {
    return all(ask_(kGrantsOf, Parameters().add(holder_id)), grant_row);
}

std::vector<domain::AuditEntry> PostgresAdminReader::audit(const AuditFilter& filter,
                                                           const Page& page) {
    return all(ask_(kAudit, Parameters()
                                .add(page.after.value_or(kFirst))
                                .add(filter.action)
                                .add(filter.target)
                                .add(page.limit)),
               audit_row);
}

std::vector<domain::Person> PostgresAdminReader::people(const Uuid& account_id, PersonName kind,
                                                        std::span<const std::string> names) {
    const auto* sql = kind == PersonName::login    ? kPeopleOfLogin
                      : kind == PersonName::sis_id ? kPeopleOfSis
                                                   : kPeopleOfUniversity;
    return all(ask_(sql, Parameters().add(account_id).column(names)), person_row);
}

std::vector<domain::Class> PostgresAdminReader::classes(const Uuid& account_id,
                                                        std::span<const std::string> sis_ids) {
    return all(ask_(kClassesOfSis, Parameters().add(account_id).column(sis_ids)), class_row);
}

std::vector<domain::Class> PostgresAdminReader::classes(const Uuid& account_id, const Page& page) {
    return all(ask_(kClasses,
                    Parameters().add(account_id).add(page.after.value_or(kFirst)).add(page.limit)),
               class_row);
}

std::vector<domain::Department> PostgresAdminReader::departments(const Uuid& account_id) {
    return all(ask_(kDepartments, Parameters().add(account_id)), department_row);
}

std::optional<domain::Department> PostgresAdminReader::department(const Uuid& id) {
    return first(ask_(kDepartment, Parameters().add(id)), department_row);
}

std::vector<domain::Enrollment> PostgresAdminReader::enrollments(std::span<const Uuid> class_ids,
                                                                 std::span<const Uuid> person_ids) {
    return all(ask_(kEnrollments, Parameters().column(class_ids).column(person_ids)),
               enrollment_row);
}

std::vector<domain::Enrollment> PostgresAdminReader::enrollments_of(const Uuid& class_id) {
    return all(ask_(kEnrollmentsOf, Parameters().add(class_id)), enrollment_row);
}

std::vector<domain::Category> PostgresAdminReader::categories(const Uuid& class_id,
                                                              const Page& page) {
    return all(ask_(kCategories,
                    Parameters().add(class_id).add(page.after.value_or(kFirst)).add(page.limit)),
               category_row);
}

std::optional<domain::Category> PostgresAdminReader::category(const Uuid& id) {
    return first(ask_(kCategory, Parameters().add(id)), category_row);
}

std::vector<domain::Person> PostgresAdminReader::people(const Uuid& account_id, const Page& page) {
    return all(ask_(kPeople,
                    Parameters().add(account_id).add(page.after.value_or(kFirst)).add(page.limit)),
               person_row);
}

std::vector<domain::Enrollment> PostgresAdminReader::enrollments(const EnrollmentFilter& filter,
                                                                 const Page& page) {
    const auto of = filter.class_id.value_or(filter.person_id.value_or(filter.account_id));
    const auto* sql = filter.class_id    ? kEnrollmentsOfClass
                      : filter.person_id ? kEnrollmentsOfPerson
                                         : kEnrollmentsOfAccount;
    return all(ask_(sql, Parameters().add(of).add(page.after.value_or(kFirst)).add(page.limit)),
               enrollment_row);
}

std::optional<domain::Enrollment> PostgresAdminReader::enrollment(const Uuid& id) {
    return first(ask_(kEnrollment, Parameters().add(id)), enrollment_row);
}

std::vector<Uuid> PostgresAdminReader::members(const Uuid& class_id, domain::Roles roles,
                                               const Page& page) {
    return all(ask_(kMembers, Parameters()
                                  .add(class_id)
                                  .add(std::int64_t{roles.bits})
                                  .add(page.after.value_or(kFirst))
                                  .add(page.limit)),
               id_row);
}

LastNumbers PostgresAdminReader::last_numbers(const Uuid& account_id) {
    auto rows = ask_(kLastNumbers, Parameters().add(account_id));
    if (!rows.next()) return {};
    return {.person = rows.integer(), .klass = rows.integer(), .integration = rows.integer()};
}

}  // namespace handin::store::postgres
