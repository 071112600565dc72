#include "store/sqlite/reader.hpp"

#include <stdexcept>

#include "store/event_codec.hpp"
#include "store/packed.hpp"
#include "store/sqlite/comment_rows.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/lookups.hpp"
#include "store/sqlite/upload_rows.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kAnyAccount = "SELECT 1 FROM account LIMIT 1";
constexpr const char* kAnyToken = "SELECT 1 FROM token WHERE kind = ? LIMIT 1";
constexpr const char* kRolesOf = "SELECT DISTINCT role FROM enrollment WHERE person_id = ?";
constexpr const char* kDepartmentsOf =
    "SELECT DISTINCT class.department_id FROM enrollment JOIN class ON class.id = class_id"
    " WHERE person_id = ? ORDER BY 1";
constexpr const char* kClassesOf =
    "SELECT DISTINCT class_id FROM enrollment WHERE person_id = ? AND class_id > ?"
    " ORDER BY class_id LIMIT ?";
constexpr const char* kStudents =
    "SELECT person_id FROM enrollment WHERE class_id = ? AND person_id > ? AND role = ?"
    " ORDER BY person_id LIMIT ?";
constexpr const char* kParticipants =
    "SELECT person_id FROM participant WHERE assignment_id = ? AND person_id > ?"
    " ORDER BY person_id LIMIT ?";
constexpr const char* kAssignments =
    "SELECT id FROM assignment WHERE class_id = ? AND id > ? AND deleted_at IS NULL"
    " ORDER BY id LIMIT ?";
constexpr const char* kAttempt =
    "SELECT id, submission_id, number, actor_id, received_at, submitted_at, committed_at,"
    " attachments, receipt_batch, receipt_index, receipt_salt FROM attempt WHERE id = ?";
constexpr const char* kAttachment =
    "SELECT id, kind, title, description, url, storage_id, size, sha256, sha1, in_row"
    " FROM attachment WHERE id = ?";
constexpr const char* kAttemptOf = "SELECT attempt_id FROM attachment WHERE id = ?";
constexpr const char* kRowBytes = "SELECT bytes FROM row_bytes WHERE storage_id = ?";
constexpr const char* kReceiptBatch =
    "SELECT id, committed_at, key, root, signature, leaves FROM receipt_batch WHERE id = ?";
constexpr const char* kEvents =
    "SELECT sequence, event FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?";
constexpr const char* kLastSequence = "SELECT coalesce(max(sequence), 0) FROM outbox";
constexpr const char* kSetting = "SELECT value FROM setting WHERE name = ?";

// Attempts never change, whatever happens to the roster.
constexpr Generation kForever = 1;

// Every id sorts after the nil UUID.
const Uuid kFirst{};

std::vector<Uuid> ids_of(Query& query) {
    std::vector<Uuid> ids;
    while (query.next())
        ids.push_back(query.id());
    return ids;
}

domain::Attachment attachment_of(Query& row) {
    domain::Attachment attachment{.id = row.id(),
                                  .kind = static_cast<domain::AttachmentKind>(row.integer()),
                                  .title = row.text(),
                                  .description = row.text(),
                                  .url = row.text(),
                                  .bytes = {}};
    if (!row.null())
        attachment.bytes = {.storage_id = row.id(),
                            .size = static_cast<std::uint64_t>(row.integer()),
                            .sha256 = row.digest256(),
                            .sha1 = row.digest160(),
                            .in_row = row.flag()};
    return attachment;
}

}  // namespace

std::optional<domain::Attempt> find_attempt(Connection& db, const Uuid& id) {
    auto query = db.query(kAttempt);
    query.bind(id);
    if (!query.next()) return std::nullopt;
    domain::Attempt attempt{.id = query.id(),
                            .submission_id = query.id(),
                            .number = static_cast<std::uint32_t>(query.integer()),
                            .actor_id = query.optional_id(),
                            .received_at = query.time(),
                            .submitted_at = query.time(),
                            .committed_at = query.time(),
                            .attachments = {}};
    for (const auto& attachment_id : unpack_ids(query.blob())) {
        auto attachment = db.query(kAttachment);
        attachment.bind(attachment_id);
        if (!attachment.next())
            throw std::runtime_error("an attempt names an attachment that is not there");
        attempt.attachments.push_back(attachment_of(attachment));
    }
    if (!query.null())
        attempt.receipt = {.batch_id = query.id(),
                           .index = static_cast<std::uint32_t>(query.integer()),
                           .salt = query.bytes<std::tuple_size_v<domain::Salt>>()};
    return attempt;
}

