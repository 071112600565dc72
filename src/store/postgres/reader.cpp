#include "store/postgres/reader.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <unordered_map>

#include "store/packed.hpp"
#include "store/postgres/lookups.hpp"
#include "store/postgres/sequence.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {
namespace {

constexpr const char* kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
constexpr const char* kAnyAccount = "SELECT id FROM account LIMIT 1";
constexpr const char* kAnyToken = "SELECT hash FROM token WHERE kind = $1 LIMIT 1";
constexpr const char* kRolesOf = "SELECT DISTINCT role FROM enrollment WHERE person_id = $1";
constexpr const char* kDepartmentsOf =
    "SELECT DISTINCT c.department_id FROM enrollment e JOIN class c ON c.id = e.class_id"
    " WHERE e.person_id = $1 ORDER BY 1";
constexpr const char* kClassesOf =
    "SELECT DISTINCT class_id FROM enrollment WHERE person_id = $1 AND class_id > $2"
    " ORDER BY class_id LIMIT $3";
constexpr const char* kStudents =
    "SELECT person_id FROM enrollment WHERE class_id = $1 AND person_id > $2 AND role = $3"
    " ORDER BY person_id LIMIT $4";
constexpr const char* kParticipants =
    "SELECT person_id FROM participant WHERE assignment_id = $1 AND person_id > $2"
    " ORDER BY person_id LIMIT $3";
constexpr const char* kAssignments =
    "SELECT id FROM assignment WHERE class_id = $1 AND id > $2 AND deleted_at IS NULL"
    " ORDER BY id LIMIT $3";
constexpr const char* kAttempts =
    "SELECT id, submission_id, number, actor_id, received_at, submitted_at, committed_at,"
    " attachments, receipt_batch, receipt_index, receipt_salt"
    " FROM attempt WHERE id = ANY($1::uuid[])";
constexpr const char* kAttachments =
    "SELECT id, kind, title, description, url, storage_id, size, sha256, sha1, in_row"
    " FROM attachment WHERE id = ANY($1::uuid[])";
constexpr const char* kAttemptOf = "SELECT attempt_id FROM attachment WHERE id = $1";
constexpr const char* kRowBytes = "SELECT bytes FROM row_bytes WHERE storage_id = $1";
constexpr const char* kReceiptBatch =
    "SELECT id, committed_at, key, root, signature, leaves FROM receipt_batch WHERE id = $1";
constexpr const char* kExpired =
    "SELECT id FROM upload WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2";
constexpr const char* kNextSequence = "SELECT next FROM sequence_end";
constexpr const char* kSetting = "SELECT value FROM setting WHERE name = $1";
// Every place that may name a file is a line of its own here.
constexpr const char* kNamed =
    "SELECT storage_id FROM attachment WHERE NOT in_row AND storage_id BETWEEN $1 AND $2"
    " UNION ALL"
    " SELECT storage_id FROM upload WHERE NOT in_row AND storage_id BETWEEN $1 AND $2"
    // Complete, but a crash or a failed commit has kept its row from saying so: it goes on from
    // there (blob/local/local_partials.cpp).
    " UNION ALL"
    " SELECT id FROM upload WHERE storage_id IS NULL AND id BETWEEN $1 AND $2";

// How often a snapshot is taken until nobody has committed just before it. After that an event may
// be missing that its submission has already; it was not acknowledged when the question came.
constexpr int kRounds = 20;

// Attempts never change, whatever happens to the roster.
constexpr Generation kForever = 1;

// Every id sorts after the nil UUID.
const Uuid kFirst{};

std::int64_t limit_of(const Page& page) {
    return static_cast<std::int64_t>(page.limit);
}

std::vector<Uuid> ids_of(Rows rows) {
    std::vector<Uuid> ids;
    ids.reserve(rows.size());
    while (rows.next())
        ids.push_back(rows.id());
    return ids;
}

domain::Attachment attachment_row(Rows& row) {
    domain::Attachment attachment{.id = row.id(),
                                  .kind = row.enumeration<domain::AttachmentKind>(),
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

// The attachments' ids go into `parts`, in order.
domain::Attempt attempt_row(Rows& row, std::vector<Uuid>& parts) {
    domain::Attempt attempt{.id = row.id(),
                            .submission_id = row.id(),
                            .number = static_cast<std::uint32_t>(row.integer()),
                            .actor_id = row.optional_id(),
                            .received_at = row.time(),
                            .submitted_at = row.time(),
                            .committed_at = row.time(),
                            .attachments = {}};
    parts = unpack_ids(row.blob());
    if (!row.null())
        attempt.receipt = {.batch_id = row.id(),
                           .index = static_cast<std::uint32_t>(row.integer()),
                           .salt = row.bytes<std::tuple_size_v<domain::Salt>>()};
    return attempt;
}

}  // namespace

void PostgresReader::begin() {
    open_ = false;
    roster_ = 0;
}

void PostgresReader::end() {
    if (!open_) return;
    open_ = false;
    try {
        db_->run_later("COMMIT");
    } catch (const Lost&) {  // everything has been answered
        db_.reset();
    }
}

void PostgresReader::connect() {
    if (db_ && era_ == tools_.connector.era()) return;
    db_.reset();
    era_ = tools_.connector.era();
    db_ = tools_.connector.connect();
}

// Nothing has been answered in this transaction yet, so a connection that turns out to be dead can
// be replaced.
Rows PostgresReader::ask_first(const char* sql, const Parameters& parameters) {
    if (only_memory_) throw Miss();
    for (bool again = true;; again = false) {
        connect();
        try {
            const auto asked = RosterWatch::Clock::now();
            const bool new_roster = roster_ == 0;
            db_->queue(kBegin);
            if (new_roster) db_->queue(kGeneration);
            if (sql != nullptr) db_->queue(sql, parameters);
            auto answers = db_->run();
            open_ = true;
            if (new_roster && answers[1].next())
                roster_ = tools_.watch.saw(answers[1].integer(), asked).cached;
            return std::move(answers.back());
        } catch (const Lost& error) {
            db_.reset();
            tools_.connector.lost();
            if (!again) throw Unavailable(error.what());
        } catch (const Refused& error) {
            db_.reset();
            throw Unavailable(error.what());
        }
    }
}

Rows PostgresReader::ask(const char* sql, const Parameters& parameters) {
    if (!open_) {
        if (const auto believed = tools_.watch.believed(); roster_ == 0 && believed)
            roster_ = believed->cached;
        return ask_first(sql, parameters);
    }
    try {
        return std::move(db_->queue(sql, parameters).run().back());
    } catch (const Lost& error) {
        db_.reset();
        open_ = false;
        tools_.connector.lost();
        throw Unavailable(error.what());
    } catch (const Refused& error) {
        open_ = false;
        throw Unavailable(error.what());
    }
}

Generation PostgresReader::roster() {
    if (roster_ != 0) return roster_;
    if (const auto believed = tools_.watch.believed())
        roster_ = believed->cached;
    else
        (void)ask_first(nullptr, {});
    return roster_;
}

template <class Row, class Key>
std::optional<Row> PostgresReader::one(const char* sql, const Key& key, Row (*read)(Rows&)) {
    auto rows = ask(sql, Parameters().column(std::span(&key, 1)));
    return rows.next() ? std::optional(read(rows)) : std::nullopt;
}

std::optional<Bearer> PostgresReader::bearer(const Digest256& token_hash) {
    auto found = token(token_hash);
    if (!found) return std::nullopt;
    Bearer bearer{.token = *found, .integration = std::nullopt};
    if (const auto& id = bearer.token.integration_id)
        bearer.integration = tools_.cache.integrations.get(
            *id, roster(), [&] { return one(kIntegrationsById, *id, integration_row); });
    return bearer;
}

std::optional<domain::Token> PostgresReader::token(const Digest256& hash) {
    return tools_.cache.tokens.get(hash, roster(),
                                   [&] { return one(kTokensByHash, hash, token_row); });
}

std::optional<domain::Integration> PostgresReader::client(const std::string& client_id) {
    return one(kIntegrationsByClient, client_id, integration_row);
}

bool PostgresReader::has_account() {
    return ask(kAnyAccount).next();
}

bool PostgresReader::has_token(domain::Token::Kind kind) {
    return ask(kAnyToken, Parameters().add(kind)).next();
}

std::optional<domain::Account> PostgresReader::account(const Uuid& id) {
    return tools_.cache.accounts.get(id, roster(),
                                     [&] { return one(kAccountsById, id, account_row); });
}

std::optional<domain::Person> PostgresReader::person(const Uuid& id) {
    return tools_.cache.people.get(id, roster(), [&] { return one(kPeopleById, id, person_row); });
}

domain::Affiliation PostgresReader::affiliation(const Uuid& person_id) {
    domain::Affiliation affiliation;
    auto roles = ask(kRolesOf, Parameters().add(person_id));
    while (roles.next())
        affiliation.roles.add(roles.enumeration<domain::Role>());
    affiliation.department_ids = ids_of(ask(kDepartmentsOf, Parameters().add(person_id)));
    return affiliation;
}

std::optional<domain::Class> PostgresReader::klass(const Uuid& id) {
    return tools_.cache.classes.get(id, roster(), [&] { return one(kClassesById, id, class_row); });
}

std::optional<domain::Membership> PostgresReader::membership(const Uuid& class_id,
                                                             const Uuid& person_id) {
    return tools_.cache.memberships.get({class_id, person_id}, roster(), [&] {
        auto rows =
            ask(kRolesByMember,
                Parameters().column(std::span(&class_id, 1)).column(std::span(&person_id, 1)));
        std::optional<domain::Membership> membership;
        while (rows.next()) {
            (void)rows.id(), (void)rows.id();
            add_role(rows, membership);
        }
        return membership;
    });
}

std::vector<domain::Class> PostgresReader::classes_of(const Uuid& person_id, const Page& page) {
    const auto ids = ids_of(
        ask(kClassesOf,
            Parameters().add(person_id).add(page.after.value_or(kFirst)).add(limit_of(page))));
    auto rows = ask(kClassesById, Parameters().column(ids));
    std::vector<domain::Class> classes;
    while (rows.next())
        classes.push_back(class_row(rows));
    std::ranges::sort(classes, {}, &domain::Class::id);
    return classes;
}

std::vector<ClassMember> PostgresReader::students(const Uuid& class_id, const Page& page) {
    const auto ids = ids_of(ask(kStudents, Parameters()
                                               .add(class_id)
                                               .add(page.after.value_or(kFirst))
                                               .add(domain::Role::student)
                                               .add(limit_of(page))));
    const std::vector<Uuid> classes(ids.size(), class_id);
    auto rows = ask(kRolesByMember, Parameters().column(classes).column(ids));
    std::unordered_map<Uuid, std::optional<domain::Membership>> found;
    while (rows.next()) {
        (void)rows.id();
        add_role(rows, found[rows.id()]);
    }
    std::vector<ClassMember> members;
    for (const auto& id : ids)
        if (const auto& membership = found[id]) members.push_back({id, *membership});
    return members;
}

std::optional<domain::Group> PostgresReader::group(const Uuid& set_id, const Uuid& person_id) {
    auto rows = ask(kGroupsByMember,
                    Parameters().column(std::span(&set_id, 1)).column(std::span(&person_id, 1)));
    if (!rows.next()) return std::nullopt;
    (void)rows.id(), (void)rows.id();
    return group_row(rows);
}

std::vector<Uuid> PostgresReader::participants(const Uuid& assignment_id, const Page& page) {
    return ids_of(
        ask(kParticipants,
            Parameters().add(assignment_id).add(page.after.value_or(kFirst)).add(limit_of(page))));
}

std::optional<domain::Assignment> PostgresReader::any_assignment(const Uuid& id) {
    return tools_.cache.assignments.get(id, roster(),
                                        [&] { return one(kAssignmentsById, id, assignment_row); });
}

std::vector<domain::Assignment> PostgresReader::assignments(const Uuid& class_id,
                                                            const Page& page) {
    const auto ids = ids_of(
        ask(kAssignments,
            Parameters().add(class_id).add(page.after.value_or(kFirst)).add(limit_of(page))));
    auto rows = ask(kAssignmentsById, Parameters().column(ids));
    std::vector<domain::Assignment> assignments;
    while (rows.next())
        assignments.push_back(assignment_row(rows));
    std::ranges::sort(assignments, {}, &domain::Assignment::id);
    return assignments;
}

std::vector<domain::Grant> PostgresReader::grants_of(const Uuid& holder_id) {
    return *tools_.cache.grants.get(
        holder_id, roster(), [&] { return std::optional(administration_.grants_of(holder_id)); });
}

std::optional<domain::Submission> PostgresReader::submission(const Uuid& id) {
    return one(kSubmissionsById, id, submission_row);
}

// Those that are there, in no order.
std::vector<domain::Attempt> PostgresReader::find_attempts(std::span<const Uuid> ids) {
    auto rows = ask(kAttempts, Parameters().column(ids));
    std::vector<domain::Attempt> attempts;
    std::vector<std::vector<Uuid>> parts;
    std::vector<Uuid> wanted;
    while (rows.next()) {
        attempts.push_back(attempt_row(rows, parts.emplace_back()));
        wanted.insert(wanted.end(), parts.back().begin(), parts.back().end());
    }
    if (wanted.empty()) return attempts;
    std::unordered_map<Uuid, domain::Attachment> found;
    auto attachments = ask(kAttachments, Parameters().column(wanted));
    while (attachments.next()) {
        auto attachment = attachment_row(attachments);
        found.emplace(attachment.id, std::move(attachment));
    }
    for (std::size_t i = 0; i < attempts.size(); ++i)
        for (const auto& id : parts[i]) {
            const auto part = found.find(id);
            if (part == found.end())
                throw std::runtime_error("an attempt names an attachment that is not there");
            attempts[i].attachments.push_back(std::move(part->second));
        }
    return attempts;
}

std::vector<domain::Attempt> PostgresReader::attempts(std::span<const Uuid> ids) {
    std::unordered_map<Uuid, domain::Attempt> found;
    std::vector<Uuid> missing;
    for (const auto& id : ids)
        if (auto kept = tools_.cache.attempts.kept(id, kForever))
            found.emplace(id, std::move(*kept));
        else
            missing.push_back(id);
    if (!missing.empty())
        for (auto& attempt : find_attempts(missing)) {
            tools_.cache.attempts.keep(attempt.id, kForever, attempt);
            found.emplace(attempt.id, std::move(attempt));
        }
    std::vector<domain::Attempt> attempts;
    attempts.reserve(ids.size());
    for (const auto& id : ids) {
        const auto attempt = found.find(id);
        if (attempt == found.end())
            throw std::runtime_error("a submission names an attempt that is not there");
        attempts.push_back(attempt->second);
    }
    return attempts;
}

std::optional<domain::Attempt> PostgresReader::attempt(const Uuid& id) {
    return tools_.cache.attempts.get(id, kForever, [&]() -> std::optional<domain::Attempt> {
        auto found = find_attempts(std::span(&id, 1));
        return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
    });
}

std::optional<domain::Attempt> PostgresReader::attempt_of(const Uuid& attachment_id) {
    auto rows = ask(kAttemptOf, Parameters().add(attachment_id));
    return rows.next() ? attempt(rows.id()) : std::nullopt;
}

std::vector<domain::Comment> PostgresReader::comments(std::span<const Uuid> ids) {
    if (ids.empty()) return {};
    std::unordered_map<Uuid, domain::Comment> found;
    auto rows = ask(kCommentsById, Parameters().column(ids));
    while (rows.next()) {
        auto comment = comment_row(rows);
        found.emplace(comment.id, std::move(comment));
    }
    std::vector<domain::Comment> comments;
    comments.reserve(ids.size());
    for (const auto& id : ids) {
        const auto comment = found.find(id);
        if (comment == found.end())
            throw std::runtime_error("a submission names a comment that is not there");
        comments.push_back(std::move(comment->second));
    }
    return comments;
}

std::string PostgresReader::row_bytes(const Uuid& storage_id) {
    auto rows = ask(kRowBytes, Parameters().add(storage_id));
    if (!rows.next()) throw std::runtime_error("an attachment names bytes that are not there");
    return rows.blob();
}

std::optional<domain::ReceiptBatch> PostgresReader::receipt_batch(const Uuid& id) {
    auto rows = ask(kReceiptBatch, Parameters().add(id));
    if (!rows.next()) return std::nullopt;
    return domain::ReceiptBatch{.id = rows.id(),
                                .committed_at = rows.time(),
                                .key = rows.bytes<32>(),
                                .root = rows.digest256(),
                                .signature = rows.bytes<64>(),
                                .leaves = unpack_digests(rows.blob())};
}

std::optional<domain::Upload> PostgresReader::upload(const Uuid& id) {
    return one(kUploadsById, id, upload_row);
}

std::optional<domain::UploadUsage> PostgresReader::upload_usage(const Uuid& owner_id) {
    return one(kUsagesByOwner, owner_id, usage_row);
}

std::vector<Uuid> PostgresReader::expired_uploads(Time now, std::size_t limit) {
    return ids_of(ask(kExpired, Parameters().add(now).add(limit)));
}

std::vector<Uuid> PostgresReader::unnamed_files(std::span<const Uuid> storage_ids) {
    if (storage_ids.empty()) return {};
    auto named = ids_of(ask(kNamed, Parameters().add(storage_ids.front()).add(storage_ids.back())));
    std::ranges::sort(named);
    std::vector<Uuid> unnamed;
    std::ranges::set_difference(storage_ids, named, std::back_inserter(unnamed));
    return unnamed;
}

// What was committed before the snapshot must be in the sequence before it begins; and the snapshot
// should have nothing that is not.
void PostgresReader::begin_with_all_events() {
    for (int round = 0; round < kRounds; ++round) {
        connect();
        try {
            append_all(*db_);
        } catch (const Lost& error) {
            db_.reset();
            tools_.connector.lost();
            if (round > 0) throw Unavailable(error.what());
            continue;
        } catch (const Refused& error) {
            throw Unavailable(error.what());
        }
        if (!ask(kAnyToAppend).next()) return;
        if (round + 1 < kRounds) end();
    }
}

std::vector<StoredEvent> PostgresReader::events(std::int64_t after, std::size_t limit) {
    if (limit == 0) return {};
    if (only_memory_) throw Miss();
    if (!open_) begin_with_all_events();
    return read_sequence(
        [this](const char* sql, const Parameters& parameters) { return ask(sql, parameters); },
        after, limit);
}

std::int64_t PostgresReader::last_sequence() {
    if (only_memory_) throw Miss();
    if (!open_) begin_with_all_events();
    auto rows = ask(kNextSequence, Parameters());
    return rows.next() ? rows.integer() - 1 : 0;
}

std::optional<std::string> PostgresReader::setting(std::string_view name) {
    auto rows = ask(kSetting, Parameters().add(std::string(name)));
    return rows.next() ? std::optional(rows.text()) : std::nullopt;
}

}  // namespace handin::store::postgres
