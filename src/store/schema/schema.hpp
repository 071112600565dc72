// The numbered SQL files of this folder, of deliveries/ and of postgres/, in order; the build
// writes them into the binary.
#pragma once

#include <span>

namespace handin::store::schema {

struct Migration {
    const char* name;  // 0001_core
    const char* sql;
};

std::span<const Migration> migrations();           // SQLite's
std::span<const Migration> delivery_migrations();  // of SQLite's second database
std::span<const Migration> postgres_migrations();

}  // namespace handin::store::schema
