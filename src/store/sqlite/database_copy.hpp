// A copy of the database while a server writes to it.
#pragma once

#include <filesystem>
#include <functional>

namespace handin::store::sqlite {

// Copies the database, as it is at one moment, into `to`, a file of its own without a log, synced.
// Blocks; pauses between pieces so that commits keep the disk. `progress` gets pages done and in
// all. Throws std::runtime_error with a sentence for the operator. Returns the copy's schema.
int copy_database(const std::filesystem::path& from, const std::filesystem::path& to,
                  const std::function<void(int done, int all)>& progress);

// What is left to do with a copy of a site: takes out what is uploaded but not handed in, and makes
// it a file of its own without a log, synced. Nobody has it open. Throws as above.
void finish_copy(const std::filesystem::path& copy);

// The same of what goes out (sqlite_deliveries.hpp). To be made first: what has been told by then
// must be in the copy of the outbox.
void copy_deliveries(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace handin::store::sqlite
