#include "store/postgres/postgres_deliveries.hpp"

#include "store/names.hpp"
#include "store/store.hpp"

namespace handin::store::postgres {
namespace {

constexpr const char* kSubscriptions =
    "SELECT id, name, events, form, transport, target, sign, quoted, secret, state, reason,"
    " created_at, updated_at, version, cursor, replay_after, replay_until FROM subscription"
    " WHERE $1::uuid IS NULL OR id = $1 ORDER BY id";
constexpr const char* kAdd =
    "INSERT INTO subscription (id, name, events, form, transport, target, sign, quoted, secret,"
    " state, reason, created_at, updated_at, version, cursor, replay_after, replay_until)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
constexpr const char* kChange =
    "UPDATE subscription SET name = $1, events = $2, form = $3, transport = $4, target = $5,"
    " sign = $6, quoted = $7, secret = $8, state = $9, reason = $10, updated_at = $11,"
    " version = version + 1 WHERE id = $12 AND version = $13 RETURNING 1";
constexpr const char* kRemove = "DELETE FROM subscription WHERE id = $1 RETURNING 1";
constexpr const char* kRemoveDeliveries = "DELETE FROM delivery WHERE subscription_id = $1";
constexpr const char* kReplay =
    "WITH asked AS (UPDATE subscription SET replay_after = $1, replay_until = $2,"
    "               version = version + 1 WHERE id = $3 AND replay_after >= replay_until"
    "               RETURNING id),"
    // What had no words may have some now.
    " wordless AS (DELETE FROM delivery d USING asked WHERE d.subscription_id = asked.id"
    "              AND d.sequence > $1 AND d.sequence <= $2 AND d.body = '')"
    " SELECT 1 FROM asked";
// All or nothing in one statement: if the cursors have been moved, no row is taken.
constexpr const char* kTake =
    "WITH moved AS (UPDATE subscription SET cursor = $2, replay_after = $3"
    "               WHERE id = $1 AND cursor = $4 AND replay_after = $5 RETURNING id),"
    " taken AS (INSERT INTO delivery AS d (subscription_id, sequence, event_id, event_name,"
    "           submission_id, body, attempts, due_at, dead_at, timed_out, status, answer, key_id)"
    "           SELECT moved.id, t.sequence, t.event_id, t.event_name, t.submission_id, t.body, 0,"
    "           t.due_at, t.dead_at, false, 0, t.answer, t.key_id"
    "           FROM moved, unnest($6::bigint[], $7::uuid[], $8::text[], $9::uuid[], $10::bytea[],"
    "           $11::bigint[], $12::bigint[], $13::text[], $14::text[])"
    "           AS t (sequence, event_id, event_name, submission_id, body, due_at, dead_at, answer,"
    "           key_id)"
    "           ON CONFLICT (subscription_id, sequence) DO UPDATE SET attempts = 0,"
    "           due_at = excluded.due_at, dead_at = NULL WHERE d.dead_at IS NOT NULL)"
    " SELECT 1 FROM moved";
constexpr const char* kWaiting =
    "SELECT sequence, event_id, event_name, submission_id, attempts, due_at, dead_at, timed_out,"
    " status, answer FROM delivery WHERE subscription_id = $1 AND dead_at IS NULL"
    " ORDER BY sequence";
constexpr const char* kBody =
    "SELECT body FROM delivery WHERE subscription_id = $1 AND sequence = $2";
constexpr const char* kDelivered =
    "DELETE FROM delivery WHERE subscription_id = $1 AND sequence = ANY($2::bigint[])";
constexpr const char* kFailed =
    "UPDATE delivery d SET attempts = t.attempts, due_at = t.due_at, dead_at = t.dead_at,"
    " timed_out = t.timed_out, status = t.status, answer = t.answer"
    " FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::boolean[],"
    " $7::bigint[], $8::text[])"
    " AS t (sequence, attempts, due_at, dead_at, timed_out, status, answer)"
    " WHERE d.subscription_id = $1 AND d.sequence = t.sequence";
constexpr const char* kDeaths =
    "SELECT count(*) FILTER (WHERE timed_out), count(*) FILTER (WHERE NOT timed_out) FROM delivery"
    " WHERE subscription_id = $1 AND dead_at >= $2";
constexpr const char* kList =
    "SELECT sequence, event_id, event_name, submission_id, attempts, due_at, dead_at, timed_out,"
    " status, answer FROM delivery WHERE subscription_id = $1 AND sequence > $2"
    " AND ($3::bigint = 0 OR ($3::bigint = 1) = (dead_at IS NULL)) ORDER BY sequence LIMIT $4";
constexpr const char* kRevive =
    "UPDATE delivery SET attempts = 0, due_at = $1, dead_at = NULL WHERE subscription_id = $2"
    " AND dead_at IS NOT NULL AND body <> '' AND ($3::bigint IS NULL OR sequence = $3) RETURNING 1";
constexpr const char* kTrim =
    "DELETE FROM delivery WHERE subscription_id = $1 AND sequence IN (SELECT sequence FROM delivery"
    " WHERE subscription_id = $1 AND dead_at < $2 ORDER BY dead_at LIMIT $3)"
    " AND dead_at < $2 RETURNING 1";
constexpr const char* kAwaits =
    "SELECT 1 FROM subscription s JOIN delivery d ON d.subscription_id = s.id"
    " WHERE s.state = $1 AND d.key_id = $2 LIMIT 1";
constexpr const char* kNotice = "UPDATE subscription SET version = version + 1 WHERE id = $1";
constexpr const char* kKeys = "SELECT id, pem, created_at FROM event_key ORDER BY created_at, id";
constexpr const char* kLockKeys = "LOCK TABLE event_key IN SHARE ROW EXCLUSIVE MODE";
constexpr const char* kAddKeys =
    "INSERT INTO event_key (id, pem, created_at)"
    " SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])";
constexpr const char* kForgetKeys =
    "DELETE FROM event_key WHERE id NOT IN"
    " (SELECT id FROM event_key ORDER BY created_at DESC, id DESC LIMIT $1)";

Subscription subscription_in(Rows& row) {
    return {.id = row.id(),
            .name = row.text(),
            .events = split_names(row.text()),
            .form = row.text(),
            .transport = row.text(),
            .target = row.text(),
            .sign = row.flag(),
            .quoted = row.flag(),
            .secret = row.text(),
            .state = row.enumeration<Subscription::State>(),
            .reason = row.text(),
            .created_at = row.time(),
            .updated_at = row.time(),
            .version = row.integer(),
            .cursor = row.integer(),
            .replay_after = row.integer(),
            .replay_until = row.integer()};
}

std::vector<Delivery> deliveries_in(Rows& rows) {
    std::vector<Delivery> found;
    while (rows.next())
        found.push_back({.sequence = rows.integer(),
                         .event_id = rows.id(),
                         .event_name = rows.text(),
                         .submission_id = rows.id(),
                         .body = {},
                         .key_id = {},
                         .attempts = static_cast<unsigned>(rows.integer()),
                         .due_at = rows.time(),
                         .dead_at = rows.optional_time(),
                         .timed_out = rows.flag(),
                         .status = static_cast<int>(rows.integer()),
                         .answer = rows.text()});
    return found;
}

std::vector<EventKey> keys_in(Rows& rows) {
    std::vector<EventKey> keys;
    while (rows.next())
        keys.push_back({.id = rows.text(), .pem = rows.text(), .created_at = rows.time()});
    return keys;
}

}  // namespace

// A connection that was lost while nobody used it is made anew, once; what the statement that
// noticed it has done is not known, but all of them may be done twice.
template <class F>
auto PostgresDeliveries::with(F work) {
    std::lock_guard lock(mutex_);
    const bool fresh = db_ == nullptr;
    if (fresh) db_ = connector_.connect();
    try {
        return work(*db_);
    } catch (const Lost& error) {
        db_.reset();
        connector_.lost();
        if (fresh) throw Unavailable(error.what());
    } catch (const Refused& error) {
        throw Unavailable(error.what());
    }
    db_ = connector_.connect();
    try {
        return work(*db_);
    } catch (const Lost& error) {
        db_.reset();
        connector_.lost();
        throw Unavailable(error.what());
    } catch (const Refused& error) {
        throw Unavailable(error.what());
    }
}

std::vector<Subscription> PostgresDeliveries::subscriptions() {
    return with([](Connection& db) {
        auto answers =
            db.queue(kSubscriptions, std::move(Parameters().add(std::optional<Uuid>()))).run();
        std::vector<Subscription> found;
        while (answers[0].next())
            found.push_back(subscription_in(answers[0]));
        return found;
    });
}

std::optional<Subscription> PostgresDeliveries::subscription(const Uuid& id) {
    return with([&](Connection& db) {
        auto answers =
            db.queue(kSubscriptions, std::move(Parameters().add(std::optional(id)))).run();
        return answers[0].next() ? std::optional(subscription_in(answers[0])) : std::nullopt;
    });
}

void PostgresDeliveries::add(const Subscription& it) {
    with([&](Connection& db) {
        return db
            .queue(kAdd, std::move(Parameters()
                                       .add(it.id)
                                       .add(it.name)
                                       .add(join_names(it.events))
                                       .add(it.form)
                                       .add(it.transport)
                                       .add(it.target)
                                       .add(it.sign)
                                       .add(it.quoted)
                                       .add(it.secret)
                                       .add(it.state)
                                       .add(it.reason)
                                       .add(it.created_at)
                                       .add(it.updated_at)
                                       .add(it.version)
                                       .add(it.cursor)
                                       .add(it.replay_after)
                                       .add(it.replay_until)))
            .run(true);
    });
}

bool PostgresDeliveries::change(const Subscription& it) {
    return with([&](Connection& db) {
        return db
            .queue(kChange, std::move(Parameters()
                                          .add(it.name)
                                          .add(join_names(it.events))
                                          .add(it.form)
                                          .add(it.transport)
                                          .add(it.target)
                                          .add(it.sign)
                                          .add(it.quoted)
                                          .add(it.secret)
                                          .add(it.state)
                                          .add(it.reason)
                                          .add(it.updated_at)
                                          .add(it.id)
                                          .add(it.version)))
            .run(true)[0]
            .next();
    });
}

bool PostgresDeliveries::remove(const Uuid& id) {
    return with([&](Connection& db) {
        // The subscription first: whoever takes events for it waits for its row, and finds none.
        return db.queue("BEGIN")
            .queue(kRemove, std::move(Parameters().add(id)))
            .queue(kRemoveDeliveries, std::move(Parameters().add(id)))
            .queue("COMMIT")
            .run(true)[1]
            .next();
    });
}

bool PostgresDeliveries::replay(const Uuid& id, std::int64_t after, std::int64_t until) {
    return with([&](Connection& db) {
        return db.queue(kReplay, std::move(Parameters().add(after).add(until).add(id)))
            .run(true)[0]
            .next();
    });
}

bool PostgresDeliveries::take(const Uuid& subscription_id, const Progress& from, const Progress& to,
                              std::span<const Delivery> taken) {
    return with([&](Connection& db) {
        return db
            .queue(kTake,
                   std::move(Parameters()
                                 .add(subscription_id)
                                 .add(to.cursor)
                                 .add(to.replay_after)
                                 .add(from.cursor)
                                 .add(from.replay_after)
                                 .column(taken, &Delivery::sequence)
                                 .column(taken, &Delivery::event_id)
                                 .column(taken, &Delivery::event_name)
                                 .column(taken, &Delivery::submission_id)
                                 .column(taken, [](const auto& each) { return Bytes{each.body}; })
                                 .column(taken, &Delivery::due_at)
                                 .column(taken, &Delivery::dead_at)
                                 .column(taken, &Delivery::answer)
                                 .column(taken, &Delivery::key_id)))
            .run(true)[0]
            .next();
    });
}

std::vector<Delivery> PostgresDeliveries::waiting(const Uuid& subscription_id) {
    return with([&](Connection& db) {
        auto answers = db.queue(kWaiting, std::move(Parameters().add(subscription_id))).run();
        return deliveries_in(answers[0]);
    });
}

std::optional<std::string> PostgresDeliveries::body(const Uuid& subscription_id,
                                                    std::int64_t sequence) {
    return with([&](Connection& db) {
        auto answers =
            db.queue(kBody, std::move(Parameters().add(subscription_id).add(sequence))).run();
        return answers[0].next() ? std::optional(answers[0].blob()) : std::nullopt;
    });
}

void PostgresDeliveries::settle(const Uuid& subscription_id,
                                std::span<const std::int64_t> delivered,
                                std::span<const Delivery> failed) {
    with([&](Connection& db) {
        db.queue("BEGIN");
        if (!delivered.empty())
            db.queue(kDelivered, std::move(Parameters().add(subscription_id).column(delivered)));
        if (!failed.empty())
            db.queue(kFailed, std::move(Parameters()
                                            .add(subscription_id)
                                            .column(failed, &Delivery::sequence)
                                            .column(failed, &Delivery::attempts)
                                            .column(failed, &Delivery::due_at)
                                            .column(failed, &Delivery::dead_at)
                                            .column(failed, &Delivery::timed_out)
                                            .column(failed, &Delivery::status)
                                            .column(failed, &Delivery::answer)));
        return db.queue("COMMIT").run(true);
    });
}

DeathCount PostgresDeliveries::deaths(const Uuid& subscription_id, Time since) {
    return with([&](Connection& db) {
        auto answers =
            db.queue(kDeaths, std::move(Parameters().add(subscription_id).add(since))).run();
        answers[0].next();
        return DeathCount{.timeouts = answers[0].integer(), .others = answers[0].integer()};
    });
}

std::vector<Delivery> PostgresDeliveries::list(const Uuid& subscription_id, Which which,
                                               std::int64_t after, std::size_t limit) {
    return with([&](Connection& db) {
        auto answers =
            db.queue(kList,
                     std::move(Parameters().add(subscription_id).add(after).add(which).add(limit)))
                .run();
        return deliveries_in(answers[0]);
    });
}

std::int64_t PostgresDeliveries::revive(const Uuid& subscription_id,
                                        std::optional<std::int64_t> sequence, Time now) {
    return with([&](Connection& db) {
        auto answers =
            db.queue("BEGIN")
                .queue(kRevive, std::move(Parameters().add(now).add(subscription_id).add(sequence)))
                .queue(kNotice, std::move(Parameters().add(subscription_id)))
                .queue("COMMIT")
                .run(true);
        return static_cast<std::int64_t>(answers[1].size());
    });
}

std::int64_t PostgresDeliveries::trim(const Uuid& subscription_id, Time before, std::size_t limit) {
    return with([&](Connection& db) {
        auto answers =
            db.queue(kTrim, std::move(Parameters().add(subscription_id).add(before).add(limit)))
                .run(true);
        return static_cast<std::int64_t>(answers[0].size());
    });
}

bool PostgresDeliveries::awaits(const std::string& key_id) {
    return with([&](Connection& db) {
        return db
            .queue(kAwaits, std::move(Parameters().add(Subscription::State::active).add(key_id)))
            .run()[0]
            .next();
    });
}

std::vector<EventKey> PostgresDeliveries::keys() {
    return with([](Connection& db) {
        auto answers = db.queue(kKeys).run();
        return keys_in(answers[0]);
    });
}

bool PostgresDeliveries::add_keys(const std::string& newest, std::span<const EventKey> keys,
                                  std::size_t keep) {
    return with([&](Connection& db) {
        auto answers = db.queue("BEGIN").queue(kLockKeys).queue(kKeys).run();
        const auto known = keys_in(answers[2]);
        if (newest != (known.empty() ? "" : known.back().id)) {
            db.queue("ROLLBACK").run();
            return false;
        }
        db.queue(kAddKeys, std::move(Parameters()
                                         .column(keys, &EventKey::id)
                                         .column(keys, &EventKey::pem)
                                         .column(keys, &EventKey::created_at)))
            .queue(kForgetKeys, std::move(Parameters().add(static_cast<std::int64_t>(keep))))
            .queue("COMMIT")
            .run(true);
        return true;
    });
}

}  // namespace handin::store::postgres
