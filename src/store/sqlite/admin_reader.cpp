#include "store/sqlite/admin_reader.hpp"

#include <algorithm>

#include "store/sqlite/lookups.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kAccounts = "SELECT id FROM account ORDER BY id";
constexpr const char* kTokens =
    "SELECT hash FROM token WHERE hash > ?1 AND (?2 IS NULL OR kind = ?2)"
    " AND (?3 IS NULL OR person_id = ?3 OR integration_id = ?3 OR api_user_id = ?3)"
    " AND (refresh_hash IS NULL) ORDER BY hash LIMIT ?4";
constexpr const char* kTokenFrom = "SELECT hash FROM token WHERE hash >= ? ORDER BY hash LIMIT 1";
constexpr const char* kIntegrations = "SELECT id FROM integration WHERE id > ? ORDER BY id LIMIT ?";
constexpr const char* kApiUsers =
    "SELECT id, account_id, username, password_hash, created_at FROM api_user WHERE id > ?"
    " ORDER BY id LIMIT ?";
constexpr const char* kApiUser =
    "SELECT id, account_id, username, password_hash, created_at FROM api_user WHERE id = ?";
constexpr const char* kApiUserNamed =
    "SELECT id, account_id, username, password_hash, created_at FROM api_user"
    " WHERE account_id = ? AND username = ?";
constexpr const char* kGrants =
    "SELECT id, holder, holder_id, permission, allow, scope, scope_id FROM permission_grant"
    " WHERE id > ?1 AND (?2 IS NULL OR holder_id = ?2) ORDER BY id LIMIT ?3";
constexpr const char* kGrant =
    "SELECT id, holder, holder_id, permission, allow, scope, scope_id FROM permission_grant"
    " WHERE id = ?";
constexpr const char* kGrantsOf =
    "SELECT id, holder, holder_id, permission, allow, scope, scope_id FROM permission_grant"
    " WHERE holder_id = ? ORDER BY id";
constexpr const char* kAudit =
    "SELECT id, at, account_id, actor_id, actor, client_ip, request_id, action, target, detail"
    " FROM audit WHERE id > ?1 AND (?2 IS NULL OR action = ?2) AND (?3 IS NULL OR target = ?3)"
    " ORDER BY id LIMIT ?4";
constexpr const char* kPersonOfLogin = "SELECT id FROM person WHERE account_id = ? AND login = ?";
// As the partial indexes want it: without the second half they are not used.
constexpr const char* kPersonOfSis =
    "SELECT id FROM person WHERE account_id = ? AND sis_id = ? AND sis_id <> ''";
constexpr const char* kPersonOfUniversity =
    "SELECT id FROM person WHERE account_id = ? AND university_id = ? AND university_id <> ''";
constexpr const char* kClassOfSis =
    "SELECT id FROM class WHERE account_id = ? AND sis_id = ? AND sis_id <> ''";
constexpr const char* kDepartments =
    "SELECT id, account_id, code, name FROM department WHERE account_id = ? ORDER BY id";
constexpr const char* kDepartment =
    "SELECT id, account_id, code, name FROM department WHERE id = ?";
constexpr const char* kEnrollments =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment"
    " WHERE class_id = ? AND person_id = ?";
constexpr const char* kEnrollmentsOf =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE class_id = ?"
    " ORDER BY person_id, role";
constexpr const char* kClasses =
    "SELECT id FROM class WHERE account_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr const char* kCategories =
    "SELECT id, class_id, title, weight, drop_lowest, position, created_at, updated_at"
    " FROM category WHERE class_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr const char* kCategory =
    "SELECT id, class_id, title, weight, drop_lowest, position, created_at, updated_at"
    " FROM category WHERE id = ?";
constexpr const char* kPeople =
    "SELECT id FROM person WHERE +account_id = ? AND id > ? ORDER BY id LIMIT ?";
constexpr const char* kEnrollment =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE id = ?";
constexpr const char* kEnrollmentsOfAccount =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE EXISTS"
    " (SELECT 1 FROM class WHERE class.id = class_id AND account_id = ?)"
    " AND id > ? ORDER BY id LIMIT ?";
constexpr const char* kEnrollmentsOfClass =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE class_id = ?"
    " AND +id > ? ORDER BY +id LIMIT ?";
constexpr const char* kEnrollmentsOfPerson =
    "SELECT id, class_id, person_id, role, created_at FROM enrollment WHERE person_id = ?"
    " AND +id > ? ORDER BY +id LIMIT ?";
constexpr const char* kMembers =
    "SELECT DISTINCT person_id FROM enrollment WHERE class_id = ? AND ((? >> role) & 1) = 1"
    " AND person_id > ? ORDER BY person_id LIMIT ?";
constexpr const char* kLastNumbers =
    "SELECT (SELECT coalesce(max(number), 0) FROM person WHERE account_id = ?1),"
    " (SELECT coalesce(max(number), 0) FROM class WHERE account_id = ?1),"
    " (SELECT coalesce(max(number), 0) FROM integration WHERE account_id = ?1)";

// Every id sorts after the nil UUID.
const Uuid kFirst{};

