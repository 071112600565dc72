// Rows that a commit adds, a statement a table.
#pragma once

#include <span>

#include "domain/changes.hpp"
#include "store/postgres/connection.hpp"

namespace handin::store::postgres {

// Attempts with their attachments, comments, bytes, tokens, receipts.
void queue_inserts(Connection& db, std::span<const domain::Changes* const> changes);
// The events of all changes, in order, as those of the batch; how many there are.
std::int64_t queue_events(Connection& db, std::span<const domain::Changes* const> changes,
                          const Uuid& batch);
// Rostering rows and settings.
void queue_roster(Connection& db, std::span<const domain::Changes* const> changes);

// What administrators have taken away; before the rows that they have added.
void queue_removals(Connection& db, std::span<const domain::Changes* const> changes);
// What is noted of it.
void queue_audit(Connection& db, std::span<const domain::Changes* const> changes);

// The rows of all changes, one after the other.
template <class Row>
std::vector<const Row*> rows_of(std::span<const domain::Changes* const> changes,
                                std::vector<Row> domain::Changes::* list) {
    std::vector<const Row*> rows;
    for (const auto* each : changes)
        for (const auto& row : each->*list)
            rows.push_back(&row);
    return rows;
}

}  // namespace handin::store::postgres
