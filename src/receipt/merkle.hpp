// Merkle trees hashed as in RFC 6962 2.1 (the same as RFC 9162 2.1): leaves and nodes are told
// apart by a first byte, so that neither can pass for the other.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/hash.hpp"

namespace handin::receipt {

Digest256 leaf_hash(std::string_view entry);
Digest256 node_hash(const Digest256& left, const Digest256& right);

// Of leaf hashes in order. Of none: the hash of nothing.
Digest256 tree_root(std::span<const Digest256> leaves);

// What must be hashed with leaf `index`, from its sibling upwards, to get at the root.
std::vector<Digest256> inclusion_path(std::span<const Digest256> leaves, std::size_t index);

// The root that a path leads to (RFC 9162 2.1.3.2); nullopt if no leaf `index` of a tree of `size`
// leaves has a path of that length.
std::optional<Digest256> root_by_path(const Digest256& leaf, std::uint64_t index,
                                      std::uint64_t size, std::span<const Digest256> path);

}  // namespace handin::receipt
