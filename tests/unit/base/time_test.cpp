#include "base/time.hpp"

#include <gtest/gtest.h>

namespace handin {
namespace {

using namespace std::chrono;

const Time kSample = sys_days(2025y / August / 5) + 23h + 5min + 25s + microseconds(419'999);

TEST(Time, WritesIso) {
    EXPECT_EQ(iso_seconds(kSample), "2025-08-05T23:05:25Z");
    EXPECT_EQ(iso_millis(kSample), "2025-08-05T23:05:25.419Z");  // cut, never rounded up
    EXPECT_EQ(iso_millis(Time()), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(iso_seconds(sys_days(2024y / February / 29) + 23h + 59min + 59s),
              "2024-02-29T23:59:59Z");
    EXPECT_EQ(iso_millis(Time(microseconds(-1))), "1969-12-31T23:59:59.999Z");
    EXPECT_EQ(iso_seconds(sys_days(800y / January / 1)), "0800-01-01T00:00:00Z");
}

TEST(Time, CutsToSecondsAlsoBefore1970) {
    EXPECT_EQ(whole_seconds(kSample), sys_days(2025y / August / 5) + 23h + 5min + 25s);
    EXPECT_EQ(whole_seconds(Time(microseconds(-1))), sys_seconds(-1s));
}

TEST(Time, IsStoredInMicroseconds) {
    EXPECT_EQ(to_micros(kSample), 1'754'435'125'419'999);
    EXPECT_EQ(from_micros(to_micros(kSample)), kSample);
    EXPECT_EQ(to_micros(from_micros(-5)), -5);
}

TEST(Time, SystemClockTellsTheTime) {
    const auto before = system_clock::now();
    const auto now = SystemClock().now();
    EXPECT_GE(now + 1us, before);
    EXPECT_LE(now, system_clock::now());
}

}  // namespace
}  // namespace handin
