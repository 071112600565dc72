#include "receipt/merkle.hpp"

#include <algorithm>
#include <bit>

namespace handin::receipt {
namespace {

constexpr std::string_view kLeaf("\0", 1);
constexpr std::string_view kNode("\1", 1);

std::string_view view(const Digest256& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

// How many of more than one leaf are on the left: the largest power of two below their number.
std::size_t left_half(std::size_t leaves) {
    return std::bit_floor(leaves - 1);
}

}  // namespace

Digest256 leaf_hash(std::string_view entry) {
    return sha256_joined({kLeaf, entry});
}

Digest256 node_hash(const Digest256& left, const Digest256& right) {
    return sha256_joined({kNode, view(left), view(right)});
}

Digest256 tree_root(std::span<const Digest256> leaves) {
    if (leaves.empty()) return sha256("");
    if (leaves.size() == 1) return leaves.front();
    const auto half = left_half(leaves.size());
    return node_hash(tree_root(leaves.first(half)), tree_root(leaves.subspan(half)));
}

std::vector<Digest256> inclusion_path(std::span<const Digest256> leaves, std::size_t index) {
    std::vector<Digest256> path;
    while (leaves.size() > 1) {
        const auto half = left_half(leaves.size());
        const auto left = leaves.first(half);
        const auto right = leaves.subspan(half);
        path.push_back(tree_root(index < half ? right : left));
        leaves = index < half ? left : right;
        if (index >= half) index -= half;
    }
    std::ranges::reverse(path);
    return path;
}

std::optional<Digest256> root_by_path(const Digest256& leaf, std::uint64_t index,
                                      std::uint64_t size, std::span<const Digest256> path) {
    if (index >= size) return std::nullopt;
    auto last = size - 1;
    auto root = leaf;
    for (const auto& sibling : path) {
        if (last == 0) return std::nullopt;
        if (index % 2 == 1 || index == last) {
            root = node_hash(sibling, root);
            // A last node without a sibling goes up as it is.
            while (index % 2 == 0 && index != 0) {
                index /= 2;
                last /= 2;
            }
        } else {
            root = node_hash(root, sibling);
        }
        index /= 2;
        last /= 2;
    }
    return last == 0 ? std::optional(root) : std::nullopt;
}

}  // namespace handin::receipt