std::int64_t limit_of(const Page& page) {
    return static_cast<std::int64_t>(page.limit);
}

std::vector<Uuid> ids_of(Query& query) {
    std::vector<Uuid> ids;
    while (query.next())
        ids.push_back(query.id());
    return ids;
}

template <class Row>
std::vector<Row> all(Query& query, Row (*read)(Query&)) {
    std::vector<Row> rows;
    while (query.next())
        rows.push_back(read(query));
    return rows;
}

template <class Row>
std::optional<Row> first(Query& query, Row (*read)(Query&)) {
    if (!query.next()) return std::nullopt;
    return read(query);
}

// The highest hash that begins with the id: all tokens after it have higher ones.
Digest256 last_hash_of(const Uuid& id) {
    Digest256 hash;
    hash.fill(0xff);
    std::ranges::copy(id.bytes, hash.begin());
    return hash;
}

domain::ApiUser api_user_row(Query& row) {
    return {.id = row.id(),
            .account_id = row.id(),
            .username = row.text(),
            .password_hash = row.text(),
            .created_at = row.time()};
}

domain::Grant grant_row(Query& row) {
    return {.id = row.id(),
            .holder = static_cast<domain::Grant::Holder>(row.integer()),
            .holder_id = row.id(),
            .permission = row.text(),
            .allow = row.flag(),
            .scope = static_cast<domain::Grant::Scope>(row.integer()),
            .scope_id = row.id()};
}

domain::AuditEntry audit_row(Query& row) {
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

domain::Department department_row(Query& row) {
    return {.id = row.id(), .account_id = row.id(), .code = row.text(), .name = row.text()};
}

domain::Category category_row(Query& row) {
    return {.id = row.id(),
            .class_id = row.id(),
            .title = row.text(),
            .weight = row.null() ? std::nullopt : std::optional(row.real()),
            .drop_lowest = row.null() ? std::nullopt : std::optional(row.integer()),
            .position = row.null() ? std::nullopt : std::optional(row.integer()),
            .created_at = row.time(),
            .updated_at = row.time()};
}

domain::Enrollment enrollment_row(Query& row) {
    return {.id = row.id(),
            .class_id = row.id(),
            .person_id = row.id(),
            .role = static_cast<domain::Role>(row.integer()),
            .created_at = row.time()};
}

const char* person_query(PersonName kind) {
    switch (kind) {
        case PersonName::login:
            return kPersonOfLogin;
        case PersonName::sis_id:
            return kPersonOfSis;
        case PersonName::university_id:
            break;
    }
    return kPersonOfUniversity;
}

}  // namespace

std::vector<domain::Grant> find_grants_of(Connection& db, const Uuid& holder_id) {
    auto query = db.query(kGrantsOf);
    query.bind(holder_id);
    return all(query, grant_row);
}

std::vector<domain::Account> SqliteAdminReader::accounts() {
    auto query = now_().query(kAccounts);
    std::vector<domain::Account> accounts;
    for (const auto& id : ids_of(query))
        accounts.push_back(find_account(now_(), id).value());
    return accounts;
}

std::vector<domain::Token> SqliteAdminReader::tokens(const TokenFilter& filter, const Page& page) {
    const auto after = page.after ? last_hash_of(*page.after) : Digest256{};
    const auto kind =
        filter.kind ? std::optional(static_cast<std::int64_t>(*filter.kind)) : std::nullopt;
    auto query = now_().query(kTokens);
    query.bind(after).bind(kind).bind(filter.owner_id).bind(limit_of(page));
    std::vector<domain::Token> tokens;
    while (query.next())
        tokens.push_back(find_token(now_(), query.digest256()).value());
    return tokens;
}

std::optional<domain::Token> SqliteAdminReader::token(const Uuid& id) {
    Digest256 from{};
    std::ranges::copy(id.bytes, from.begin());
    auto query = now_().query(kTokenFrom);
    query.bind(from);
    if (!query.next()) return std::nullopt;
    auto found = find_token(now_(), query.digest256());
    return found && found->id() == id ? found : std::nullopt;
}

std::vector<domain::Integration> SqliteAdminReader::integrations(const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kIntegrations);
    query.bind(after).bind(limit_of(page));
    std::vector<domain::Integration> rows;
    for (const auto& id : ids_of(query))
        rows.push_back(find_integration(now_(), id).value());
    return rows;
}

std::optional<domain::Integration> SqliteAdminReader::integration(const Uuid& id) {
    return find_integration(now_(), id);
}

std::vector<domain::ApiUser> SqliteAdminReader::api_users(const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kApiUsers);
    query.bind(after).bind(limit_of(page));
    return all(query, api_user_row);
}

std::optional<domain::ApiUser> SqliteAdminReader::api_user(const Uuid& id) {
    auto query = now_().query(kApiUser);
    query.bind(id);
    return first(query, api_user_row);
}

std::optional<domain::ApiUser> SqliteAdminReader::api_user_named(const Uuid& account_id,
                                                                 const std::string& username) {
    auto query = now_().query(kApiUserNamed);
    query.bind(account_id).bind(username);
    return first(query, api_user_row);
}

