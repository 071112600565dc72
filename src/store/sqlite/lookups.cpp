#include "store/sqlite/lookups.hpp"

#include <algorithm>

#include "store/model_codec.hpp"
#include "store/packed.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kAccount =
    "SELECT id, number, shard, name, public_token, lti_guid, reclaim_first"
    " FROM account WHERE id = ?";
constexpr const char* kPerson =
    "SELECT id, account_id, number, first_name, last_name, email, login, sis_id, university_id,"
    " lti_user_id, time_zone, created_at, updated_at, disability FROM person WHERE id = ?";
constexpr const char* kClass =
    "SELECT id, account_id, department_id, number, name, description, sis_id, module_code,"
    " time_zone, created_at, updated_at, late_policy FROM class WHERE id = ?";
constexpr const char* kMembership =
    "SELECT role, created_at FROM enrollment WHERE class_id = ? AND person_id = ?";
constexpr const char* kAssignment =
    "SELECT id, class_id, number, title, description, published, locked, display_at, open_at,"
    " due_at, close_at, points_possible, kinds, max_attempts, resubmission, everybody, assignees,"
    " created_at, updated_at, rules, deleted_at, details FROM assignment WHERE id = ?";
constexpr const char* kLastAssignment =
    "SELECT coalesce(max(number), 0) FROM assignment WHERE account_id = ?";
constexpr const char* kIntegration =
    "SELECT id, account_id, number, name, client_id, client_secret_hash, state, created_at"
    " FROM integration WHERE id = ?";
constexpr const char* kClient = "SELECT id FROM integration WHERE client_id = ?";
constexpr const char* kToken =
    "SELECT hash, account_id, kind, person_id, integration_id, refresh_hash, created_at, "
    "expires_at,"
    " api_user_id, name FROM token WHERE hash = ?";
constexpr const char* kSubmission =
    "SELECT id, assignment_id, person_id, attempts, reclaimed, submitted_at, created_at,"
    " updated_at, version, replays, marking FROM submission WHERE id = ?";

template <class Row, class Key>
std::optional<Row> one(Connection& db, const char* sql, const Key& key, Row (*read)(Query&)) {
    auto query = db.query(sql);
    query.bind(key);
    if (!query.next()) return std::nullopt;
    return read(query);
}

template <class Enum>
Enum enumeration(Query& row) {
    return static_cast<Enum>(row.integer());
}

// The fields are read in the order in which they are written here: in braces that order is fixed.

domain::Account account_row(Query& row) {
    return {.id = row.id(),
            .number = row.integer(),
            .shard = row.integer(),
            .name = row.text(),
            .public_token = row.text(),
            .lti_guid = row.text(),
            .reclaim_first = static_cast<std::uint32_t>(row.integer())};
}

domain::Person person_row(Query& row) {
    return {.id = row.id(),
            .account_id = row.id(),
            .number = row.integer(),
            .first_name = row.text(),
            .last_name = row.text(),
            .email = row.text(),
            .login = row.text(),
            .sis_id = row.text(),
            .university_id = row.text(),
            .lti_user_id = row.text(),
            .time_zone = row.text(),
            .created_at = row.time(),
            .updated_at = row.time(),
            .disability = enumeration<domain::Disability>(row)};
}

domain::Class class_row(Query& row) {
    return {.id = row.id(),
            .account_id = row.id(),
            .department_id = row.id(),
            .number = row.integer(),
            .name = row.text(),
            .description = row.text(),
            .sis_id = row.text(),
            .module_code = row.text(),
            .time_zone = row.text(),
            .created_at = row.time(),
            .updated_at = row.time(),
            .late_policy = row.null() ? domain::LatePolicy{} : decode_late_policy(row.text())};
}

