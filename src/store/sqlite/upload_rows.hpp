// The tables of uploads.
#pragma once

#include <optional>
#include <vector>

#include "domain/changes.hpp"
#include "domain/upload.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

std::optional<domain::Upload> find_upload(Connection& db, const Uuid& id);
std::optional<domain::UploadUsage> find_upload_usage(Connection& db, const Uuid& owner_id);
std::vector<Uuid> find_expired_uploads(Connection& db, Time now, std::size_t limit);

// The part of the changes that is about uploads.
void write_uploads(Connection& db, const domain::Changes& changes);

}  // namespace handin::store::sqlite
