// The administrative half of SqliteWriter: what goes, and what is noted of it.
#include "store/sqlite/writer.hpp"

namespace handin::store::sqlite {
namespace {

// A token goes with those that came from it.
constexpr const char* kRemoveTokens = "DELETE FROM token WHERE hash = ?1 OR refresh_hash = ?1";
constexpr const char* kRemoveApiUser = "DELETE FROM api_user WHERE id = ?";
constexpr const char* kRemoveGrant = "DELETE FROM permission_grant WHERE id = ?";
constexpr const char* kRemoveEnrollment =
    "DELETE FROM enrollment WHERE class_id = ? AND person_id = ? AND role = ?";
constexpr const char* kRemoveCategory = "DELETE FROM category WHERE id = ?";
constexpr const char* kInsertAudit =
    "INSERT INTO audit (id, at, account_id, actor_id, actor, client_ip, request_id, action, target,"
    " detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

}  // namespace

void SqliteWriter::write_removals(const domain::Changes& changes) {
    for (const auto& hash : changes.removed_tokens)
        db_.query(kRemoveTokens).bind(hash).run();
    for (const auto& id : changes.removed_api_users)
        db_.query(kRemoveApiUser).bind(id).run();
    for (const auto& id : changes.removed_grants)
        db_.query(kRemoveGrant).bind(id).run();
    for (const auto& id : changes.removed_categories)
        db_.query(kRemoveCategory).bind(id).run();
    for (const auto& enrollment : changes.removed_enrollments)
        db_.query(kRemoveEnrollment)
            .bind(enrollment.class_id)
            .bind(enrollment.person_id)
            .bind(static_cast<std::int64_t>(enrollment.role))
            .run();
}

void SqliteWriter::write_audit(const domain::Changes& changes) {
    for (const auto& entry : changes.audit)
        db_.query(kInsertAudit)
            .bind(entry.id)
            .bind(entry.at)
            .bind(entry.account_id)
            .bind(entry.actor_id)
            .bind(entry.actor)
            .bind(entry.client_ip)
            .bind(entry.request_id)
            .bind(entry.action)
            .bind(entry.target)
            .bind(entry.detail)
            .run();
}

}  // namespace handin::store::sqlite
