// The outbox's monotonic sequence (DESIGN 5.6). Commits overlap, so it is not assigned in them:
// what has committed is appended behind, a batch at a time, by whoever holds the row of its end.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "store/postgres/connection.hpp"
#include "store/reader.hpp"

namespace handin::store::postgres {

// Whether there is anything to append: a row or none.
extern const char* const kAnyToAppend;

// Appends what was committed before the call, and returns when it is there. Blocks. Throws Lost,
// Refused.
void append_all(Connection& db);

// Appends what there is, in one transaction, if the lease still has the epoch: how many events. For
// who does it unasked. Nothing: the epoch is over, and nothing was appended.
std::optional<std::int64_t> append_as_holder(Connection& db, std::int64_t epoch);

// Events after `after`, by way of a function that asks.
std::vector<StoredEvent> read_sequence(
    const std::function<Rows(const char* sql, const Parameters&)>& ask, std::int64_t after,
    std::size_t limit);

inline constexpr const char* kAppendLease = "append";

}  // namespace handin::store::postgres
