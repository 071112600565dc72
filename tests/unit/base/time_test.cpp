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

TEST(Time, MicrosecondsAreReadBack) {
    EXPECT_EQ(iso_micros(kSample), "2025-08-05T23:05:25.419999Z");
    for (const auto time : {kSample, Time(), Time(microseconds(-1)), Time(microseconds(1'000'007)),
                            Time(sys_days(2024y / February / 29) + 23h)})
        EXPECT_EQ(parse_iso_micros(iso_micros(time)), time);
}

TEST(Time, OnlyOneFormIsRead) {
    for (const auto* text :
         {"", "2025-08-05T23:05:25Z", "2025-08-05T23:05:25.419Z", "2025-08-05T23:05:25.4199999",
          "2025-08-05 23:05:25.419999Z", "2025-08-05T23:05:25.419999z",
          "2025-08-05T23:05:25.419999ZZ", "2025-02-29T23:05:25.419999Z",
          "2025-08-05T24:05:25.419999Z", "2025-08-05T23:60:25.419999Z",
          "2025-08-05T23:05:60.419999Z", "2025-00-05T23:05:25.419999Z",
          "2025-08-05T23:05:25.-19999Z", "2025-08-05T+3:05:25.419999Z",
          "2025-08-05T23:05:25.41 999Z", "202x-08-05T23:05:25.419999Z"})
        EXPECT_EQ(parse_iso_micros(text), std::nullopt) << text;
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
