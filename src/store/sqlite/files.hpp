// What the rows say of files outside the database.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "store/named_file.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

// Those of the ids, which are sorted, that no row names. One question, so one moment: a file that
// changes the row that names it (an upload that is handed in) is named in all of them. Looks at
// every attachment row, about a second a million.
std::vector<Uuid> unnamed_files(Connection& db, std::span<const Uuid> storage_ids);

// Calls `see` for each, in the order of the attachments. No transaction is open meanwhile, however
// long it takes; what is handed in during the walk may be seen or not. A row that cannot be read
// goes to `damaged` with its attachment's id and the reason.
void each_named_file(
    Connection& db, const std::function<void(const NamedFile&)>& see,
    const std::function<void(const Uuid& attachment_id, std::string_view reason)>& damaged);

}  // namespace handin::store::sqlite
