// Short lists inside a row.
#include "store/packed.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/encoding.hpp"
#include "support/commands.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Replay;
using store::pack;
using store::unpack_digests;
using store::unpack_ids;
using store::unpack_replays;

TEST(Packed, Ids) {
    EXPECT_EQ(pack(std::span<const Uuid>{}), "");
    EXPECT_TRUE(unpack_ids("").empty());
    const std::vector ids{*Uuid::parse("00112233-4455-6677-8899-aabbccddeeff"), Uuid{}};
    EXPECT_EQ(hex(as_bytes(pack(ids))),
              "00112233445566778899aabbccddeeff00000000000000000000000000000000");
    EXPECT_EQ(unpack_ids(pack(ids)), ids);
}

// Databases are full of them: these bytes must be readable for ever.
TEST(Packed, Replays) {
    EXPECT_TRUE(unpack_replays("").empty());
    Replay replay;
    for (std::size_t i = 0; i < replay.key.size(); ++i)
        replay.key[i] = static_cast<std::uint8_t>(0xf0 + i);
    replay.at = from_micros(0x0102030405060708);
    replay.attempts = 0x0a0b0c0d;
    replay.reclaimed = true;
    replay.submitted_at = from_micros(-2);  // before 1970
    const auto bytes = pack(std::vector{replay});
    EXPECT_EQ(hex(as_bytes(bytes)),
              "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"
              "0102030405060708"
              "0a0b0c0d"
              "0001"
              "fffffffffffffffe");
    EXPECT_TRUE(same(unpack_replays(bytes), std::vector{replay}));
}

RC_GTEST_PROP(Packed, RoundTrips, ()) {
    const auto ids = *rc::gen::container<std::vector<Uuid>>(
        rc::gen::map(rc::gen::arbitrary<std::array<std::uint8_t, 16>>(),
                     [](const auto& bytes) { return Uuid{bytes}; }));
    RC_ASSERT(unpack_ids(pack(ids)) == ids);

    std::vector<Replay> replays(*rc::gen::inRange<std::size_t>(0, 20));
    for (auto& replay : replays) {
        replay.key = *rc::gen::arbitrary<domain::ReplayKey>();
        replay.at = from_micros(*rc::gen::arbitrary<std::int64_t>());
        replay.attempts = *rc::gen::arbitrary<std::uint32_t>();
        replay.reclaimed = *rc::gen::arbitrary<bool>();
        replay.submitted_at = from_micros(*rc::gen::arbitrary<std::int64_t>());
    }
    RC_ASSERT(static_cast<bool>(same(unpack_replays(pack(replays)), replays)));
}

TEST(Packed, DigestsAreReadBack) {
    const std::vector digests{sha256("a"), sha256("b"), Digest256{}};
    EXPECT_EQ(pack(digests).size(), 96U);
    EXPECT_EQ(unpack_digests(pack(digests)), digests);
    EXPECT_TRUE(unpack_digests("").empty());
    EXPECT_THROW((void)unpack_digests(pack(digests).substr(1)), std::runtime_error);
}

// A column that lost or gained bytes is not read as something else.
TEST(Packed, TellsDamage) {
    const auto ids = pack(std::vector(3, Uuid{}));
    const auto replays = pack(std::vector(2, Replay{}));
    for (std::size_t cut = 1; cut < 16; ++cut)
        EXPECT_THROW((void)unpack_ids(ids.substr(cut)), std::runtime_error) << cut;
    for (std::size_t cut = 1; cut < 38; ++cut)
        EXPECT_THROW((void)unpack_replays(replays.substr(cut)), std::runtime_error) << cut;
    EXPECT_THROW((void)unpack_ids(ids + "x"), std::runtime_error);
    EXPECT_THROW((void)unpack_replays(replays + "x"), std::runtime_error);
}

}  // namespace
}  // namespace handin::test
