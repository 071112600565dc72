#include "store/sqlite/migrate.hpp"

#include <stdexcept>
#include <string>

#include "base/log.hpp"

namespace handin::store::sqlite {
namespace {

std::size_t applied(Connection& db, std::size_t known) {
    const int number = db.database().execAndGet("PRAGMA user_version").getInt();
    if (number < 0 || static_cast<std::size_t>(number) > known)
        throw std::runtime_error("the database has schema " + std::to_string(number) +
                                 ", but this binary knows only " + std::to_string(known) +
                                 ": start a newer handin");
    return static_cast<std::size_t>(number);
}

}  // namespace

int schema_of(Connection& db) {
    return static_cast<int>(applied(db, schema::migrations().size()));
}

void migrate(Connection& db, std::span<const schema::Migration> migrations) {
    auto& database = db.database();
    while (applied(db, migrations.size()) < migrations.size()) {
        SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
        const auto number = applied(db, migrations.size());
        if (number == migrations.size()) return;  // somebody else was faster
        database.exec(migrations[number].sql);
        database.exec("PRAGMA user_version = " + std::to_string(number + 1));
        transaction.commit();
        log::info("migrated the database", {{"schema", migrations[number].name}});
    }
}

}  // namespace handin::store::sqlite