SqliteReader::SqliteReader(const std::filesystem::path& file, RowCache& cache, const LogSync& log)
    : now_(file), roster_(file), cache_(cache), log_(log) {}

std::optional<Bearer> SqliteReader::bearer(const Digest256& token_hash) {
    auto token = this->token(token_hash);
    if (!token) return std::nullopt;
    Bearer bearer{.token = *token, .integration = std::nullopt};
    if (const auto& id = bearer.token.integration_id)
        bearer.integration = cache_.integrations.get(
            *id, generation_, [&] { return find_integration(roster(), *id); });
    return bearer;
}

std::optional<domain::Token> SqliteReader::token(const Digest256& hash) {
    return cache_.tokens.get(hash, generation_, [&] {
        auto token = find_token(roster(), hash);
        return token ? token : find_token(now(), hash);  // a new token does not end that snapshot
    });
}

std::optional<domain::Integration> SqliteReader::client(const std::string& client_id) {
    return find_client(now(), client_id);
}

bool SqliteReader::has_account() {
    return now().query(kAnyAccount).next();
}

bool SqliteReader::has_token(domain::Token::Kind kind) {
    auto query = now().query(kAnyToken);
    query.bind(static_cast<std::int64_t>(kind));
    return query.next();
}

std::optional<domain::Account> SqliteReader::account(const Uuid& id) {
    return cache_.accounts.get(id, generation_, [&] { return find_account(roster(), id); });
}

std::optional<domain::Person> SqliteReader::person(const Uuid& id) {
    return cache_.people.get(id, generation_, [&] { return find_person(roster(), id); });
}

domain::Affiliation SqliteReader::affiliation(const Uuid& person_id) {
    domain::Affiliation affiliation;
    auto roles = now().query(kRolesOf);
    roles.bind(person_id);
    while (roles.next())
        affiliation.roles.add(static_cast<domain::Role>(roles.integer()));
    auto departments = now().query(kDepartmentsOf);
    departments.bind(person_id);
    affiliation.department_ids = ids_of(departments);
    return affiliation;
}

std::optional<domain::Class> SqliteReader::klass(const Uuid& id) {
    return cache_.classes.get(id, generation_, [&] { return find_class(roster(), id); });
}

std::optional<domain::Membership> SqliteReader::membership(const Uuid& class_id,
                                                           const Uuid& person_id) {
    return cache_.memberships.get({class_id, person_id}, generation_,
                                  [&] { return find_membership(roster(), class_id, person_id); });
}

std::vector<domain::Class> SqliteReader::classes_of(const Uuid& person_id, const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now().query(kClassesOf);
    query.bind(person_id).bind(after).bind(static_cast<std::int64_t>(page.limit));
    std::vector<domain::Class> classes;
    for (const auto& id : ids_of(query))
        if (auto found = find_class(now(), id)) classes.push_back(std::move(*found));
    return classes;
}

std::vector<ClassMember> SqliteReader::students(const Uuid& class_id, const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now().query(kStudents);
    query.bind(class_id)
        .bind(after)
        .bind(static_cast<std::int64_t>(domain::Role::student))
        .bind(static_cast<std::int64_t>(page.limit));
    std::vector<ClassMember> members;
    for (const auto& id : ids_of(query))
        if (auto found = find_membership(now(), class_id, id)) members.push_back({id, *found});
    return members;
}

std::optional<domain::Group> SqliteReader::group(const Uuid& set_id, const Uuid& person_id) {
    return find_group(roster(), set_id, person_id);
}

std::vector<Uuid> SqliteReader::participants(const Uuid& assignment_id, const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now().query(kParticipants);
    query.bind(assignment_id).bind(after).bind(static_cast<std::int64_t>(page.limit));
    return ids_of(query);
}

std::optional<domain::Assignment> SqliteReader::any_assignment(const Uuid& id) {
    return cache_.assignments.get(id, generation_, [&] { return find_assignment(roster(), id); });
}

