#pragma once

#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

// Applies the numbered files of store/schema that the database has not seen, each in a transaction
// of its own together with its number. Throws std::runtime_error if the database has seen more
// than this binary knows.
void migrate(Connection& db);

}  // namespace handin::store::sqlite
