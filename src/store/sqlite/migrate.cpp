#include "store/sqlite/migrate.hpp"

#include <stdexcept>
#include <string>

#include "base/log.hpp"
#include "store/schema/schema.hpp"

namespace handin::store::sqlite {

void migrate(Connection& db) {
    auto& database = db.database();
    const auto known = static_cast<int>(schema::migrations().size());
    const int applied = database.execAndGet("PRAGMA user_version").getInt();
    if (applied > known)
        throw std::runtime_error("the database has schema " + std::to_string(applied) +
                                 ", but this binary knows only " + std::to_string(known) +
                                 ": start a newer handin");
    for (int number = applied; number < known; ++number) {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        const auto& migration = schema::migrations()[static_cast<std::size_t>(number)];
        database.exec(migration.sql);
        database.exec("PRAGMA user_version = " + std::to_string(number + 1));
        transaction.commit();
        log::info("migrated the database", {{"schema", migration.name}});
    }
}

}  // namespace handin::store::sqlite
