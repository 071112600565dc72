#include "store/sqlite/sqlite_deliveries.hpp"

#include "store/names.hpp"
#include "store/sqlite/migrate.hpp"
#include "store/store.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kSubscriptions =
    "SELECT id, name, events, form, transport, target, sign, quoted, secret, state, reason,"
    " created_at, updated_at, version, cursor, replay_after, replay_until FROM subscription"
    " WHERE ?1 IS NULL OR id = ?1 ORDER BY id";
constexpr const char* kAdd =
    "INSERT INTO subscription (id, name, events, form, transport, target, sign, quoted, secret,"
    " state, reason, created_at, updated_at, version, cursor, replay_after, replay_until)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr const char* kChange =
    "UPDATE subscription SET name = ?, events = ?, form = ?, transport = ?, target = ?, sign = ?,"
    " quoted = ?, secret = ?, state = ?, reason = ?, updated_at = ?, version = version + 1"
    " WHERE id = ? AND version = ?";
constexpr const char* kRemove = "DELETE FROM subscription WHERE id = ?";
constexpr const char* kRemoveDeliveries = "DELETE FROM delivery WHERE subscription_id = ?";
constexpr const char* kReplay =
    "UPDATE subscription SET replay_after = ?, replay_until = ?, version = version + 1"
    " WHERE id = ? AND replay_after >= replay_until";
// What had no words may have some now.
constexpr const char* kForgetWordless =
    "DELETE FROM delivery WHERE subscription_id = ? AND sequence > ? AND sequence <= ?"
    " AND body = x''";
constexpr const char* kMove =
    "UPDATE subscription SET cursor = ?, replay_after = ?"
    " WHERE id = ? AND cursor = ? AND replay_after = ?";
constexpr const char* kTake =
    "INSERT INTO delivery (subscription_id, sequence, event_id, event_name, submission_id, body,"
    " attempts, due_at, dead_at, timed_out, status, answer, key_id)"
    " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, 0, 0, ?, ?)"
    " ON CONFLICT DO UPDATE SET attempts = 0, due_at = excluded.due_at, dead_at = NULL"
    " WHERE dead_at IS NOT NULL";
constexpr const char* kWaiting =
    "SELECT sequence, event_id, event_name, submission_id, attempts, due_at, dead_at, timed_out,"
    " status, answer FROM delivery WHERE subscription_id = ? AND dead_at IS NULL ORDER BY sequence";
constexpr const char* kBody =
    "SELECT body FROM delivery WHERE subscription_id = ? AND sequence = ?";
constexpr const char* kDelivered =
    "DELETE FROM delivery WHERE subscription_id = ? AND sequence = ?";
constexpr const char* kFailed =
    "UPDATE delivery SET attempts = ?, due_at = ?, dead_at = ?, timed_out = ?, status = ?,"
    " answer = ? WHERE subscription_id = ? AND sequence = ?";
constexpr const char* kDeaths =
    "SELECT count(*) FILTER (WHERE timed_out), count(*) FILTER (WHERE NOT timed_out) FROM delivery"
    " WHERE subscription_id = ? AND dead_at >= ?";
constexpr const char* kList =
    "SELECT sequence, event_id, event_name, submission_id, attempts, due_at, dead_at, timed_out,"
    " status, answer FROM delivery WHERE subscription_id = ?1 AND sequence > ?2"
    " AND (?3 = 0 OR (?3 = 1) = (dead_at IS NULL)) ORDER BY sequence LIMIT ?4";
constexpr const char* kRevive =
    "UPDATE delivery SET attempts = 0, due_at = ?1, dead_at = NULL"
    " WHERE subscription_id = ?2 AND dead_at IS NOT NULL AND body <> x''"
    " AND (?3 IS NULL OR sequence = ?3)";
constexpr const char* kTrim =
    "DELETE FROM delivery WHERE rowid IN (SELECT rowid FROM delivery"
    " WHERE subscription_id = ? AND dead_at < ? ORDER BY dead_at LIMIT ?)";
constexpr const char* kAwaits =
    "SELECT 1 FROM subscription s JOIN delivery d ON d.subscription_id = s.id"
    " WHERE s.state = ? AND d.key_id = ? LIMIT 1";
constexpr const char* kNotice = "UPDATE subscription SET version = version + 1 WHERE id = ?";
constexpr const char* kKeys = "SELECT id, pem, created_at FROM event_key ORDER BY created_at, id";
constexpr const char* kAddKey = "INSERT INTO event_key (id, pem, created_at) VALUES (?, ?, ?)";
constexpr const char* kForgetKeys =
    "DELETE FROM event_key WHERE id NOT IN"
    " (SELECT id FROM event_key ORDER BY created_at DESC, id DESC LIMIT ?)";

