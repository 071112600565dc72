#include "store/postgres/writer.hpp"

#include <algorithm>
#include <thread>

#include "base/log.hpp"
#include "base/time.hpp"
#include "store/packed.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/inserts.hpp"
#include "store/postgres/lookups.hpp"

namespace handin::store::postgres {
namespace {

using domain::Submission;
using domain::Upload;
using domain::UploadUsage;
using std::chrono::steady_clock;

constexpr const char* kInsertBatch =
    "INSERT INTO batch (id, stamp, events, void) VALUES ($1, $2, $3, false)";
constexpr const char* kSameRoster =
    "SELECT CAST(CASE WHEN generation = $1::bigint THEN '0'"
    " ELSE 'handin: the roster has changed, the batch is decided again' END AS bigint)"
    " FROM roster";
constexpr const char* kNoHurry = "SET LOCAL statement_timeout = 0";
constexpr const char* kNewRoster = "UPDATE roster SET generation = generation + 1";
constexpr const char* kInsertSubmissions =
    "WITH won AS (INSERT INTO submission (stamp, id, assignment_id, person_id, attempts,"
    " reclaimed, submitted_at, created_at, updated_at, version, replays)"
    " SELECT $2::bigint, * FROM unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::bytea[],"
    " $7::boolean[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bytea[])"
    " ON CONFLICT (id) DO NOTHING RETURNING 1)" HANDIN_UNLESS_ALL;
constexpr const char* kUpdateSubmissions =
    "WITH won AS (UPDATE submission s SET stamp = $2::bigint, attempts = u.attempts,"
    " reclaimed = u.reclaimed, submitted_at = u.submitted_at, updated_at = u.updated_at,"
    " version = u.version, replays = u.replays"
    " FROM unnest($3::uuid[], $4::bigint[], $5::bytea[], $6::boolean[], $7::bigint[],"
    " $8::bigint[], $9::bigint[], $10::bytea[]) AS u (id, expected, attempts, reclaimed,"
    " submitted_at, updated_at, version, replays)"
    " WHERE s.id = u.id AND s.version = u.expected RETURNING 1)" HANDIN_UNLESS_ALL;
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
// What others have added meanwhile stays: the sum is right, though a limit may be passed by as much
// as was decided at the same moment.
constexpr const char* kAddUsages =
    "INSERT INTO upload_usage AS t (owner_id, bytes, uploads)"
    " SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[])"
    " ON CONFLICT (owner_id) DO UPDATE SET bytes = t.bytes + excluded.bytes,"
    " uploads = t.uploads + excluded.uploads";
constexpr const char* kRemoveUsages =
    "DELETE FROM upload_usage WHERE owner_id = ANY($1::uuid[]) AND uploads = 0";
// Whoever asks settles it: if nothing is there yet, the row that is now there keeps the commit from
// taking effect. Waits while the commit is under way, and leaves a change to be made durable either
// way, so that what it tells is as durable.
constexpr const char* kSettle =
    "INSERT INTO batch AS b (id, stamp, events, void) VALUES ($1, 0, 0, true)"
    " ON CONFLICT (id) DO UPDATE SET stamp = b.stamp RETURNING void";
constexpr const char* kVersions =
    "SELECT id, version FROM submission WHERE id = ANY($1::uuid[])"
    " UNION ALL SELECT id, version FROM upload WHERE id = ANY($1::uuid[])";

constexpr std::chrono::seconds kImportTime{600};  // of many thousand people at once
constexpr int kTries = 8;  // of a commit, against rivals and lost connections
constexpr auto kSettleTime = std::chrono::seconds(10);  // then the clients are told that it is open
constexpr auto kSettlePause = std::chrono::milliseconds(50);

// Any row of a kind that a RowCache may hold, but for those that are only ever added.
bool touches_roster(const domain::Changes* changes) {
    return !(changes->accounts.empty() && changes->classes.empty() && changes->people.empty() &&
             changes->enrollments.empty() && changes->assignments.empty() &&
             changes->integrations.empty());
}

template <class Row>
struct Claimed {
    std::int64_t expected;
    const Row* row;
};

template <class Row, class Which>
std::vector<Claimed<Row>> pick(const std::map<Uuid, Claim<Row>>& claims, Which which) {
    std::vector<Claimed<Row>> picked;
    for (const auto& [id, claim] : claims)
        if (claim.last != nullptr && which(claim)) picked.push_back({claim.expected, claim.last});
    return picked;
}

template <class Row, class Field>
auto of(Field Row::* field) {
    return [field](const Claimed<Row>& claimed) -> const Field& { return claimed.row->*field; };
}

constexpr auto expected_of = [](const auto& claimed) { return claimed.expected; };
constexpr auto is_new = [](const auto& claim) { return claim.expected == 0; };
constexpr auto is_there = [](const auto& claim) { return claim.expected != 0; };

template <class Row, class Of>
std::vector<std::string> packed(const std::vector<Claimed<Row>>& rows, Of of) {
    std::vector<std::string> lists;
    lists.reserve(rows.size());
    for (const auto& claimed : rows)
        lists.push_back(pack(claimed.row->*of));
    return lists;
}

constexpr auto as_bytea = [](const std::string& bytes) { return Bytes{bytes}; };

template <class Of>
auto of_finished(Of field) {
    return [field](const Claimed<Upload>& claimed) {
        using Value = std::remove_cvref_t<decltype(claimed.row->bytes.*field)>;
        return claimed.row->state == Upload::State::receiving
                   ? std::optional<Value>()
                   : std::optional<Value>(claimed.row->bytes.*field);
    };
}

void queue_uploads(Connection& db, const char* sql, const std::vector<Claimed<Upload>>& rows) {
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
            .column(replays, as_bytea);
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
            .column(replays, as_bytea);
        db.queue(kUpdateSubmissions, std::move(parameters));
    }
}

// What is gone, and the bytes in rows that go with what was not handed in.
void queue_removals(Connection& db, const Claims& claims,
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

}  // namespace

void PostgresWriter::connect() {
    if (db_ && era_ == tools_.connector.era()) return;
    db_.reset();
    era_ = tools_.connector.era();
    db_ = tools_.connector.connect();
}

void PostgresWriter::abandon() noexcept {
    roster_.reset();
    upload_versions_.clear();
    usages_.clear();
}

void PostgresWriter::load(const domain::Keys& keys, domain::State& state) {
    const bool began = roster_.has_value();
    for (bool again = true;; again = false) {
        connect();
        try {
            return load_once(keys, state);
        } catch (const Lost& error) {
            db_.reset();
            tools_.connector.lost();
            tools_.watch.forget();
            if (!again || began) throw Unavailable(error.what());
            roster_.reset();
            state = {};  // what was kept in memory may be of another roster
        } catch (const Refused& error) {
            db_.reset();
            throw Unavailable(error.what());
        }
    }
}

namespace {

// Rows that a batch asks for: those that are kept in memory, and the keys of the others.
template <class Memo, class Map, class Key>
std::vector<Key> fill_kept(Memo& memo, Generation generation, const std::vector<Key>& wanted,
                           Map& rows) {
    std::vector<Key> missing;
    for (const auto& key : wanted) {
        if (rows.contains(key)) continue;
        if (auto kept = memo.kept(key, generation))
            rows.emplace(key, std::move(*kept));
        else
            missing.push_back(key);
    }
    return missing;
}

template <class Map, class Key>
std::vector<Key> fill_none(const std::vector<Key>& wanted, const Map& rows) {
    std::vector<Key> missing;
    for (const auto& key : wanted)
        if (!rows.contains(key)) missing.push_back(key);
    return missing;
}

// What is still missing once the answer is there is not there at all.
template <class Map, class Key>
void fill_absent(const std::vector<Key>& missing, Map& rows) {
    for (const auto& key : missing)
        rows.try_emplace(key, std::nullopt);
}

}  // namespace

// Which roster this batch is decided on: commit() holds it to that.
Roster PostgresWriter::known_roster() {
    if (!roster_) roster_ = tools_.watch.believed();
    if (!roster_) {
        const auto asked = RosterWatch::Clock::now();
        auto answers = db_->queue(kGeneration).run();
        if (!answers[0].next()) throw Unavailable("the database is not one of ours");
        roster_ = tools_.watch.saw(answers[0].integer(), asked);
    }
    return *roster_;
}

void PostgresWriter::load_once(const domain::Keys& keys, domain::State& state) {
    auto& cache = tools_.cache;
    const auto asked = RosterWatch::Clock::now();
    const auto roster = known_roster();
    const auto accounts = fill_kept(cache.accounts, roster.cached, keys.accounts, state.accounts);
    const auto classes = fill_kept(cache.classes, roster.cached, keys.classes, state.classes);
    const auto people = fill_kept(cache.people, roster.cached, keys.people, state.people);
    const auto assignments =
        fill_kept(cache.assignments, roster.cached, keys.assignments, state.assignments);
    const auto members =
        fill_kept(cache.memberships, roster.cached, keys.memberships, state.memberships);
    const auto submissions = fill_none(keys.submissions, state.submissions);
    const auto tokens = fill_none(keys.tokens, state.tokens);
    const auto clients = fill_none(keys.client_ids, state.clients);
    const auto uploads = fill_none(keys.uploads, state.uploads);
    const auto usages = fill_none(keys.upload_usages, state.upload_usages);

    const auto queue = [this](const char* sql, const auto& wanted) {
        if (!wanted.empty()) db_->queue(sql, std::move(Parameters().column(wanted)));
    };
    db_->queue(kGeneration);
    queue(kAccountsById, accounts);
    queue(kClassesById, classes);
    queue(kPeopleById, people);
    queue(kAssignmentsById, assignments);
    if (!members.empty())
        db_->queue(kRolesByMember,
                   std::move(Parameters()
                                 .column(members, &domain::MembershipKey::class_id)
                                 .column(members, &domain::MembershipKey::person_id)));
    queue(kSubmissionsById, submissions);
    queue(kTokensByHash, tokens);
    queue(kIntegrationsByClient, clients);
    queue(kUploadsById, uploads);
    queue(kUsagesByOwner, usages);
    auto answers = db_->run();
    auto answer = answers.begin();

    if (!answer->next()) throw Unavailable("the database is not one of ours");
    tools_.watch.saw((answer++)->integer(), asked);  // if it is another, commit() will tell
    const auto take = [&answer](const auto& wanted, auto each) {
        if (wanted.empty()) return;
        auto& rows = *answer++;
        while (rows.next())
            each(rows);
    };
    const auto take_kept = [&](const auto& wanted, auto& memo, auto& rows, auto read) {
        take(wanted, [&](Rows& row) {
            auto each = read(row);
            memo.keep(each.id, roster.cached, each);
            const auto id = each.id;
            rows.insert_or_assign(id, std::move(each));
        });
        fill_absent(wanted, rows);
    };
    take_kept(accounts, cache.accounts, state.accounts, account_row);
    take_kept(classes, cache.classes, state.classes, class_row);
    take_kept(people, cache.people, state.people, person_row);
    take_kept(assignments, cache.assignments, state.assignments, assignment_row);
    take(members, [&](Rows& row) {
        const domain::MembershipKey key{row.id(), row.id()};
        add_role(row, state.memberships[key]);
    });
    for (const auto& key : members) {
        const auto& membership = state.memberships[key];
        if (membership) cache.memberships.keep(key, roster.cached, *membership);
    }
    take(submissions, [&](Rows& row) {
        auto each = submission_row(row);
        stamps_.saw(row.integer());
        state.submissions.insert_or_assign(each.id, std::move(each));
    });
    fill_absent(submissions, state.submissions);
    take(tokens, [&](Rows& row) {
        auto each = token_row(row);
        state.tokens.insert_or_assign(each.hash, std::move(each));
    });
    fill_absent(tokens, state.tokens);
    take(clients, [&](Rows& row) {
        auto each = integration_row(row);
        state.clients.insert_or_assign(each.client_id, std::move(each));
    });
    fill_absent(clients, state.clients);
    take(uploads, [&](Rows& row) {
        auto each = upload_row(row);
        upload_versions_[each.id] = row.integer();
        state.uploads.insert_or_assign(each.id, std::move(each));
    });
    for (const auto& id : uploads)
        upload_versions_.try_emplace(id, 0);
    fill_absent(uploads, state.uploads);
    take(usages, [&](Rows& row) {
        auto each = usage_row(row);
        usages_[each.owner_id] = each;
        state.upload_usages.insert_or_assign(each.owner_id, each);
    });
    for (const auto& id : usages)
        usages_.try_emplace(id, UploadUsage{.owner_id = id});
    fill_absent(usages, state.upload_usages);
}

// Versions and sums that a commit builds on without having asked for them.
void PostgresWriter::ask_unknown(const Claims& claims) {
    std::vector<Uuid> uploads, usages;
    for (const auto& [id, claim] : claims.uploads)
        if (!upload_versions_.contains(id)) uploads.push_back(id);
    for (const auto& [id, claim] : claims.usages)
        if (!usages_.contains(id)) usages.push_back(id);
    if (uploads.empty() && usages.empty()) return;
    auto answers = db_->queue(kVersions, std::move(Parameters().column(uploads)))
                       .queue(kUsagesByOwner, std::move(Parameters().column(usages)))
                       .run();
    while (answers[0].next()) {
        const auto id = answers[0].id();
        upload_versions_[id] = answers[0].integer();
    }
    while (answers[1].next()) {
        const auto usage = usage_row(answers[1]);
        usages_[usage.owner_id] = usage;
    }
    for (const auto& id : uploads)
        upload_versions_.try_emplace(id, 0);
    for (const auto& id : usages)
        usages_.try_emplace(id, UploadUsage{.owner_id = id});
}

void PostgresWriter::queue_usages(const Claims& claims) {
    if (claims.usages.empty()) return;
    std::vector<UploadUsage> added;
    for (const auto& [id, claim] : claims.usages) {
        const auto& base = usages_.at(id);
        added.push_back({.owner_id = id,
                         .bytes = claim.last->bytes - base.bytes,
                         .uploads = claim.last->uploads - base.uploads});
    }
    db_->queue(kAddUsages, std::move(Parameters()
                                         .column(added, &UploadUsage::owner_id)
                                         .column(added, &UploadUsage::bytes)
                                         .column(added, &UploadUsage::uploads)));
    db_->queue(kRemoveUsages, std::move(Parameters().column(added, &UploadUsage::owner_id)));
}

// The whole transaction, in one round trip.
void PostgresWriter::write(Changes changes, const Claims& claims, const Uuid& batch) {
    const auto stamp = stamps_.next(SystemClock().now());
    const bool imports = std::ranges::any_of(changes, touches_roster);
    db_->queue("BEGIN");
    if (imports) db_->queue(kNoHurry);
    if (roster_) db_->queue(kSameRoster, std::move(Parameters().add(roster_->generation)));
    queue_submissions(*db_, claims, stamp);
    queue_uploads(*db_, kInsertUploads, pick(claims.uploads, is_new));
    queue_uploads(*db_, kUpdateUploads, pick(claims.uploads, is_there));
    queue_inserts(*db_, changes);
    queue_removals(*db_, claims, changes);
    const auto events = queue_events(*db_, changes, batch);
    if (imports) db_->queue(kNewRoster);
    queue_roster(*db_, changes);
    queue_usages(claims);  // last: these rows are waited for
    db_->queue(kInsertBatch, std::move(Parameters().add(batch).add(stamp).add(events)));
    db_->queue("COMMIT");
    db_->run(true, imports ? kImportTime : Connection::kPatience);
}

// Which of the changes were decided on rows that are not so any more.
std::vector<std::size_t> PostgresWriter::outdated(const Claims& claims, std::size_t changes) {
    std::vector<Uuid> ids;
    for (const auto& [id, claim] : claims.submissions)
        ids.push_back(id);
    for (const auto& [id, claim] : claims.uploads)
        ids.push_back(id);
    const auto asked = RosterWatch::Clock::now();
    auto answers =
        db_->queue(kGeneration).queue(kVersions, std::move(Parameters().column(ids))).run();
    std::unordered_map<Uuid, std::int64_t> versions;
    while (answers[1].next()) {
        const auto id = answers[1].id();
        versions[id] = answers[1].integer();
    }
    std::vector<Uuid> stale;
    for (const auto& [id, claim] : claims.submissions)
        if (versions[id] != claim.expected) stale.push_back(id);
    for (const auto& [id, claim] : claims.uploads)
        if (versions[id] != claim.expected) stale.push_back(id);
    const bool new_roster =
        roster_ && answers[0].next() &&
        tools_.watch.saw(answers[0].integer(), asked).generation != roster_->generation;
    if (!new_roster) return lost_changes(claims, stale, changes);
    std::vector<std::size_t> all(changes);
    for (std::size_t i = 0; i < changes; ++i)
        all[i] = i;
    return all;
}

// After the connection was lost at a commit. Throws std::runtime_error if it cannot be found out.
bool PostgresWriter::has_taken_effect(const Uuid& batch) {
    const auto end = steady_clock::now() + kSettleTime;
    while (steady_clock::now() < end) {
        try {
            connect();
            auto answers = db_->queue(kSettle, std::move(Parameters().add(batch))).run(true);
            return answers.front().next() && !answers.front().flag();
        } catch (const Lost&) {
            db_.reset();
            tools_.connector.lost();
        } catch (const Unavailable&) {    // not yet
        } catch (const Refused& error) {  // still under way, say
            log::warn("a commit is not settled yet", {{"reason", error.what()}});
        }
        std::this_thread::sleep_for(kSettlePause);
    }
    throw std::runtime_error("the database was lost at a commit, which may have taken effect");
}

void PostgresWriter::commit(Changes changes) {
    auto claims = claims_of(changes);
    for (int tries = 1;; ++tries) {
        const auto batch = uuid_v7(SystemClock().now());
        bool sent = false;
        try {
            connect();
            ask_unknown(claims);
            for (auto& [id, claim] : claims.uploads)
                claim.expected = upload_versions_.at(id);
            sent = true;
            write(changes, claims, batch);
            break;
        } catch (const Lost& error) {
            db_.reset();
            tools_.connector.lost();
            tools_.watch.forget();
            if (sent && has_taken_effect(batch)) break;
            if (tries == kTries) throw Unavailable(error.what());
        } catch (const Refused& error) {
            if (error.of_guard()) {
                std::vector<std::size_t> lost;
                try {
                    lost = outdated(claims, changes.size());
                } catch (const std::runtime_error& why) {
                    throw Unavailable(why.what());
                }
                if (!lost.empty()) throw Outdated(std::move(lost));
            } else if (error.of_data()) {
                throw;
            } else if (!error.of_rivalry()) {
                throw Unavailable(error.what());
            }
            if (tries == kTries) throw Unavailable(error.what());
        }
    }
    abandon();
    if (std::ranges::any_of(changes, touches_roster)) {
        tools_.watch.forget();
        std::this_thread::sleep_for(RosterWatch::kBelieved);  // see roster_watch.hpp
    }
    committed_();
}

}  // namespace handin::store::postgres
