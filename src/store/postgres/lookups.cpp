#include "store/postgres/lookups.hpp"

#include <algorithm>

#include "store/model_codec.hpp"
#include "store/packed.hpp"

namespace handin::store::postgres {
namespace {

using domain::Upload;

std::uint64_t size_in(Rows& row) {
    return static_cast<std::uint64_t>(row.integer());
}

}  // namespace

const char* const kAccountsById =
    "SELECT id, number, shard, name, public_token, lti_guid, reclaim_first"
    " FROM account WHERE id = ANY($1::uuid[])";
const char* const kPeopleById =
    "SELECT id, account_id, number, first_name, last_name, email, login, sis_id, university_id,"
    " lti_user_id, time_zone, created_at, updated_at, disability FROM person"
    " WHERE id = ANY($1::uuid[])";
const char* const kClassesById =
    "SELECT id, account_id, department_id, number, name, description, sis_id, module_code,"
    " time_zone, created_at, updated_at, late_policy FROM class WHERE id = ANY($1::uuid[])";
const char* const kAssignmentsById =
    "SELECT id, class_id, number, title, description, published, locked, display_at, open_at,"
    " due_at, close_at, points_possible, kinds, max_attempts, resubmission, everybody, assignees,"
    " created_at, updated_at, rules, deleted_at, details FROM assignment WHERE id = "
    "ANY($1::uuid[])";
const char* const kLastAssignments =
    "SELECT account_id, max(number) FROM assignment WHERE account_id = ANY($1::uuid[])"
    " GROUP BY account_id";
const char* const kIntegrationsById =
    "SELECT id, account_id, number, name, client_id, client_secret_hash, state, created_at"
    " FROM integration WHERE id = ANY($1::uuid[])";
const char* const kIntegrationsByClient =
    "SELECT id, account_id, number, name, client_id, client_secret_hash, state, created_at"
    " FROM integration WHERE client_id = ANY($1::text[])";
const char* const kTokensByHash =
    "SELECT hash, account_id, kind, person_id, integration_id, refresh_hash, created_at, "
    "expires_at,"
    " api_user_id, name FROM token WHERE hash = ANY($1::bytea[])";
const char* const kSubmissionsById =
    "SELECT id, assignment_id, person_id, attempts, reclaimed, submitted_at, created_at,"
    " updated_at, version, replays, marking, stamp FROM submission WHERE id = ANY($1::uuid[])";
const char* const kUploadsById =
    "SELECT id, account_id, person_id, kind, state, length, received, filename, media_type,"
    " metadata, parts, created_at, expires_at, storage_id, sha256, sha1, in_row, version"
    " FROM upload WHERE id = ANY($1::uuid[])";
const char* const kUsagesByOwner =
    "SELECT owner_id, bytes, uploads FROM upload_usage WHERE owner_id = ANY($1::uuid[])";
const char* const kRolesByMember =
    "SELECT e.class_id, e.person_id, e.role, e.created_at"
    " FROM unnest($1::uuid[], $2::uuid[]) AS u (class_id, person_id)"
    " JOIN enrollment e ON e.class_id = u.class_id AND e.person_id = u.person_id";
const char* const kGroupsByMember =
    "SELECT m.set_id, m.person_id, g.id, g.set_id, g.number, g.name, g.members"
    " FROM unnest($1::uuid[], $2::uuid[]) AS u (set_id, person_id)"
    " JOIN group_member m ON m.set_id = u.set_id AND m.person_id = u.person_id"
    " JOIN student_group g ON g.id = m.group_id";
const char* const kCommentsById =
    "SELECT id, number, submission_id, author_id, by_grader, text, attempt, draft, hidden,"
    " group_id, created_at, edited_at FROM comment WHERE id = ANY($1::uuid[])";
const char* const kGeneration = "SELECT generation FROM roster";

// The fields are read in the order in which they are written here: in braces that order is fixed.

domain::Account account_row(Rows& row) {
    return {.id = row.id(),
            .number = row.integer(),
            .shard = row.integer(),
            .name = row.text(),
            .public_token = row.text(),
            .lti_guid = row.text(),
            .reclaim_first = static_cast<std::uint32_t>(row.integer())};
}

domain::Person person_row(Rows& row) {
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
            .disability = row.enumeration<domain::Disability>()};
}

