// Short lists kept inside a row, as bytes: ids and digests one after the
// other, replays of fixed size.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "base/uuid.hpp"
#include "domain/coursework.hpp"

namespace handin::store {

std::string pack(std::span<const Uuid> ids);
std::vector<Uuid> unpack_ids(std::string_view bytes);

std::string pack(std::span<const Digest256> digests);
std::vector<Digest256> unpack_digests(std::string_view bytes);

// 38 bytes each: key 16, microseconds 8, number of attempts 4, flags 2 (bit 0: reclaimed),
// microseconds of the submission 8, numbers in network order.
std::string pack(std::span<const domain::Replay> replays);
std::vector<domain::Replay> unpack_replays(std::string_view bytes);

}  // namespace handin::store
