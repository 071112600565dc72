#include "api/edlink/date_time.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

using edlink::parse_date_time;

// edlink.md 2.3
TEST(DateTime, Reads) {
    const struct {
        const char *text, *utc;
        bool has_zone;
    } cases[] = {
        {"2025-08-05T23:05:25Z", "2025-08-05T23:05:25.000000Z", true},
        {"2025-08-05T23:05:09.702Z", "2025-08-05T23:05:09.702000Z", true},
        {"2025-08-05T23:05:09.1234567Z", "2025-08-05T23:05:09.123456Z", true},
        {"2025-08-05T23:05:25+01:00", "2025-08-05T22:05:25.000000Z", true},
        {"2025-12-31T23:05-0130", "2026-01-01T00:35:00.000000Z", true},
        {"2024-02-29", "2024-02-29T00:00:00.000000Z", false},
        {"2025-08-05 23:05", "2025-08-05T23:05:00.000000Z", false},
        {"2025-08-05T23:05:25", "2025-08-05T23:05:25.000000Z", false},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z", true},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z", true},
    };
    for (const auto& [text, utc, has_zone] : cases) {
        const auto date = parse_date_time(text);
        ASSERT_TRUE(date) << text;
        EXPECT_EQ(iso_micros(date->at), utc) << text;
        EXPECT_EQ(date->has_zone, has_zone) << text;
    }
}

TEST(DateTime, Refuses) {
    for (const auto* text :
         {"", "soon", "2025", "2025-13-01", "2025-02-30", "2025-8-5", "2025-08-05T",
          "2025-08-05T24:00", "2025-08-05T23:60", "2025-08-05T23:05:60Z", "2025-08-05T23:05:25.Z",
          "2025-08-05T23:05:25+1", "2025-08-05T23:05:25+24:00", "2025-08-05T23:05:25Zulu",
          "2025-08-05Z", "-2025-08-05", " 2025-08-05",
          // The years that have four digits, in UTC.
          "9999-12-31T23:59:59-00:01", "0000-12-31T23:59:59Z", "0001-01-01T00:00:00+00:01"})
        EXPECT_FALSE(parse_date_time(text)) << text;
}

}  // namespace
}  // namespace handin::test