domain::Class class_row(Rows& row) {
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

domain::Assignment assignment_row(Rows& row) {
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
        .resubmission = row.enumeration<domain::Resubmission>(),
        .everybody = row.flag(),
        .assignees = unpack_ids(row.blob()),
        .created_at = row.time(),
        .updated_at = row.time(),
        .rules = row.null() ? domain::AssignmentRules{} : decode_rules(row.text()),
        .deleted_at = row.optional_time()};
    if (!row.null()) decode_details(row.text(), assignment);
    return assignment;
}

domain::Integration integration_row(Rows& row) {
    return {.id = row.id(),
            .account_id = row.id(),
            .number = row.integer(),
            .name = row.text(),
            .client_id = row.text(),
            .client_secret_hash = row.digest256(),
            .state = row.enumeration<domain::Integration::State>(),
            .created_at = row.time()};
}

domain::Token token_row(Rows& row) {
    return {.hash = row.digest256(),
            .account_id = row.id(),
            .kind = row.enumeration<domain::Token::Kind>(),
            .person_id = row.optional_id(),
            .integration_id = row.optional_id(),
            .refresh_hash = row.null() ? std::nullopt : std::optional(row.digest256()),
            .created_at = row.time(),
            .expires_at = row.optional_time(),
            .api_user_id = row.optional_id(),
            .name = row.text()};
}

domain::Submission submission_row(Rows& row) {
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

domain::Group group_row(Rows& row) {
    return {.id = row.id(),
            .set_id = row.id(),
            .number = row.integer(),
            .name = row.text(),
            .members = unpack_ids(row.blob())};
}

domain::Comment comment_row(Rows& row) {
    return {.id = row.id(),
            .number = row.integer(),
            .submission_id = row.id(),
            .author_id = row.optional_id(),
            .by_grader = row.flag(),
            .text = row.text(),
            .attempt = row.null() ? std::nullopt
                                  : std::optional(static_cast<std::uint32_t>(row.integer())),
            .draft = row.flag(),
            .hidden = row.flag(),
            .group_id = row.optional_id(),
            .created_at = row.time(),
            .edited_at = row.optional_time()};
}

Upload upload_row(Rows& row) {
    Upload upload{
        .id = row.id(),
        .account_id = row.id(),
        .person_id = row.id(),
        .kind = row.enumeration<Upload::Kind>(),
        .state = row.enumeration<Upload::State>(),
        .length = row.null() ? std::nullopt : std::optional(size_in(row)),
        .received = size_in(row),
        .filename = row.text(),
        .media_type = row.text(),
        .metadata = row.text(),
        .parts = unpack_ids(row.blob()),
        .bytes = {},
        .created_at = row.time(),
        .expires_at = row.time(),
    };
    const auto storage_id = row.optional_id();
    if (!storage_id) {
        (void)row.null(), (void)row.null(), (void)row.null();  // sha256, sha1, in_row
        return upload;
    }
    upload.bytes = {.storage_id = *storage_id,
                    .size = upload.received,
                    .sha256 = row.digest256(),
                    .sha1 = row.digest160(),
                    .in_row = row.flag()};
    return upload;
}

domain::UploadUsage usage_row(Rows& row) {
    return {.owner_id = row.id(), .bytes = row.integer(), .uploads = row.integer()};
}

void add_role(Rows& row, std::optional<domain::Membership>& membership) {
    const auto role = row.enumeration<domain::Role>();
    const auto since = row.time();
    if (!membership) membership.emplace(domain::Membership{.roles = {}, .since = since});
    membership->roles.add(role);
    membership->since = std::min(membership->since, since);
}

}  // namespace handin::store::postgres
