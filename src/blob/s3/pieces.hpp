// The objects that a partial file consists of: partial/<id>/<offset>-<size>-<writer>. Each begins
// at a multiple of kPartBytes, and all but the last have so many. A writer is one who goes on with
// the file; its id is ordered by time and part of the name, so no object is ever written a second
// time: what an earlier writer has sent, or still sends, cannot take the place of what a later one
// has.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.hpp"
#include "base/uuid.hpp"
#include "blob/s3/tools.hpp"

namespace handin::blob::s3 {

struct Piece {
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    Uuid writer;
    std::string key;

    std::uint64_t end() const { return offset + size; }
};

std::string pieces_prefix(const Uuid& storage_id);
Piece piece_of(const Uuid& storage_id, std::uint64_t offset, std::uint64_t size,
               const Uuid& writer);
// nullopt: no key of a piece.
std::optional<Piece> parse_piece(const std::string& key);

// All there are.
task<std::vector<Piece>> list_pieces(Tools tools, Uuid storage_id);

// Those that have the first `length` bytes, in order: at each place that of the latest writer which
// has enough. nullopt: some of it is not there.
std::optional<std::vector<Piece>> chain_of(const std::vector<Piece>& pieces, std::uint64_t length);

}  // namespace handin::blob::s3
