#include "store/postgres/inserts.hpp"

#include "store/event_codec.hpp"
#include "store/packed.hpp"

namespace handin::store::postgres {
namespace {

using domain::Attachment;
using domain::AttachmentKind;
using domain::Attempt;
using domain::Changes;

constexpr const char* kInsertAttempts =
    "INSERT INTO attempt (id, submission_id, number, actor_id, received_at, submitted_at,"
    " committed_at, attachments, receipt_batch, receipt_index, receipt_salt)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::bigint[],"
    " $6::bigint[], $7::bigint[], $8::bytea[], $9::uuid[], $10::bigint[], $11::bytea[])";
constexpr const char* kInsertAttachments =
    "INSERT INTO attachment (id, attempt_id, kind, title, description, url, storage_id, size,"
    " sha256, sha1, in_row)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[],"
    " $6::text[], $7::uuid[], $8::bigint[], $9::bytea[], $10::bytea[], $11::boolean[])";
constexpr const char* kInsertComments =
    "INSERT INTO comment (id, number, submission_id, author_id, by_grader, text, attempt, draft,"
    " hidden, group_id, created_at, edited_at)"
    " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::boolean[],"
    " $6::text[], $7::bigint[], $8::boolean[], $9::boolean[], $10::uuid[], $11::bigint[],"
    " $12::bigint[])";
constexpr const char* kInsertRowBytes =
    "INSERT INTO row_bytes (storage_id, bytes) SELECT * FROM unnest($1::uuid[], $2::bytea[])";
constexpr const char* kInsertReceiptBatches =
    "INSERT INTO receipt_batch (id, committed_at, key, root, signature, leaves)"
    " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[],"
    " $6::bytea[])";
constexpr const char* kInsertEvents =
    "INSERT INTO outbox (batch_id, position, submission_id, event)"
    " SELECT $1::uuid, * FROM unnest($2::bigint[], $3::uuid[], $4::text[])";
constexpr const char* kInsertTokens =
    "INSERT INTO token (hash, account_id, kind, person_id, integration_id, refresh_hash,"
    " created_at, expires_at, api_user_id, name)"
    " SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[],"
    " $6::bytea[], $7::bigint[], $8::bigint[], $9::uuid[], $10::text[])";
constexpr const char* kInsertParticipants =
    "INSERT INTO participant (assignment_id, person_id)"
    " SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING";
// Access tokens pile up under their refresh token: each new one clears those long expired.
constexpr const char* kForgetTokens =
    "DELETE FROM token t USING unnest($1::bytea[], $2::bigint[]) AS u (refresh_hash, before)"
    " WHERE t.refresh_hash = u.refresh_hash AND t.expires_at < u.before";
constexpr auto kKeepExpired = std::chrono::hours(24);  // so that EXPIRED_TOKEN can be told

struct AttachmentRow {
    const Attempt* attempt;
    const Attachment* attachment;
};

// A column of what only files and texts have.
template <class Of>
auto of_bytes(Of of) {
    return [of](const AttachmentRow& row) {
        const auto& attachment = *row.attachment;
        using Value = std::remove_cvref_t<decltype(std::invoke(of, attachment.bytes))>;
        return attachment.kind == AttachmentKind::link
                   ? std::optional<Value>()
                   : std::optional<Value>(std::invoke(of, attachment.bytes));
    };
}

template <class Field>
auto of_attachment(Field Attachment::* field) {
    return [field](const AttachmentRow& row) -> const Field& { return row.attachment->*field; };
}

template <class Field>
auto of_receipt(Field domain::ReceiptPlace::* field) {
    return [field](const Attempt* attempt) {
        return attempt->receipt ? std::optional<Field>((*attempt->receipt).*field)
                                : std::optional<Field>();
    };
}

std::string attachment_ids(const Attempt& attempt) {
    std::vector<Uuid> ids;
    ids.reserve(attempt.attachments.size());
    for (const auto& attachment : attempt.attachments)
        ids.push_back(attachment.id);
    return pack(ids);
}

void queue_attempts(Connection& db, const std::vector<const Attempt*>& attempts) {
    std::vector<std::string> lists;
    std::vector<AttachmentRow> attachments;
    for (const auto* attempt : attempts) {
        lists.push_back(attachment_ids(*attempt));
        for (const auto& attachment : attempt->attachments)
            attachments.push_back({attempt, &attachment});
    }
    db.queue(kInsertAttempts,
             std::move(Parameters()
                           .column(attempts, &Attempt::id)
                           .column(attempts, &Attempt::submission_id)
                           .column(attempts, &Attempt::number)
                           .column(attempts, &Attempt::actor_id)
                           .column(attempts, &Attempt::received_at)
                           .column(attempts, &Attempt::submitted_at)
                           .column(attempts, &Attempt::committed_at)
                           .column(lists, [](const std::string& ids) { return Bytes{ids}; })
                           .column(attempts, of_receipt(&domain::ReceiptPlace::batch_id))
                           .column(attempts, of_receipt(&domain::ReceiptPlace::index))
                           .column(attempts, of_receipt(&domain::ReceiptPlace::salt))));
    if (attachments.empty()) return;
    using domain::FileBytes;
    db.queue(kInsertAttachments,
             std::move(Parameters()
                           .column(attachments, of_attachment(&Attachment::id))
                           .column(attachments, [](const auto& row) { return row.attempt->id; })
                           .column(attachments, of_attachment(&Attachment::kind))
                           .column(attachments, of_attachment(&Attachment::title))
                           .column(attachments, of_attachment(&Attachment::description))
                           .column(attachments, of_attachment(&Attachment::url))
                           .column(attachments, of_bytes(&FileBytes::storage_id))
                           .column(attachments, of_bytes(&FileBytes::size))
                           .column(attachments, of_bytes(&FileBytes::sha256))
                           .column(attachments, of_bytes(&FileBytes::sha1))
                           .column(attachments, of_bytes(&FileBytes::in_row))));
}

void queue_comments(Connection& db, const std::vector<const domain::Comment*>& comments) {
    using domain::Comment;
    db.queue(kInsertComments, std::move(Parameters()
                                            .column(comments, &Comment::id)
                                            .column(comments, &Comment::number)
                                            .column(comments, &Comment::submission_id)
                                            .column(comments, &Comment::author_id)
                                            .column(comments, &Comment::by_grader)
                                            .column(comments, &Comment::text)
                                            .column(comments, &Comment::attempt)
                                            .column(comments, &Comment::draft)
                                            .column(comments, &Comment::hidden)
                                            .column(comments, &Comment::group_id)
                                            .column(comments, &Comment::created_at)
                                            .column(comments, &Comment::edited_at)));
}

void queue_tokens(Connection& db, const std::vector<const domain::Token*>& tokens) {
    using domain::Token;
    db.queue(kForgetTokens, std::move(Parameters()
                                          .column(tokens, &Token::refresh_hash)
                                          .column(tokens, [](const Token* token) {
                                              return token->created_at - kKeepExpired;
                                          })));
    db.queue(kInsertTokens, std::move(Parameters()
                                          .column(tokens, &Token::hash)
                                          .column(tokens, &Token::account_id)
                                          .column(tokens, &Token::kind)
                                          .column(tokens, &Token::person_id)
                                          .column(tokens, &Token::integration_id)
                                          .column(tokens, &Token::refresh_hash)
                                          .column(tokens, &Token::created_at)
                                          .column(tokens, &Token::expires_at)
                                          .column(tokens, &Token::api_user_id)
                                          .column(tokens, &Token::name)));
}

}  // namespace

void queue_inserts(Connection& db, std::span<const Changes* const> changes) {
    if (const auto attempts = rows_of(changes, &Changes::attempts); !attempts.empty())
        queue_attempts(db, attempts);
    if (const auto comments = rows_of(changes, &Changes::comments); !comments.empty())
        queue_comments(db, comments);
    if (const auto rows = rows_of(changes, &Changes::row_bytes); !rows.empty())
        db.queue(kInsertRowBytes,
                 std::move(Parameters()
                               .column(rows, &domain::RowBytes::storage_id)
                               .column(rows, [](const auto* row) { return Bytes{row->bytes}; })));
    if (const auto rows = rows_of(changes, &Changes::participants); !rows.empty())
        db.queue(kInsertParticipants,
                 std::move(Parameters()
                               .column(rows, &domain::Participant::assignment_id)
                               .column(rows, &domain::Participant::person_id)));
    if (const auto tokens = rows_of(changes, &Changes::tokens); !tokens.empty())
        queue_tokens(db, tokens);
    const auto batches = rows_of(changes, &Changes::receipt_batches);
    if (batches.empty()) return;
    using domain::ReceiptBatch;
    std::vector<std::string> leaves;
    for (const auto* batch : batches)
        leaves.push_back(pack(batch->leaves));
    db.queue(
        kInsertReceiptBatches,
        std::move(Parameters()
                      .column(batches, &ReceiptBatch::id)
                      .column(batches, &ReceiptBatch::committed_at)
                      .column(batches, &ReceiptBatch::key)
                      .column(batches, &ReceiptBatch::root)
                      .column(batches, &ReceiptBatch::signature)
                      .column(leaves, [](const std::string& hashes) { return Bytes{hashes}; })));
}

std::int64_t queue_events(Connection& db, std::span<const Changes* const> changes,
                          const Uuid& batch) {
    const auto events = rows_of(changes, &Changes::events);
    if (events.empty()) return 0;
    std::vector<std::int64_t> positions;
    std::vector<std::string> texts;
    for (const auto* event : events) {
        positions.push_back(static_cast<std::int64_t>(positions.size()));
        texts.push_back(encode(*event));
    }
    db.queue(kInsertEvents, std::move(Parameters()
                                          .add(batch)
                                          .column(positions)
                                          .column(events, &domain::Event::submission_id)
                                          .column(texts)));
    return static_cast<std::int64_t>(events.size());
}

}  // namespace handin::store::postgres
