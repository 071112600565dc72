#pragma once

#include <span>

#include "store/schema/schema.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

// The number of the last migration that the database has had; 0: it is new. Throws
// std::runtime_error with a sentence for the operator if this binary does not know that one.
int schema_of(Connection& db);

// Brings the schema up to date: each migration is one transaction with its number, so one that is
// interrupted leaves nothing behind, and of two processes the second finds the work done.
void migrate(Connection& db, std::span<const schema::Migration> migrations = schema::migrations());

}  // namespace handin::store::sqlite