// After a power cut some progress may be gone, which is made again; a kill loses nothing.
constexpr const char* kSyncLater = "PRAGMA synchronous = NORMAL";
constexpr const char* kSyncNow = "PRAGMA synchronous = FULL";

Subscription subscription_in(Query& row) {
    return {.id = row.id(),
            .name = row.text(),
            .events = split_names(row.text()),
            .form = row.text(),
            .transport = row.text(),
            .target = row.text(),
            .sign = row.flag(),
            .quoted = row.flag(),
            .secret = row.text(),
            .state = static_cast<Subscription::State>(row.integer()),
            .reason = row.text(),
            .created_at = row.time(),
            .updated_at = row.time(),
            .version = row.integer(),
            .cursor = row.integer(),
            .replay_after = row.integer(),
            .replay_until = row.integer()};
}

Delivery delivery_in(Query& row) {
    return {.sequence = row.integer(),
            .event_id = row.id(),
            .event_name = row.text(),
            .submission_id = row.id(),
            .body = {},
            .key_id = {},
            .attempts = static_cast<unsigned>(row.integer()),
            .due_at = row.time(),
            .dead_at = row.optional_time(),
            .timed_out = row.flag(),
            .status = static_cast<int>(row.integer()),
            .answer = row.text()};
}

std::vector<Delivery> deliveries_in(Query& rows) {
    std::vector<Delivery> found;
    while (rows.next())
        found.push_back(delivery_in(rows));
    return found;
}

std::vector<EventKey> keys_in(Connection& db) {
    auto rows = db.query(kKeys);
    std::vector<EventKey> keys;
    while (rows.next())
        keys.push_back({.id = rows.text(), .pem = rows.text(), .created_at = rows.time()});
    return keys;
}

}  // namespace

SqliteDeliveries::SqliteDeliveries(const std::filesystem::path& file)
    : lock_(file.string() + ".lock", "this data folder"), db_(file, Access::read_write) {
    migrate(db_, schema::delivery_migrations());
    db_.exec(kSyncLater);
}

template <class F>
auto SqliteDeliveries::ask(F work) {
    std::lock_guard lock(mutex_);
    try {
        return work();
    } catch (const SQLite::Exception& error) {
        throw Unavailable(error.what());
    }
}

bool SqliteDeliveries::write(Durable durable, const std::function<bool()>& work) {
    return ask([&] {
        if (durable == Durable::now) db_.exec(kSyncNow);
        bool done = false;
        try {
            db_.exec("BEGIN IMMEDIATE");
            done = work();
            db_.exec(done ? "COMMIT" : "ROLLBACK");
        } catch (...) {
            db_.try_exec("ROLLBACK");
            db_.try_exec(kSyncLater);
            throw;
        }
        if (durable == Durable::now) db_.exec(kSyncLater);
        return done;
    });
}

std::vector<Subscription> SqliteDeliveries::subscriptions() {
    return ask([&] {
        auto rows = db_.query(kSubscriptions);
        rows.bind_null();
        std::vector<Subscription> found;
        while (rows.next())
            found.push_back(subscription_in(rows));
        return found;
    });
}

std::optional<Subscription> SqliteDeliveries::subscription(const Uuid& id) {
    return ask([&] {
        auto row = db_.query(kSubscriptions);
        row.bind(id);
        return row.next() ? std::optional(subscription_in(row)) : std::nullopt;
    });
}

void SqliteDeliveries::add(const Subscription& it) {
    const auto events = join_names(it.events);
    write(Durable::now, [&] {
        db_.query(kAdd)
            .bind(it.id)
            .bind(it.name)
            .bind(events)
            .bind(it.form)
            .bind(it.transport)
            .bind(it.target)
            .bind(it.sign)
            .bind(it.quoted)
            .bind(it.secret)
            .bind(static_cast<std::int64_t>(it.state))
            .bind(it.reason)
            .bind(it.created_at)
            .bind(it.updated_at)
            .bind(it.version)
            .bind(it.cursor)
            .bind(it.replay_after)
            .bind(it.replay_until)
            .run();
        return true;
    });
}

bool SqliteDeliveries::change(const Subscription& it) {
    const auto events = join_names(it.events);
    return write(Durable::now, [&] {
        return db_.query(kChange)
                   .bind(it.name)
                   .bind(events)
                   .bind(it.form)
                   .bind(it.transport)
                   .bind(it.target)
                   .bind(it.sign)
                   .bind(it.quoted)
                   .bind(it.secret)
                   .bind(static_cast<std::int64_t>(it.state))
                   .bind(it.reason)
                   .bind(it.updated_at)
                   .bind(it.id)
                   .bind(it.version)
                   .run() == 1;
    });
}

bool SqliteDeliveries::remove(const Uuid& id) {
    return write(Durable::now, [&] {
        db_.query(kRemoveDeliveries).bind(id).run();
        return db_.query(kRemove).bind(id).run() == 1;
    });
}