std::vector<domain::Assignment> SqliteReader::assignments(const Uuid& class_id, const Page& page) {
    const auto after = page.after.value_or(kFirst);
    auto query = now().query(kAssignments);
    query.bind(class_id).bind(after).bind(static_cast<std::int64_t>(page.limit));
    std::vector<domain::Assignment> assignments;
    for (const auto& id : ids_of(query))
        if (auto found = find_assignment(now(), id)) assignments.push_back(std::move(*found));
    return assignments;
}

std::vector<domain::Grant> SqliteReader::grants_of(const Uuid& holder_id) {
    return *cache_.grants.get(holder_id, generation_,
                              [&] { return std::optional(find_grants_of(roster(), holder_id)); });
}

std::optional<domain::Submission> SqliteReader::submission(const Uuid& id) {
    return find_submission(now(), id);
}

std::vector<domain::Attempt> SqliteReader::attempts(std::span<const Uuid> ids) {
    std::vector<domain::Attempt> attempts;
    attempts.reserve(ids.size());
    for (const auto& id : ids) {
        auto found = attempt(id);
        if (!found) throw std::runtime_error("a submission names an attempt that is not there");
        attempts.push_back(std::move(*found));
    }
    return attempts;
}

std::optional<domain::Attempt> SqliteReader::attempt(const Uuid& id) {
    now();  // one that is kept in memory has been looked at all the same
    return cache_.attempts.get(id, kForever, [&] { return find_attempt(now(), id); });
}

std::optional<domain::Attempt> SqliteReader::attempt_of(const Uuid& attachment_id) {
    std::optional<Uuid> id;
    {
        auto query = now().query(kAttemptOf);
        query.bind(attachment_id);
        if (query.next()) id = query.id();
    }
    return id ? find_attempt(now(), *id) : std::nullopt;
}

std::vector<domain::Comment> SqliteReader::comments(std::span<const Uuid> ids) {
    std::vector<domain::Comment> comments;
    comments.reserve(ids.size());
    for (const auto& id : ids) {
        auto found = find_comment(now(), id);
        if (!found) throw std::runtime_error("a submission names a comment that is not there");
        comments.push_back(std::move(*found));
    }
    return comments;
}

std::string SqliteReader::row_bytes(const Uuid& storage_id) {
    auto query = now().query(kRowBytes);
    query.bind(storage_id);
    if (!query.next()) throw std::runtime_error("an attachment names bytes that are not there");
    return query.blob();
}

std::optional<domain::ReceiptBatch> SqliteReader::receipt_batch(const Uuid& id) {
    auto query = now().query(kReceiptBatch);
    query.bind(id);
    if (!query.next()) return std::nullopt;
    return domain::ReceiptBatch{.id = query.id(),
                                .committed_at = query.time(),
                                .key = query.bytes<32>(),
                                .root = query.digest256(),
                                .signature = query.bytes<64>(),
                                .leaves = unpack_digests(query.blob())};
}

std::optional<domain::Upload> SqliteReader::upload(const Uuid& id) {
    return find_upload(now(), id);
}

std::optional<domain::UploadUsage> SqliteReader::upload_usage(const Uuid& owner_id) {
    return find_upload_usage(now(), owner_id);
}

std::vector<Uuid> SqliteReader::expired_uploads(Time now, std::size_t limit) {
    return find_expired_uploads(this->now(), now, limit);
}

std::vector<Uuid> SqliteReader::unnamed_files(std::span<const Uuid> storage_ids) {
    return sqlite::unnamed_files(now(), storage_ids);
}

std::vector<StoredEvent> SqliteReader::events(std::int64_t after, std::size_t limit) {
    auto query = now().query(kEvents);
    query.bind(after).bind(static_cast<std::int64_t>(limit));
    std::vector<StoredEvent> events;
    while (query.next()) {
        const auto sequence = query.integer();
        events.push_back(stored_event(sequence, query.text()));
    }
    return events;
}

std::int64_t SqliteReader::last_sequence() {
    auto query = now().query(kLastSequence);
    return query.next() ? query.integer() : 0;
}

std::optional<std::string> SqliteReader::setting(std::string_view name) {
    const std::string key(name);
    auto query = now().query(kSetting);
    query.bind(key);
    return query.next() ? std::optional(query.text()) : std::nullopt;
}

}  // namespace handin::store::sqlite
