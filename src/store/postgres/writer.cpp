#include "store/postgres/writer.hpp"

#include <algorithm>
#include <thread>

#include "base/log.hpp"
#include "base/time.hpp"
#include "store/postgres/claimed_rows.hpp"
#include "store/postgres/guard.hpp"
#include "store/postgres/inserts.hpp"
#include "store/postgres/lookups.hpp"

namespace handin::store::postgres {
namespace {

using domain::UploadUsage;
using std::chrono::steady_clock;

constexpr const char* kInsertBatch =
    "INSERT INTO batch (id, stamp, events, void) VALUES ($1, $2, $3, false)";
constexpr const char* kSameRoster =
    "SELECT CAST(CASE WHEN generation = $1::bigint THEN '0'"
    " ELSE 'handin: the roster has changed, the batch is decided again' END AS bigint)"
    " FROM roster";
// Before that question, so that its answer holds until the commit: of two that change the roster
// the second hears of the first, and nobody makes a token of one that is being taken back.
constexpr const char* kLockRoster = "SELECT generation FROM roster FOR UPDATE";
constexpr const char* kHoldRoster = "SELECT generation FROM roster FOR SHARE";
constexpr const char* kNoHurry = "SET LOCAL statement_timeout = 0";
constexpr const char* kNewRoster = "UPDATE roster SET generation = generation + 1";
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

bool touch_roster(std::span<const domain::Changes* const> changes) {
    return std::ranges::any_of(changes,
                               [](const auto* each) { return domain::touches_roster(*each); });
}

bool make_tokens(std::span<const domain::Changes* const> changes) {
    return std::ranges::any_of(changes, [](const auto* each) { return !each->tokens.empty(); });
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
    const auto groups = fill_none(keys.groups, state.groups);
    const auto tokens = fill_none(keys.tokens, state.tokens);
    const auto clients = fill_none(keys.client_ids, state.clients);
    const auto uploads = fill_none(keys.uploads, state.uploads);
    const auto usages = fill_none(keys.upload_usages, state.upload_usages);
    const auto last_assignments = fill_none(keys.last_assignments, state.last_assignments);

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
    if (!groups.empty())
        db_->queue(kGroupsByMember, std::move(Parameters()
                                                  .column(groups, &domain::GroupKey::set_id)
                                                  .column(groups, &domain::GroupKey::person_id)));
    queue(kTokensByHash, tokens);
    queue(kIntegrationsByClient, clients);
    queue(kUploadsById, uploads);
    queue(kUsagesByOwner, usages);
    queue(kLastAssignments, last_assignments);
    auto answers = db_->run();
    auto answer = answers.begin();

    if (!answer->next()) throw Unavailable("the database is not one of ours");
    const auto generation = (answer++)->integer();
    tools_.watch.saw(generation, asked);  // if it is another, commit() will tell
    if (keys.roster_generation) state.roster_generation = static_cast<std::uint64_t>(generation);
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
    take(groups, [&](Rows& row) {
        const domain::GroupKey key{row.id(), row.id()};
        state.groups.insert_or_assign(key, group_row(row));
    });
    fill_absent(groups, state.groups);
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
    take(last_assignments, [&](Rows& row) {
        const auto account = row.id();
        state.last_assignments.insert_or_assign(account, row.integer());
    });
    for (const auto& account : last_assignments)
        state.last_assignments.try_emplace(account, 0);
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
    const bool imports = touch_roster(changes);
    db_->queue("BEGIN");
    if (imports) db_->queue(kNoHurry);
    if (imports)
        db_->queue(kLockRoster);
    else if (make_tokens(changes))
        db_->queue(kHoldRoster);
    if (roster_) db_->queue(kSameRoster, std::move(Parameters().add(roster_->generation)));
    queue_submissions(*db_, claims, stamp);
    queue_uploads(*db_, claims);
    queue_inserts(*db_, changes);
    queue_removed_uploads(*db_, claims, changes);
    const auto events = queue_events(*db_, changes, batch);
    if (imports) db_->queue(kNewRoster);
    queue_removals(*db_, changes);
    queue_roster(*db_, changes);
    queue_audit(*db_, changes);
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
    if (touch_roster(changes)) {
        tools_.watch.forget();
        std::this_thread::sleep_for(RosterWatch::kBelieved);  // see roster_watch.hpp
    }
    committed_();
}

}  // namespace handin::store::postgres