bool SqliteDeliveries::replay(const Uuid& id, std::int64_t after, std::int64_t until) {
    return write(Durable::now, [&] {
        db_.query(kForgetWordless).bind(id).bind(after).bind(until).run();
        return db_.query(kReplay).bind(after).bind(until).bind(id).run() == 1;
    });
}

bool SqliteDeliveries::take(const Uuid& subscription_id, const Progress& from, const Progress& to,
                            std::span<const Delivery> taken) {
    return write(Durable::later, [&] {
        const int moved = db_.query(kMove)
                              .bind(to.cursor)
                              .bind(to.replay_after)
                              .bind(subscription_id)
                              .bind(from.cursor)
                              .bind(from.replay_after)
                              .run();
        if (moved != 1) return false;
        for (const auto& each : taken)
            db_.query(kTake)
                .bind(subscription_id)
                .bind(each.sequence)
                .bind(each.event_id)
                .bind(each.event_name)
                .bind(each.submission_id)
                .bind_blob(each.body)
                .bind(each.due_at)
                .bind(each.dead_at)
                .bind(each.answer)
                .bind(each.key_id)
                .run();
        return true;
    });
}

std::vector<Delivery> SqliteDeliveries::waiting(const Uuid& subscription_id) {
    return ask([&] {
        auto rows = db_.query(kWaiting);
        rows.bind(subscription_id);
        return deliveries_in(rows);
    });
}

std::optional<std::string> SqliteDeliveries::body(const Uuid& subscription_id,
                                                  std::int64_t sequence) {
    return ask([&] {
        auto row = db_.query(kBody);
        row.bind(subscription_id).bind(sequence);
        return row.next() ? std::optional(row.blob()) : std::nullopt;
    });
}

void SqliteDeliveries::settle(const Uuid& subscription_id, std::span<const std::int64_t> delivered,
                              std::span<const Delivery> failed) {
    write(Durable::later, [&] {
        for (const auto sequence : delivered)
            db_.query(kDelivered).bind(subscription_id).bind(sequence).run();
        for (const auto& each : failed)
            db_.query(kFailed)
                .bind(std::int64_t{each.attempts})
                .bind(each.due_at)
                .bind(each.dead_at)
                .bind(each.timed_out)
                .bind(std::int64_t{each.status})
                .bind(each.answer)
                .bind(subscription_id)
                .bind(each.sequence)
                .run();
        return true;
    });
}

DeathCount SqliteDeliveries::deaths(const Uuid& subscription_id, Time since) {
    return ask([&] {
        auto row = db_.query(kDeaths);
        row.bind(subscription_id).bind(since);
        row.next();
        return DeathCount{.timeouts = row.integer(), .others = row.integer()};
    });
}

std::vector<Delivery> SqliteDeliveries::list(const Uuid& subscription_id, Which which,
                                             std::int64_t after, std::size_t limit) {
    return ask([&] {
        auto rows = db_.query(kList);
        rows.bind(subscription_id)
            .bind(after)
            .bind(static_cast<std::int64_t>(which))
            .bind(static_cast<std::int64_t>(limit));
        return deliveries_in(rows);
    });
}

std::int64_t SqliteDeliveries::revive(const Uuid& subscription_id,
                                      std::optional<std::int64_t> sequence, Time now) {
    std::int64_t revived = 0;
    write(Durable::now, [&] {
        revived = db_.query(kRevive).bind(now).bind(subscription_id).bind(sequence).run();
        db_.query(kNotice).bind(subscription_id).run();
        return revived > 0;
    });
    return revived;
}

std::int64_t SqliteDeliveries::trim(const Uuid& subscription_id, Time before, std::size_t limit) {
    std::int64_t gone = 0;
    write(Durable::later, [&] {
        gone = db_.query(kTrim)
                   .bind(subscription_id)
                   .bind(before)
                   .bind(static_cast<std::int64_t>(limit))
                   .run();
        return gone > 0;
    });
    return gone;
}

bool SqliteDeliveries::awaits(const std::string& key_id) {
    return ask([&] {
        auto row = db_.query(kAwaits);
        row.bind(static_cast<std::int64_t>(Subscription::State::active)).bind(key_id);
        return row.next();
    });
}

std::vector<EventKey> SqliteDeliveries::keys() {
    return ask([&] { return keys_in(db_); });
}

bool SqliteDeliveries::add_keys(const std::string& newest, std::span<const EventKey> keys,
                                std::size_t keep) {
    return write(Durable::now, [&] {
        const auto known = keys_in(db_);
        if (newest != (known.empty() ? "" : known.back().id)) return false;
        for (const auto& key : keys)
            db_.query(kAddKey).bind(key.id).bind(key.pem).bind(key.created_at).run();
        db_.query(kForgetKeys).bind(static_cast<std::int64_t>(keep)).run();
        return true;
    });
}

}  // namespace handin::store::sqlite
