#include "service/throttle.hpp"

#include <gtest/gtest.h>

#include "support/fake_clock.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using service::Throttle;

TEST(Throttle, WaitsForTheRestOfTheWindow) {
    Throttle throttle({.failures = 2, .window = 60s});
    throttle.failed("a", kNow);
    EXPECT_FALSE(throttle.wait("a", kNow));
    throttle.failed("a", kNow + 10s);
    EXPECT_EQ(throttle.wait("a", kNow + 10s), 50s);
    EXPECT_FALSE(throttle.wait("b", kNow + 10s)) << "others are not concerned";
    EXPECT_FALSE(throttle.wait("a", kNow + 60s));
    throttle.failed("a", kNow + 60s);
    EXPECT_FALSE(throttle.wait("a", kNow + 60s)) << "a new window begins";
}

TEST(Throttle, ForgetsWhoGotItRight) {
    Throttle throttle({.failures = 1, .window = 60s});
    throttle.failed("a", kNow);
    ASSERT_TRUE(throttle.wait("a", kNow));
    throttle.forget("a");
    EXPECT_FALSE(throttle.wait("a", kNow));
}

TEST(Throttle, IsBounded) {
    Throttle throttle({.failures = 1, .window = 60s});
    throttle.failed("first", kNow);
    for (std::size_t i = 0; i < 2 * Throttle::kMostNames; ++i)
        throttle.failed(std::to_string(i), kNow + 1s);
    EXPECT_LE(throttle.size(), Throttle::kMostNames);
    EXPECT_FALSE(throttle.wait("first", kNow + 1s)) << "the oldest goes first";
    EXPECT_TRUE(throttle.wait(std::to_string(2 * Throttle::kMostNames - 1), kNow + 1s));
}

}  // namespace
}  // namespace handin::test