std::vector<domain::Grant> SqliteAdminReader::grants(const std::optional<Uuid>& holder_id,
                                                     const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kGrants);
    query.bind(after).bind(holder_id).bind(limit_of(page));
    return all(query, grant_row);
}

std::optional<domain::Grant> SqliteAdminReader::grant(const Uuid& id) {
    auto query = now_().query(kGrant);
    query.bind(id);
    return first(query, grant_row);
}

std::vector<domain::AuditEntry> SqliteAdminReader::audit(const AuditFilter& filter,
                                                         const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kAudit);
    query.bind(after).bind(filter.action).bind(filter.target).bind(limit_of(page));
    return all(query, audit_row);
}

std::vector<domain::Person> SqliteAdminReader::people(const Uuid& account_id, PersonName kind,
                                                      std::span<const std::string> names) {
    std::vector<domain::Person> people;
    for (const auto& name : names) {
        auto query = now_().query(person_query(kind));
        query.bind(account_id).bind(name);
        for (const auto& id : ids_of(query))
            people.push_back(find_person(now_(), id).value());
    }
    return people;
}

std::vector<domain::Class> SqliteAdminReader::classes(const Uuid& account_id,
                                                      std::span<const std::string> sis_ids) {
    std::vector<domain::Class> classes;
    for (const auto& name : sis_ids) {
        auto query = now_().query(kClassOfSis);
        query.bind(account_id).bind(name);
        for (const auto& id : ids_of(query))
            classes.push_back(find_class(now_(), id).value());
    }
    return classes;
}

std::vector<domain::Department> SqliteAdminReader::departments(const Uuid& account_id) {
    auto query = now_().query(kDepartments);
    query.bind(account_id);
    return all(query, department_row);
}

std::optional<domain::Department> SqliteAdminReader::department(const Uuid& id) {
    auto query = now_().query(kDepartment);
    query.bind(id);
    return first(query, department_row);
}

std::vector<domain::Enrollment> SqliteAdminReader::enrollments(std::span<const Uuid> class_ids,
                                                               std::span<const Uuid> person_ids) {
    std::vector<domain::Enrollment> found;
    for (std::size_t i = 0; i < class_ids.size(); ++i) {
        auto query = now_().query(kEnrollments);
        query.bind(class_ids[i]).bind(person_ids[i]);
        while (query.next())
            found.push_back(enrollment_row(query));
    }
    return found;
}

std::vector<domain::Enrollment> SqliteAdminReader::enrollments_of(const Uuid& class_id) {
    auto query = now_().query(kEnrollmentsOf);
    query.bind(class_id);
    return all(query, enrollment_row);
}

std::vector<domain::Class> SqliteAdminReader::classes(const Uuid& account_id, const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kClasses);
    query.bind(account_id).bind(after).bind(limit_of(page));
    std::vector<domain::Class> classes;
    for (const auto& id : ids_of(query))
        classes.push_back(find_class(now_(), id).value());
    return classes;
}

std::vector<domain::Category> SqliteAdminReader::categories(const Uuid& class_id,
                                                            const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kCategories);
    query.bind(class_id).bind(after).bind(limit_of(page));
    return all(query, category_row);
}

std::optional<domain::Category> SqliteAdminReader::category(const Uuid& id) {
    auto query = now_().query(kCategory);
    query.bind(id);
    return first(query, category_row);
}

std::vector<domain::Person> SqliteAdminReader::people(const Uuid& account_id, const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kPeople);
    query.bind(account_id).bind(after).bind(limit_of(page));
    std::vector<domain::Person> people;
    for (const auto& id : ids_of(query))
        people.push_back(find_person(now_(), id).value());
    return people;
}

std::vector<domain::Enrollment> SqliteAdminReader::enrollments(const EnrollmentFilter& filter,
                                                               const Page& page) {
    const auto after = page.after.value_or(kFirst);
    const auto of = filter.class_id.value_or(filter.person_id.value_or(filter.account_id));
    auto query = now_().query(filter.class_id    ? kEnrollmentsOfClass
                              : filter.person_id ? kEnrollmentsOfPerson
                                                 : kEnrollmentsOfAccount);
    query.bind(of).bind(after).bind(limit_of(page));
    return all(query, enrollment_row);
}

std::optional<domain::Enrollment> SqliteAdminReader::enrollment(const Uuid& id) {
    auto query = now_().query(kEnrollment);
    query.bind(id);
    return first(query, enrollment_row);
}

std::vector<Uuid> SqliteAdminReader::members(const Uuid& class_id, domain::Roles roles,
                                             const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now_().query(kMembers);
    query.bind(class_id).bind(std::int64_t{roles.bits}).bind(after).bind(limit_of(page));
    return ids_of(query);
}

LastNumbers SqliteAdminReader::last_numbers(const Uuid& account_id) {
    auto query = now_().query(kLastNumbers);
    query.bind(account_id);
    if (!query.next()) return {};
    return {.person = query.integer(), .klass = query.integer(), .integration = query.integer()};
}

}  // namespace handin::store::sqlite
