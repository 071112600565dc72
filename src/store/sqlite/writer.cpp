#include "store/sqlite/writer.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "store/event_codec.hpp"
#include "store/model_codec.hpp"
#include "store/packed.hpp"
#include "store/sqlite/comment_rows.hpp"
#include "store/sqlite/lookups.hpp"
#include "store/sqlite/upload_rows.hpp"

namespace handin::store::sqlite {
namespace {

// A commit does not sync the log; LogSync does. Before a checkpoint SQLite still does it.
constexpr const char* kSyncApart = "PRAGMA synchronous = NORMAL";
constexpr const char* kLastSequence = "SELECT coalesce(max(sequence), 0) FROM outbox";
constexpr const char* kInsertSubmission =
    "INSERT INTO submission (id, assignment_id, person_id, attempts, reclaimed, submitted_at,"
    " created_at, updated_at, version, replays, marking)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kUpdateSubmission =
    "UPDATE submission SET attempts = ?, reclaimed = ?, submitted_at = ?, updated_at = ?,"
    " version = ?, replays = ?, marking = ? WHERE id = ? AND version = ?";
constexpr const char* kInsertAttempt =
    "INSERT INTO attempt (id, submission_id, number, actor_id, received_at, submitted_at,"
    " committed_at, attachments, receipt_batch, receipt_index, receipt_salt)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertAttachment =
    "INSERT INTO attachment (id, attempt_id, kind, title, description, url, storage_id, size, "
    "sha256,"
    " sha1, in_row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertRowBytes = "INSERT INTO row_bytes (storage_id, bytes) VALUES (?, ?)";
constexpr const char* kInsertReceiptBatch =
    "INSERT INTO receipt_batch (id, committed_at, key, root, signature, leaves)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr const char* kInsertEvent =
    "INSERT INTO outbox (sequence, submission_id, event) VALUES (?, ?, ?)";
constexpr const char* kInsertParticipant =
    "INSERT INTO participant (assignment_id, person_id) VALUES (?, ?) ON CONFLICT DO NOTHING";
constexpr const char* kInsertToken =
    "INSERT INTO token (hash, account_id, kind, person_id, integration_id, refresh_hash,"
    " created_at, expires_at, api_user_id, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// Access tokens pile up under their refresh token: each new one clears those long expired.
constexpr const char* kForgetTokens = "DELETE FROM token WHERE refresh_hash = ? AND expires_at < ?";
constexpr auto kKeepExpired = std::chrono::hours(24);  // so that EXPIRED_TOKEN can be told

int log_length(void* pages, sqlite3* /*db*/, const char* /*name*/, int length) {
    *static_cast<int*>(pages) = length;
    return SQLITE_OK;
}

enum class Failure { passing, in_doubt, ours };

// `full`: see Connection::full.
Failure classify(const SQLite::Exception& error, bool full) {
    if (full) return Failure::passing;
    switch (error.getErrorCode()) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM:
            return Failure::passing;
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
            return Failure::ours;
        default:
            return Failure::in_doubt;  // a failed sync above all
    }
}

void insert_attempt(Connection& db, const domain::Attempt& attempt) {
    std::vector<Uuid> ids;
    ids.reserve(attempt.attachments.size());
    for (const auto& attachment : attempt.attachments)
        ids.push_back(attachment.id);
    const auto packed = pack(ids);
    auto row = db.query(kInsertAttempt);
    row.bind(attempt.id)
        .bind(attempt.submission_id)
        .bind(std::int64_t{attempt.number})
        .bind(attempt.actor_id)
        .bind(attempt.received_at)
        .bind(attempt.submitted_at)
        .bind(attempt.committed_at)
        .bind_blob(packed);
    if (const auto& receipt = attempt.receipt)
        row.bind(receipt->batch_id).bind(std::int64_t{receipt->index}).bind(receipt->salt);
    row.run();
    for (const auto& attachment : attempt.attachments) {
        auto insert = db.query(kInsertAttachment);
        insert.bind(attachment.id)
            .bind(attempt.id)
            .bind(static_cast<std::int64_t>(attachment.kind))
            .bind(attachment.title)
            .bind(attachment.description)
            .bind(attachment.url);
        if (attachment.kind == domain::AttachmentKind::link) {
            for (int column = 0; column < 5; ++column)
                insert.bind_null();
        } else {
            insert.bind(attachment.bytes.storage_id)
                .bind(static_cast<std::int64_t>(attachment.bytes.size))
                .bind(attachment.bytes.sha256)
                .bind(attachment.bytes.sha1)
                .bind(attachment.bytes.in_row);
        }
        insert.run();
    }
}

void write_submission(Connection& db, const domain::Submission& submission) {
    const auto attempts = pack(submission.attempts);
    const auto replays = pack(submission.replays);
    const auto marking = encode_marking(submission);
    if (submission.version == 1) {
        db.query(kInsertSubmission)
            .bind(submission.id)
            .bind(submission.assignment_id)
            .bind(submission.person_id)
            .bind_blob(attempts)
            .bind(submission.reclaimed)
            .bind(submission.submitted_at)
            .bind(submission.created_at)
            .bind(submission.updated_at)
            .bind(submission.version)
            .bind_blob(replays)
            .bind(marking)
            .run();
        return;
    }
    const int changed = db.query(kUpdateSubmission)
                            .bind_blob(attempts)
                            .bind(submission.reclaimed)
                            .bind(submission.submitted_at)
                            .bind(submission.updated_at)
                            .bind(submission.version)
                            .bind_blob(replays)
                            .bind(marking)
                            .bind(submission.id)
                            .bind(submission.version - 1)
                            .run();
    if (changed != 1) throw std::logic_error("a submission changed behind its only writer's back");
}

void insert_receipt_batch(Connection& db, const domain::ReceiptBatch& batch) {
    const auto leaves = pack(batch.leaves);
    db.query(kInsertReceiptBatch)
        .bind(batch.id)
        .bind(batch.committed_at)
        .bind(batch.key)
        .bind(batch.root)
        .bind(batch.signature)
        .bind_blob(leaves)
        .run();
}

void insert_token(Connection& db, const domain::Token& token) {
    db.query(kInsertToken)
        .bind(token.hash)
        .bind(token.account_id)
        .bind(static_cast<std::int64_t>(token.kind))
        .bind(token.person_id)
        .bind(token.integration_id)
        .bind(token.refresh_hash)
        .bind(token.created_at)
        .bind(token.expires_at)
        .bind(token.api_user_id)
        .bind(token.name)
        .run();
    if (token.refresh_hash)
        db.query(kForgetTokens)
            .bind(*token.refresh_hash)
            .bind(token.created_at - kKeepExpired)
            .run();
}

}  // namespace

