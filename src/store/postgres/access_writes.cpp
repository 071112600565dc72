// The administrative part of a commit: what goes, and what is noted of it.
#include "store/postgres/inserts.hpp"

namespace handin::store::postgres {
namespace {

using domain::Changes;

// A token goes with those that came from it.
constexpr const char* kRemoveTokens =
    "DELETE FROM token WHERE hash = ANY($1::bytea[]) OR refresh_hash = ANY($1::bytea[])";
constexpr const char* kRemoveApiUsers = "DELETE FROM api_user WHERE id = ANY($1::uuid[])";
constexpr const char* kRemoveGrants = "DELETE FROM permission_grant WHERE id = ANY($1::uuid[])";
constexpr const char* kRemoveCategories = "DELETE FROM category WHERE id = ANY($1::uuid[])";
constexpr const char* kRemoveEnrollments =
    "DELETE FROM enrollment e USING unnest($1::uuid[], $2::uuid[], $3::bigint[])"
    " AS u (class_id, person_id, role)"
    " WHERE e.class_id = u.class_id AND e.person_id = u.person_id AND e.role = u.role";
constexpr const char* kInsertAudit =
    "INSERT INTO audit (id, at, account_id, actor_id, actor, client_ip, request_id, action, target,"
    " detail) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[],"
    " $6::text[], $7::text[], $8::text[], $9::text[], $10::text[])";

template <class Row>
void queue_for(Connection& db, const char* sql, const std::vector<const Row*>& rows) {
    if (rows.empty()) return;
    db.queue(sql, std::move(Parameters().column(
                      rows, [](const Row* row) -> const Row& { return *row; })));
}

}  // namespace

void queue_removals(Connection& db, std::span<const Changes* const> changes) {
    using domain::Enrollment;
    queue_for(db, kRemoveTokens, rows_of(changes, &Changes::removed_tokens));
    queue_for(db, kRemoveApiUsers, rows_of(changes, &Changes::removed_api_users));
    queue_for(db, kRemoveGrants, rows_of(changes, &Changes::removed_grants));
    queue_for(db, kRemoveCategories, rows_of(changes, &Changes::removed_categories));
    if (const auto rows = rows_of(changes, &Changes::removed_enrollments); !rows.empty())
        db.queue(kRemoveEnrollments, std::move(Parameters()
                                                   .column(rows, &Enrollment::class_id)
                                                   .column(rows, &Enrollment::person_id)
                                                   .column(rows, &Enrollment::role)));
}

void queue_audit(Connection& db, std::span<const Changes* const> changes) {
    using domain::AuditEntry;
    const auto rows = rows_of(changes, &Changes::audit);
    if (rows.empty()) return;
    db.queue(kInsertAudit, std::move(Parameters()
                                         .column(rows, &AuditEntry::id)
                                         .column(rows, &AuditEntry::at)
                                         .column(rows, &AuditEntry::account_id)
                                         .column(rows, &AuditEntry::actor_id)
                                         .column(rows, &AuditEntry::actor)
                                         .column(rows, &AuditEntry::client_ip)
                                         .column(rows, &AuditEntry::request_id)
                                         .column(rows, &AuditEntry::action)
                                         .column(rows, &AuditEntry::target)
                                         .column(rows, &AuditEntry::detail)));
}

}  // namespace handin::store::postgres
