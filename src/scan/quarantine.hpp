// A folder for what was found: never served, for an administrator to look at. Each finding is
// <storage id>.json, which says what and who, and beside it the bytes, <storage id>.bin.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "base/hash.hpp"
#include "base/pool.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "blob/blob.hpp"

namespace handin::scan {

struct Finding {
    Uuid storage_id;
    std::string signature;
    std::string title;  // of the attachment: mostly a file name
    std::uint64_t size = 0;
    Digest256 sha256{};
    Time found_at;
    Uuid account_id, person_id, assignment_id;
    std::string request_id;
    std::string client_ip;
};

class Quarantine {
 public:
    // Blocks: makes the folder, or counts what is in it. When it holds more than `most_bytes` the
    // oldest findings go. The pool outlives it. Throws std::system_error.
    Quarantine(std::filesystem::path folder, std::uint64_t most_bytes, Pool& pool);

    // Copies the bytes and says what they are; of bytes that have no room at all it keeps only
    // that. Throws std::system_error.
    task<void> keep(Finding finding, blob::Reader* bytes);

 private:
    void make_room(const std::string& name, std::uint64_t bytes);  // blocks

    std::filesystem::path folder_;
    std::uint64_t most_bytes_;
    Pool& pool_;
    std::mutex mutex_;
    std::map<std::string, std::uint64_t> entries_;  // by name, which begins with its time
    std::uint64_t held_ = 0;                        // bytes
};

}  // namespace handin::scan
