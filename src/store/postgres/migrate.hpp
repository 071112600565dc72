#pragma once

#include <span>

#include "store/postgres/connection.hpp"
#include "store/schema/schema.hpp"

namespace handin::store::postgres {

// Brings the schema up to date, in one transaction under a lock: of several nodes that start at
// once, the others wait and find the work done. Throws std::runtime_error with a sentence for the
// operator if this binary does not know the last migration.
void migrate(Connection& db,
             std::span<const schema::Migration> migrations = schema::postgres_migrations());

}  // namespace handin::store::postgres
