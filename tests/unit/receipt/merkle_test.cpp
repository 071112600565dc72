// RFC 6962 hashing against the published roots of the Certificate Transparency test leaves, and
// inclusion paths against every leaf of every small tree.
#include "receipt/merkle.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"

namespace handin::test {
namespace {

using receipt::inclusion_path;
using receipt::leaf_hash;
using receipt::node_hash;
using receipt::root_by_path;
using receipt::tree_root;

// google/certificate-transparency, merkletree/merkle_tree_test.cc: eight leaves, and the root of
// the tree of the first n of them for n = 0..8.
const std::vector<std::string> kLeaves = {"",
                                          "00",
                                          "10",
                                          "2021",
                                          "3031",
                                          "40414243",
                                          "5051525354555657",
                                          "606162636465666768696a6b6c6d6e6f"};
const std::vector<std::string> kRoots = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Digest256> leaves_of(std::size_t count) {
    std::vector<Digest256> leaves;
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(leaf_hash(hex_decode(kLeaves.at(i)).value()));
    return leaves;
}

std::vector<Digest256> any_leaves(std::size_t count) {
    std::vector<Digest256> leaves;
    for (std::size_t i = 0; i < count; ++i)
        leaves.push_back(leaf_hash(std::to_string(i)));
    return leaves;
}

TEST(Merkle, PublishedRoots) {
    for (std::size_t size = 0; size <= 8; ++size)
        EXPECT_EQ(hex(tree_root(leaves_of(size))), kRoots.at(size)) << size;
}

// The same file: paths in the tree of eight leaves and in smaller ones.
TEST(Merkle, PublishedPaths) {
    const struct {
        std::size_t leaf, size;
        std::vector<std::string> path;
    } cases[] = {
        {0, 1, {}},
        {0,
         8,
         {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
        {5,
         8,
         {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
          "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
          "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
        {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
        {1,
         5,
         {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
          "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
          "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    };
    for (const auto& c : cases) {
        std::vector<std::string> path;
        for (const auto& hash : inclusion_path(leaves_of(c.size), c.leaf))
            path.push_back(hex(hash));
        EXPECT_EQ(path, c.path) << c.leaf << " of " << c.size;
    }
}

TEST(Merkle, EveryLeafOfEverySmallTreeHasAPath) {
    for (std::size_t size = 1; size <= 70; ++size) {
        const auto leaves = any_leaves(size);
        const auto root = tree_root(leaves);
        for (std::size_t leaf = 0; leaf < size; ++leaf) {
            const auto path = inclusion_path(leaves, leaf);
            EXPECT_EQ(root_by_path(leaves[leaf], leaf, size, path), root) << leaf << " of " << size;
            // From no other place of the tree does it lead there.
            for (std::size_t other = 0; other < size; ++other)
                if (other != leaf) EXPECT_NE(root_by_path(leaves[leaf], other, size, path), root);
        }
    }
}

TEST(Merkle, PathsOfAnotherLengthLeadNowhere) {
    for (std::size_t size = 1; size <= 20; ++size)
        for (std::size_t leaf = 0; leaf < size; ++leaf) {
            const auto leaves = any_leaves(size);
            auto path = inclusion_path(leaves, leaf);
            path.push_back(leaves[0]);
            EXPECT_FALSE(root_by_path(leaves[leaf], leaf, size, path)) << leaf << " of " << size;
            path.pop_back();
            if (path.empty()) continue;
            path.pop_back();
            EXPECT_FALSE(root_by_path(leaves[leaf], leaf, size, path)) << leaf << " of " << size;
        }
    EXPECT_FALSE(root_by_path(leaf_hash(""), 0, 0, {}));
    EXPECT_FALSE(root_by_path(leaf_hash(""), 1, 1, {}));
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    EXPECT_FALSE(root_by_path(leaf_hash(""), most - 1, most, {}));
}

TEST(Merkle, LeavesAreNoNodes) {
    const auto leaves = leaves_of(2);
    std::string concatenated;
    for (const auto& leaf : leaves)
        concatenated.append(reinterpret_cast<const char*>(leaf.data()), leaf.size());
    EXPECT_NE(leaf_hash(concatenated), node_hash(leaves[0], leaves[1]));
}

RC_GTEST_PROP(MerkleProperty, APathProvesItsLeafAndNoOther, ()) {
    const auto size = *rc::gen::inRange<std::size_t>(1, 600);
    const auto leaf = *rc::gen::inRange<std::size_t>(0, size);
    const auto leaves = any_leaves(size);
    const auto root = tree_root(leaves);
    auto path = inclusion_path(leaves, leaf);
    RC_ASSERT(root_by_path(leaves[leaf], leaf, size, path) == root);
    RC_ASSERT(root_by_path(leaf_hash("another"), leaf, size, path) != root);
    if (path.empty()) return;
    auto& hash = path[*rc::gen::inRange<std::size_t>(0, path.size())];
    const auto bit = *rc::gen::inRange<std::size_t>(0, 256);
    hash[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    RC_ASSERT(root_by_path(leaves[leaf], leaf, size, path) != root);
}

}  // namespace
}  // namespace handin::test