SqliteWriter::SqliteWriter(const std::filesystem::path& file, Checkpointer& checkpointer,
                           LogSync& log_sync, std::atomic<bool>& writable, RowCache& cache)
    : db_(file, Access::read_write),
      checkpointer_(checkpointer),
      log_sync_(log_sync),
      writable_(writable),
      cache_(cache) {
    db_.exec(kSyncApart);
    auto last = db_.query(kLastSequence);
    if (last.next()) next_sequence_ = last.integer() + 1;
    sqlite3_wal_hook(db_.database().getHandle(), log_length, &log_pages_);
}

SqliteWriter::~SqliteWriter() {
    abandon();
}

void SqliteWriter::begin() {
    if (in_transaction_) return;
    if (checkpointer_.failed() || log_sync_.failed()) writable_ = false;
    if (!writable_) throw Broken("the database is read-only since a write to it failed");
    generation_ = cache_.generation;
    try {
        db_.exec("BEGIN IMMEDIATE");
    } catch (const SQLite::Exception& error) {
        throw Unavailable(error.what());
    }
    in_transaction_ = true;
}

void SqliteWriter::load(const domain::Keys& keys, domain::State& state) {
    begin();
    const auto fill = [](auto& rows, const auto& wanted, auto&& find) {
        for (const auto& key : wanted)
            if (!rows.contains(key)) rows.emplace(key, find(key));
    };
    const auto by_key = [this](auto find) {
        return [this, find](const auto& key) { return find(db_, key); };
    };
    const auto kept = [this](auto& memo, auto find) {
        return [this, &memo, find](const auto& key) {
            return memo.get(key, generation_, [&] { return find(db_, key); });
        };
    };
    fill(state.accounts, keys.accounts, kept(cache_.accounts, find_account));
    fill(state.classes, keys.classes, kept(cache_.classes, find_class));
    fill(state.assignments, keys.assignments, kept(cache_.assignments, find_assignment));
    fill(state.people, keys.people, kept(cache_.people, find_person));
    fill(state.submissions, keys.submissions, by_key(find_submission));
    fill(state.groups, keys.groups, [this](const domain::GroupKey& key) {
        return find_group(db_, key.set_id, key.person_id);
    });
    fill(state.tokens, keys.tokens, by_key(find_token));
    fill(state.clients, keys.client_ids, by_key(find_client));
    fill(state.uploads, keys.uploads, by_key(find_upload));
    fill(state.upload_usages, keys.upload_usages, by_key(find_upload_usage));
    fill(state.last_assignments, keys.last_assignments, by_key(find_last_assignment));
    fill(state.memberships, keys.memberships,
         kept(cache_.memberships, [](Connection& db, const domain::MembershipKey& key) {
             return find_membership(db, key.class_id, key.person_id);
         }));
    if (keys.roster_generation) state.roster_generation = generation_;
}

