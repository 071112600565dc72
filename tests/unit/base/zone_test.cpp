#include "base/zone.hpp"

#include <gtest/gtest.h>

namespace handin {
namespace {

using namespace std::chrono;

Time at(sys_days day, seconds time) {
    return Time(day + time);
}

// tabula.md 1.1: "Z in winter, +01:00 in summer", no milliseconds
TEST(Zone, ShowsWhatClocksShow) {
    const auto winter = at(2026y / February / 3, 11h + 59min + 58s) + milliseconds(700);
    const auto summer = at(2014y / May / 6, 9h + 32min + 43s);
    EXPECT_EQ(iso_in_zone(winter, "Europe/London"), "2026-02-03T11:59:58Z");
    EXPECT_EQ(iso_in_zone(summer, "Europe/London"), "2014-05-06T10:32:43+01:00");
    EXPECT_EQ(iso_in_zone(summer, "America/St_Johns"), "2014-05-06T07:02:43-02:30");
    EXPECT_EQ(iso_in_zone(summer, "Nowhere/Else"), "2014-05-06T09:32:43Z");
    EXPECT_TRUE(is_zone("Europe/London"));
    EXPECT_FALSE(is_zone("Nowhere/Else"));
}

TEST(Zone, ReadsWhatClocksShowed) {
    const auto zone = "Europe/London";
    EXPECT_EQ(from_local(local_days(2014y / May / 6) + 10h, zone), at(2014y / May / 6, 9h));
    EXPECT_EQ(from_local(local_days(2026y / January / 6) + 10h, zone),
              at(2026y / January / 6, 10h));
    // clocks went forward at 01:00, and back at 02:00
    EXPECT_EQ(from_local(local_days(2026y / March / 29) + 1h + 30min, zone),
              at(2026y / March / 29, 1h));
    EXPECT_EQ(from_local(local_days(2026y / October / 25) + 1h + 30min, zone),
              at(2026y / October / 25, 30min));
    EXPECT_EQ(local_in_zone(at(2014y / May / 6, 9h), zone), local_days(2014y / May / 6) + 10h);
}

}  // namespace
}  // namespace handin
