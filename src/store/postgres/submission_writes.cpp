#include "store/model_codec.hpp"
#include "store/postgres/claimed_rows.hpp"
#include "store/postgres/guard.hpp"

namespace handin::store::postgres {
namespace {

using domain::Submission;

constexpr const char* kInsertSubmissions =
    "WITH won AS (INSERT INTO submission (stamp, id, assignment_id, person_id, attempts,"
    " reclaimed, submitted_at, created_at, updated_at, version, replays, marking)"
    " SELECT $2::bigint, * FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::bytea[],"
    " $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[],"
    " $13::text[])"
    " ON CONFLICT (id) DO NOTHING RETURNING 1)" HANDIN_UNLESS_ALL;
constexpr const char* kUpdateSubmissions =
    "WITH won AS (UPDATE submission s SET stamp = $2::bigint, attempts = u.attempts,"
    " reclaimed = u.reclaimed, submitted_at = u.submitted_at, updated_at = u.updated_at,"
    " version = u.version, replays = u.replays, marking = u.marking"
    " FROM unnest($3::uuid[], $4::bigint[], $5::bytea[], $6::boolean[], $7::bigint[],"
    " $8::bigint[], $9::bigint[], $10::bytea[], $11::text[]) AS u (id, expected, attempts, "
    "reclaimed,"
    " submitted_at, updated_at, version, replays, marking)"
    " WHERE s.id = u.id AND s.version = u.expected RETURNING 1)" HANDIN_UNLESS_ALL;

constexpr auto marking_of = [](const Claimed<Submission>& claimed) {
    return encode_marking(*claimed.row);
};

}  // namespace

void queue_submissions(Connection& db, const Claims& claims, std::int64_t stamp) {
    if (const auto rows = pick(claims.submissions, is_new); !rows.empty()) {
        const auto attempts = packed(rows, &Submission::attempts);
        const auto replays = packed(rows, &Submission::replays);
        Parameters parameters;
        parameters.add(rows.size())
            .add(stamp)
            .column(rows, of(&Submission::id))
            .column(rows, of(&Submission::assignment_id))
            .column(rows, of(&Submission::person_id))
            .column(attempts, as_bytea)
            .column(rows, of(&Submission::reclaimed))
            .column(rows, of(&Submission::submitted_at))
            .column(rows, of(&Submission::created_at))
            .column(rows, of(&Submission::updated_at))
            .column(rows, of(&Submission::version))
            .column(replays, as_bytea)
            .column(rows, marking_of);
        db.queue(kInsertSubmissions, std::move(parameters));
    }
    if (const auto rows = pick(claims.submissions, is_there); !rows.empty()) {
        const auto attempts = packed(rows, &Submission::attempts);
        const auto replays = packed(rows, &Submission::replays);
        Parameters parameters;
        parameters.add(rows.size())
            .add(stamp)
            .column(rows, of(&Submission::id))
            .column(rows, expected_of)
            .column(attempts, as_bytea)
            .column(rows, of(&Submission::reclaimed))
            .column(rows, of(&Submission::submitted_at))
            .column(rows, of(&Submission::updated_at))
            .column(rows, of(&Submission::version))
            .column(replays, as_bytea)
            .column(rows, marking_of);
        db.queue(kUpdateSubmissions, std::move(parameters));
    }
}

}  // namespace handin::store::postgres