void SqliteWriter::write(const domain::Changes& changes) {
    for (const auto& submission : changes.submissions)
        write_submission(db_, submission);
    for (const auto& attempt : changes.attempts)
        insert_attempt(db_, attempt);
    for (const auto& comment : changes.comments)
        insert_comment(db_, comment);
    for (const auto& row : changes.row_bytes)
        db_.query(kInsertRowBytes).bind(row.storage_id).bind_blob(row.bytes).run();
    for (const auto& event : changes.events) {
        const auto text = encode(event);
        db_.query(kInsertEvent).bind(next_sequence_++).bind(event.submission_id).bind(text).run();
    }
    for (const auto& each : changes.participants)
        db_.query(kInsertParticipant).bind(each.assignment_id).bind(each.person_id).run();
    for (const auto& token : changes.tokens)
        insert_token(db_, token);
    for (const auto& batch : changes.receipt_batches)
        insert_receipt_batch(db_, batch);
    write_uploads(db_, changes);
    write_removals(changes);
    write_roster(changes);
    write_audit(changes);
}

void SqliteWriter::commit(std::span<const domain::Changes* const> changes) {
    transact(changes);
    log_sync_.sync();
    checkpointer_.after_commit(log_pages_, db_);
}

void SqliteWriter::commit_ahead(std::span<const domain::Changes* const> changes) {
    transact(changes);
    checkpointer_.after_commit(log_pages_, db_);
}

void SqliteWriter::transact(std::span<const domain::Changes* const> changes) {
    const auto first_sequence = next_sequence_;
    bool committing = false;
    try {
        begin();
        for (const auto* each : changes)
            write(*each);
        committing = true;
        log_sync_.begin();
        db_.exec("COMMIT");
        log_sync_.end();
        in_transaction_ = false;
    } catch (const SQLite::Exception& error) {
        const bool full = db_.full(error.getExtendedErrorCode());
        next_sequence_ = first_sequence;
        abandon();
        if (committing) log_sync_.forget();
        switch (classify(error, full)) {
            case Failure::passing:
                // Only a full disk is known to fail before the commit record is written.
                if (committing && !full) break;
                throw Unavailable(error.what());
            case Failure::ours:
                throw;
            case Failure::in_doubt:
                break;
        }
        writable_ = false;
        throw Broken(error.what());
    } catch (...) {
        next_sequence_ = first_sequence;
        abandon();
        throw;
    }
    if (std::ranges::any_of(changes,
                            [](const auto* each) { return domain::touches_roster(*each); }))
        ++cache_.generation;
}

void SqliteWriter::abandon() noexcept {
    if (!in_transaction_) return;
    in_transaction_ = false;
    // Some errors have rolled back already; then this fails and there is nothing left to do.
    sqlite3_exec(db_.database().getHandle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace handin::store::sqlite
