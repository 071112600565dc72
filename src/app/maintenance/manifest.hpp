// The last file of a backup: what is in it. A backup without it is not complete.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/maintenance/file_copy.hpp"

namespace handin::app {

struct Manifest {
    // A small file of the data folder: tokens, keys, demo.json.
    struct Other {
        std::string path;  // in the folder
        Content content;
        unsigned mode = 0600;
    };

    std::string made_by;  // version
    std::string made_at;  // ISO 8601, UTC: when the copy of the database was begun
    int schema = 0;
    Content database;
    std::uint64_t files = 0;  // handed-in files outside of the database, which knows their hashes
    std::uint64_t file_bytes = 0;
    std::vector<Other> others;
};

// Durable when it returns.
void write_manifest(const std::filesystem::path& backup, const Manifest& manifest);
// Throws std::runtime_error with a sentence for the operator: no backup, not complete, or made by a
// later handin.
Manifest read_manifest(const std::filesystem::path& backup);

}  // namespace handin::app
