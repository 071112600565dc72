#include "store/postgres/claimed_rows.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/inserts.hpp"

namespace handin::store::postgres {
namespace {

using domain::Upload;

constexpr const char* kInsertUploads =
    "WITH won AS (INSERT INTO upload (version, id, account_id, person_id, kind, state, length,"
    " received, filename, media_type, metadata, parts, created_at, expires_at, storage_id, sha256,"
    " sha1, in_row)"
    " SELECT expected + 1, id, account_id, person_id, kind, state, length, received, filename,"
    " media_type, metadata, parts, created_at, expires_at, storage_id, sha256, sha1, in_row"
    " FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[],"
    " $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::bytea[],"
    " $14::bigint[], $15::bigint[], $16::uuid[], $17::bytea[], $18::bytea[], $19::boolean[])"
    " AS u (expected, id, account_id, person_id, kind, state, length, received, filename,"
    " media_type, metadata, parts, created_at, expires_at, storage_id, sha256, sha1, in_row)"
    " ON CONFLICT (id) DO NOTHING RETURNING 1)" HANDIN_UNLESS_ALL;
constexpr const char* kUpdateUploads =
    "WITH won AS (UPDATE upload t SET version = u.expected + 1, account_id = u.account_id,"
    " person_id = u.person_id, kind = u.kind, state = u.state, length = u.length,"
    " received = u.received, filename = u.filename, media_type = u.media_type,"
    " metadata = u.metadata, parts = u.parts, created_at = u.created_at,"
    " expires_at = u.expires_at, storage_id = u.storage_id, sha256 = u.sha256, sha1 = u.sha1,"
    " in_row = u.in_row"
    " FROM unnest($2::bigint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[],"
    " $8::bigint[], $9::bigint[], $10::text[], $11::text[], $12::text[], $13::bytea[],"
    " $14::bigint[], $15::bigint[], $16::uuid[], $17::bytea[], $18::bytea[], $19::boolean[])"
    " AS u (expected, id, account_id, person_id, kind, state, length, received, filename,"
    " media_type, metadata, parts, created_at, expires_at, storage_id, sha256, sha1, in_row)"
    " WHERE t.id = u.id AND t.version = u.expected RETURNING 1)" HANDIN_UNLESS_ALL;
constexpr const char* kRemoveUploads =
    "WITH won AS (DELETE FROM upload t USING unnest($2::uuid[], $3::bigint[]) AS u (id, expected)"
    " WHERE t.id = u.id AND t.version = u.expected RETURNING 1)" HANDIN_UNLESS_ALL;
constexpr const char* kRemoveBytes = "DELETE FROM row_bytes WHERE storage_id = ANY($1::uuid[])";

template <class Of>
auto of_finished(Of field) {
    return [field](const Claimed<Upload>& claimed) {
        using Value = std::remove_cvref_t<decltype(claimed.row->bytes.*field)>;
        return claimed.row->state == Upload::State::receiving
                   ? std::optional<Value>()
                   : std::optional<Value>(claimed.row->bytes.*field);
    };
}

void queue_all(Connection& db, const char* sql, const std::vector<Claimed<Upload>>& rows) {
    if (rows.empty()) return;
    const auto parts = packed(rows, &Upload::parts);
    Parameters parameters;
    parameters.add(rows.size())
        .column(rows, expected_of)
        .column(rows, of(&Upload::id))
        .column(rows, of(&Upload::account_id))
        .column(rows, of(&Upload::person_id))
        .column(rows, of(&Upload::kind))
        .column(rows, of(&Upload::state))
        .column(rows, of(&Upload::length))
        .column(rows, of(&Upload::received))
        .column(rows, of(&Upload::filename))
        .column(rows, of(&Upload::media_type))
        .column(rows, of(&Upload::metadata))
        .column(parts, as_bytea)
        .column(rows, of(&Upload::created_at))
        .column(rows, of(&Upload::expires_at))
        .column(rows, of_finished(&domain::FileBytes::storage_id))
        .column(rows, of_finished(&domain::FileBytes::sha256))
        .column(rows, of_finished(&domain::FileBytes::sha1))
        .column(rows, of_finished(&domain::FileBytes::in_row));
    db.queue(sql, std::move(parameters));
}

}  // namespace

void queue_uploads(Connection& db, const Claims& claims) {
    queue_all(db, kInsertUploads, pick(claims.uploads, is_new));
    queue_all(db, kUpdateUploads, pick(claims.uploads, is_there));
}

void queue_removed_uploads(Connection& db, const Claims& claims,
                           std::span<const domain::Changes* const> changes) {
    std::vector<Uuid> ids;
    std::vector<std::int64_t> versions;
    for (const auto& [id, claim] : claims.uploads)
        if (claim.last == nullptr && claim.expected != 0) {
            ids.push_back(id);
            versions.push_back(claim.expected);
        }
    if (!ids.empty())
        db.queue(kRemoveUploads,
                 std::move(Parameters().add(ids.size()).column(ids).column(versions)));
    std::vector<Uuid> bytes;
    for (const auto* upload : rows_of(changes, &domain::Changes::removed_uploads))
        if (upload->state == Upload::State::finished && upload->bytes.in_row)
            bytes.push_back(upload->bytes.storage_id);
    if (!bytes.empty()) db.queue(kRemoveBytes, std::move(Parameters().column(bytes)));
}

}  // namespace handin::store::postgres
