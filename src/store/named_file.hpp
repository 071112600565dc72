#pragma once

#include <cstdint>
#include <optional>

#include "base/hash.hpp"
#include "base/uuid.hpp"

namespace handin::store {

// A handed-in file that is too large for a row.
struct NamedFile {
    Uuid attachment_id;
    std::optional<Uuid> submission_id;  // of its attempt, if that is there
    std::int64_t attempt = 0;
    Uuid storage_id;
    std::uint64_t size = 0;  // bytes
    Digest256 sha256{};
};

}  // namespace handin::store
