#include "store/postgres/migrate.hpp"

#include <stdexcept>
#include <string>

#include "base/log.hpp"

namespace handin::store::postgres {
namespace {

// The number of the lock is "handin" in ASCII. Engines that do not have such locks take one node's
// migrations at a time.
constexpr const char* kBegin =
    "SET statement_timeout = 0; SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0;"
    " BEGIN; SELECT pg_advisory_xact_lock(114784885271918);"
    " CREATE TABLE IF NOT EXISTS migration (number bigint PRIMARY KEY, name text NOT NULL,"
    " applied_at timestamptz NOT NULL DEFAULT now())";
constexpr const char* kApplied = "SELECT coalesce(max(number), 0) FROM migration";
constexpr const char* kNote = "INSERT INTO migration (number, name) VALUES ($1, $2)";
constexpr const char* kCommit = "COMMIT";

}  // namespace

void migrate(Connection& db, std::span<const schema::Migration> migrations) {
    db.script(kBegin);
    auto rows = db.queue(kApplied).run();
    rows[0].next();
    const auto number = static_cast<std::size_t>(rows[0].integer());
    if (number > migrations.size()) {
        db.script("ROLLBACK");
        throw std::runtime_error("the database has schema " + std::to_string(number) +
                                 ", but this binary knows only " +
                                 std::to_string(migrations.size()) + ": start a newer handin");
    }
    for (auto next = number; next < migrations.size(); ++next) {
        db.script(migrations[next].sql);
        db.queue(kNote,
                 std::move(Parameters().add(next + 1).add(std::string(migrations[next].name))))
            .run();
        log::info("migrated the database", {{"schema", migrations[next].name}});
    }
    db.script(kCommit);
}

}  // namespace handin::store::postgres
