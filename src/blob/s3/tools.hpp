// What everything of the engine works with; it belongs to the S3Store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/pool.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"
#include "blob/s3/background.hpp"
#include "blob/s3/bucket.hpp"

namespace handin::blob::s3 {

// Of objects in parts: S3 takes nothing below 5 MiB but the last, and 10,000 at most. Also of the
// pieces of a partial file.
inline constexpr std::uint64_t kPartBytes = std::uint64_t{8} * 1024 * 1024;
// Of one upload. More gain little and take kClientBytes each.
inline constexpr std::size_t kPartsAtOnce = 4;

struct Tools {
    Bucket& bucket;
    Pool& pool;
    Background& background;
    const std::string& spool_folder;
    const Clock& clock;
};

// The same layout as in a folder, so that one can be copied to the other.
std::string key_of(const Uuid& storage_id);  // files/<2 hex digits>/<id>
inline constexpr auto kFilesPrefix = "files/";
inline constexpr auto kPartialsPrefix = "partial/";

// In the background, soon; a failure is logged and leaves it to the collector.
void forget(Tools tools, std::string key);

}  // namespace handin::blob::s3
