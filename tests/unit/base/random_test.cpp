#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/encoding.hpp"

namespace handin {
namespace {

TEST(Random, FillsAnyLength) {
    fill_random({});
    for (const std::size_t size : {1U, 16U, 1000U, 1023U, 1024U, 1025U, 5000U}) {
        std::vector<std::uint8_t> bytes(size + 1, 0);
        // Each byte is other than zero at some time, the one behind never.
        std::vector<bool> touched(size);
        for (int round = 0; round < 20; ++round) {
            fill_random(std::span(bytes).first(size));
            for (std::size_t i = 0; i < size; ++i)
                if (bytes[i] != 0) touched[i] = true;
        }
        EXPECT_TRUE(std::ranges::all_of(touched, std::identity())) << size;
        EXPECT_EQ(bytes.back(), 0);
    }
}

TEST(Random, GivesNothingTwice) {
    std::set<std::vector<std::uint8_t>> seen;
    for (int i = 0; i < 1000; ++i) {
        std::vector<std::uint8_t> bytes(24);
        fill_random(bytes);
        EXPECT_TRUE(seen.insert(bytes).second);
    }
}

TEST(RandomToken, Is256BitsOfText) {
    const auto token = random_token();
    EXPECT_EQ(token.size(), 43U);
    ASSERT_TRUE(base64url_decode(token));
    EXPECT_EQ(base64url_decode(token)->size(), 32U);
    EXPECT_NE(token, random_token());
}

}  // namespace
}  // namespace handin