domain::Assignment assignment_row(Query& row) {
    domain::Assignment assignment{
        .id = row.id(),
        .class_id = row.id(),
        .number = row.integer(),
        .title = row.text(),
        .description = row.text(),
        .published = row.flag(),
        .locked = row.flag(),
        .display_at = row.optional_time(),
        .open_at = row.optional_time(),
        .due_at = row.optional_time(),
        .close_at = row.optional_time(),
        .points_possible = row.null() ? std::nullopt : std::optional(row.real()),
        .kinds = {static_cast<std::uint32_t>(row.integer())},
        .max_attempts = row.null() ? std::nullopt : std::optional(row.integer()),
        .resubmission = enumeration<domain::Resubmission>(row),
        .everybody = row.flag(),
        .assignees = unpack_ids(row.blob()),
        .created_at = row.time(),
        .updated_at = row.time(),
        .rules = row.null() ? domain::AssignmentRules{} : decode_rules(row.text()),
        .deleted_at = row.optional_time()};
    if (!row.null()) decode_details(row.text(), assignment);
    return assignment;
}

domain::Integration integration_row(Query& row) {
    return {.id = row.id(),
            .account_id = row.id(),
            .number = row.integer(),
            .name = row.text(),
            .client_id = row.text(),
            .client_secret_hash = row.digest256(),
            .state = enumeration<domain::Integration::State>(row),
            .created_at = row.time()};
}

domain::Token token_row(Query& row) {
    return {.hash = row.digest256(),
            .account_id = row.id(),
            .kind = enumeration<domain::Token::Kind>(row),
            .person_id = row.optional_id(),
            .integration_id = row.optional_id(),
            .refresh_hash = row.null() ? std::nullopt : std::optional(row.digest256()),
            .created_at = row.time(),
            .expires_at = row.optional_time(),
            .api_user_id = row.optional_id(),
            .name = row.text()};
}

domain::Submission submission_row(Query& row) {
    domain::Submission submission{.id = row.id(),
                                  .assignment_id = row.id(),
                                  .person_id = row.id(),
                                  .attempts = unpack_ids(row.blob()),
                                  .reclaimed = row.flag(),
                                  .submitted_at = row.optional_time(),
                                  .created_at = row.time(),
                                  .updated_at = row.time(),
                                  .version = row.integer(),
                                  .replays = unpack_replays(row.blob())};
    if (!row.null()) decode_marking(row.text(), submission);
    return submission;
}

}  // namespace

std::optional<domain::Account> find_account(Connection& db, const Uuid& id) {
    return one(db, kAccount, id, account_row);
}

std::optional<domain::Person> find_person(Connection& db, const Uuid& id) {
    return one(db, kPerson, id, person_row);
}

std::optional<domain::Class> find_class(Connection& db, const Uuid& id) {
    return one(db, kClass, id, class_row);
}

std::optional<domain::Membership> find_membership(Connection& db, const Uuid& class_id,
                                                  const Uuid& person_id) {
    auto query = db.query(kMembership);
    query.bind(class_id).bind(person_id);
    std::optional<domain::Membership> membership;
    while (query.next()) {
        const auto role = enumeration<domain::Role>(query);
        const auto since = query.time();
        if (!membership) membership.emplace(domain::Membership{.roles = {}, .since = since});
        membership->roles.add(role);
        membership->since = std::min(membership->since, since);
    }
    return membership;
}

std::optional<domain::Assignment> find_assignment(Connection& db, const Uuid& id) {
    return one(db, kAssignment, id, assignment_row);
}

std::int64_t find_last_assignment(Connection& db, const Uuid& account_id) {
    auto query = db.query(kLastAssignment);
    query.bind(account_id);
    return query.next() ? query.integer() : 0;
}

std::optional<domain::Integration> find_integration(Connection& db, const Uuid& id) {
    return one(db, kIntegration, id, integration_row);
}

std::optional<domain::Integration> find_client(Connection& db, const std::string& client_id) {
    std::optional<Uuid> id;
    {
        auto query = db.query(kClient);
        query.bind(client_id);
        if (query.next()) id = query.id();
    }
    return id ? find_integration(db, *id) : std::nullopt;
}

std::optional<domain::Token> find_token(Connection& db, const Digest256& hash) {
    return one(db, kToken, hash, token_row);
}

std::optional<domain::Submission> find_submission(Connection& db, const Uuid& id) {
    return one(db, kSubmission, id, submission_row);
}

}  // namespace handin::store::sqlite
