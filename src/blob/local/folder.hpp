// Where the folder engine's files are, for whoever looks at them without a server: check, backup.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::blob::local {

// The sub-folder of <folder> that the file belongs into: <folder>/<its last byte in hex>.
std::string shard_of(const std::string& folder, const Uuid& storage_id);
std::string path_of(const std::string& folder, const Uuid& storage_id);

// Calls `see` for each file in the folder, in no order; passes over what no storage id names.
// Blocks. Throws std::system_error.
void each_file(const std::string& folder,
               const std::function<void(const Uuid& storage_id, const std::string& path)>& see);

// When the file was last written; nullopt if it is not there (any more).
std::optional<Time> written_at(const std::string& path);

}  // namespace handin::blob::local
