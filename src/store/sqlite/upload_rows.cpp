#include "store/sqlite/upload_rows.hpp"

#include "store/packed.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kUpload =
    "SELECT id, account_id, person_id, kind, state, length, received, filename, media_type,"
    " metadata, parts, created_at, expires_at, storage_id, sha256, sha1, in_row"
    " FROM upload WHERE id = ?";
constexpr const char* kUsage =
    "SELECT owner_id, bytes, uploads FROM upload_usage WHERE owner_id = ?";
constexpr const char* kExpired =
    "SELECT id FROM upload WHERE expires_at <= ? ORDER BY expires_at LIMIT ?";
constexpr const char* kPutUpload =
    "INSERT OR REPLACE INTO upload (id, account_id, person_id, kind, state, length, received,"
    " filename, media_type, metadata, parts, created_at, expires_at, storage_id, sha256, sha1,"
    " in_row) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kRemoveUpload = "DELETE FROM upload WHERE id = ?";
constexpr const char* kRemoveBytes = "DELETE FROM row_bytes WHERE storage_id = ?";
constexpr const char* kPutUsage =
    "INSERT OR REPLACE INTO upload_usage (owner_id, bytes, uploads) VALUES (?, ?, ?)";
constexpr const char* kRemoveUsage = "DELETE FROM upload_usage WHERE owner_id = ?";

std::uint64_t size_in(Query& row) {
    return static_cast<std::uint64_t>(row.integer());
}

void put(Connection& db, const domain::Upload& upload) {
    const auto parts = pack(upload.parts);
    auto insert = db.query(kPutUpload);
    insert.bind(upload.id)
        .bind(upload.account_id)
        .bind(upload.person_id)
        .bind(static_cast<std::int64_t>(upload.kind))
        .bind(static_cast<std::int64_t>(upload.state));
    if (upload.length)
        insert.bind(static_cast<std::int64_t>(*upload.length));
    else
        insert.bind_null();
    insert.bind(static_cast<std::int64_t>(upload.received))
        .bind(upload.filename)
        .bind(upload.media_type)
        .bind(upload.metadata)
        .bind_blob(parts)
        .bind(upload.created_at)
        .bind(upload.expires_at);
    if (upload.state == domain::Upload::State::receiving)
        insert.bind_null().bind_null().bind_null().bind_null();
    else
        insert.bind(upload.bytes.storage_id)
            .bind(upload.bytes.sha256)
            .bind(upload.bytes.sha1)
            .bind(upload.bytes.in_row);
    insert.run();
}

void remove(Connection& db, const domain::Upload& upload) {
    db.query(kRemoveUpload).bind(upload.id).run();
    if (upload.state == domain::Upload::State::finished && upload.bytes.in_row)
        db.query(kRemoveBytes).bind(upload.bytes.storage_id).run();
}

void put(Connection& db, const domain::UploadUsage& usage) {
    if (usage.uploads == 0)
        db.query(kRemoveUsage).bind(usage.owner_id).run();
    else
        db.query(kPutUsage).bind(usage.owner_id).bind(usage.bytes).bind(usage.uploads).run();
}

}  // namespace

std::optional<domain::Upload> find_upload(Connection& db, const Uuid& id) {
    auto row = db.query(kUpload);
    row.bind(id);
    if (!row.next()) return std::nullopt;
    domain::Upload upload{
        .id = row.id(),
        .account_id = row.id(),
        .person_id = row.id(),
        .kind = static_cast<domain::Upload::Kind>(row.integer()),
        .state = static_cast<domain::Upload::State>(row.integer()),
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
    if (!row.null())
        upload.bytes = {.storage_id = row.id(),
                        .size = upload.received,
                        .sha256 = row.digest256(),
                        .sha1 = row.digest160(),
                        .in_row = row.flag()};
    return upload;
}

std::optional<domain::UploadUsage> find_upload_usage(Connection& db, const Uuid& owner_id) {
    auto row = db.query(kUsage);
    row.bind(owner_id);
    if (!row.next()) return std::nullopt;
    return domain::UploadUsage{
        .owner_id = row.id(), .bytes = row.integer(), .uploads = row.integer()};
}

std::vector<Uuid> find_expired_uploads(Connection& db, Time now, std::size_t limit) {
    auto rows = db.query(kExpired);
    rows.bind(now).bind(static_cast<std::int64_t>(limit));
    std::vector<Uuid> ids;
    while (rows.next())
        ids.push_back(rows.id());
    return ids;
}

void write_uploads(Connection& db, const domain::Changes& changes) {
    for (const auto& upload : changes.uploads)
        put(db, upload);
    for (const auto& upload : changes.removed_uploads)
        remove(db, upload);
    for (const auto& usage : changes.upload_usages)
        put(db, usage);
}

}  // namespace handin::store::sqlite
