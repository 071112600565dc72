#include "store/sqlite/files.hpp"

#include <algorithm>
#include <stdexcept>

namespace handin::store::sqlite {
namespace {

// Every place that may name a file is a line of its own here.
constexpr const char* kNamed =
    "SELECT storage_id FROM attachment WHERE in_row = 0 AND storage_id BETWEEN ?1 AND ?2"
    " UNION ALL"
    " SELECT storage_id FROM upload WHERE in_row = 0 AND storage_id BETWEEN ?1 AND ?2"
    // Complete, but a crash or a failed commit has kept its row from saying so: it goes on from
    // there (blob/local/local_partials.cpp).
    " UNION ALL"
    " SELECT id FROM upload WHERE storage_id IS NULL AND id BETWEEN ?1 AND ?2";
constexpr const char* kPage =
    "SELECT a.id, t.submission_id, coalesce(t.number, 0), a.storage_id, a.size, a.sha256"
    " FROM attachment a LEFT JOIN attempt t ON t.id = a.attempt_id"
    " WHERE a.in_row = 0 AND a.id > ? ORDER BY a.id LIMIT 500";

// A row or the reason why it cannot be read.
struct Row {
    NamedFile file;
    std::string reason;
};

Row row_of(Query& query) {
    Row row;
    row.file.attachment_id = query.id();
    try {
        row.file.submission_id = query.optional_id();
        row.file.attempt = query.integer();
        row.file.storage_id = query.id();
        row.file.size = static_cast<std::uint64_t>(query.integer());
        row.file.sha256 = query.digest256();
    } catch (const std::runtime_error& error) {
        row.reason = error.what();
    }
    return row;
}

}  // namespace

std::vector<Uuid> unnamed_files(Connection& db, std::span<const Uuid> storage_ids) {
    if (storage_ids.empty()) return {};
    std::vector<bool> named(storage_ids.size());
    auto query = db.query(kNamed);
    query.bind(storage_ids.front()).bind(storage_ids.back());
    while (query.next()) {
        const auto id = query.id();
        const auto found = std::ranges::lower_bound(storage_ids, id);
        if (found != storage_ids.end() && *found == id)
            named[static_cast<std::size_t>(found - storage_ids.begin())] = true;
    }
    std::vector<Uuid> unnamed;
    for (std::size_t i = 0; i < storage_ids.size(); ++i)
        if (!named[i]) unnamed.push_back(storage_ids[i]);
    return unnamed;
}

void each_named_file(Connection& db, const std::function<void(const NamedFile&)>& see,
                     const std::function<void(const Uuid&, std::string_view)>& damaged) {
    Uuid after;
    for (;;) {
        std::vector<Row> page;
        {
            auto query = db.query(kPage);
            query.bind(after);
            while (query.next())
                page.push_back(row_of(query));
        }
        if (page.empty()) return;
        for (const auto& [file, reason] : page)
            reason.empty() ? see(file) : damaged(file.attachment_id, reason);
        after = page.back().file.attachment_id;
    }
}

}  // namespace handin::store::sqlite
