// Which rows a batch changes, and what they must still be for that.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "domain/changes.hpp"

namespace handin::store::postgres {

// A row that the batch writes once, whatever number of its changes write it.
template <class Row>
struct Claim {
    std::int64_t expected = 0;       // version; 0: no row
    const Row* last = nullptr;       // as it is to be; nullptr: removed
    std::vector<std::size_t> users;  // indexes of the changes that write it, in order
};

// By id, so that all batches take rows in the same order.
struct Claims {
    std::map<Uuid, Claim<domain::Submission>> submissions;
    std::map<Uuid, Claim<domain::Upload>> uploads;      // `expected` is left to the caller
    std::map<Uuid, Claim<domain::UploadUsage>> usages;  // `expected` means nothing
};

// Throws std::logic_error if the changes do not build on each other.
Claims claims_of(std::span<const domain::Changes* const> changes);

// All changes that cannot stay if those of `stale` rows cannot: what builds on a lost change is
// lost. Sorted.
std::vector<std::size_t> lost_changes(const Claims& claims, std::span<const Uuid> stale,
                                      std::size_t changes);

}  // namespace handin::store::postgres
