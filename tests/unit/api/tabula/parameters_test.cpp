#include "api/tabula/parameters.hpp"

#include <gtest/gtest.h>

#include "api/tabula/credentials.hpp"
#include "base/zone.hpp"

namespace handin::tabula {
namespace {

using namespace std::chrono;
constexpr auto kZone = "Europe/London";

// tabula.md 1.1 "LocalDate input"
TEST(TabulaDates, InEveryForm) {
    const Time day(sys_days(2017y / September / 10) - 1h);  // summer time
    EXPECT_EQ(parse_date("10-Sep-2017", kZone), day);
    EXPECT_EQ(parse_date("10-sep-2017", kZone), day);
    EXPECT_EQ(parse_date("2017-09-10", kZone), day);
    EXPECT_EQ(parse_date("1505000000", kZone), Time(seconds(1505000000)));
    for (const auto* text : {"", "10/09/2017", "31-Feb-2017", "2017-13-01", "10-Foo-2017", "x",
                             "99999999999999999999", "2017-9-10"})
        EXPECT_FALSE(parse_date(text, kZone)) << text;
}

// tabula.md 3.12
TEST(TabulaDates, WithTimes) {
    const Time at(sys_days(2020y / January / 15) + 15h + 2min);
    EXPECT_EQ(parse_date_time("15-Jan-2020 15:02:00", kZone), at);
    EXPECT_EQ(parse_date_time("2020-01-15T15:02:00.000Z", kZone), at);
    EXPECT_EQ(parse_date_time("2020-01-15T16:02:00.000+01:00", kZone), at);
    EXPECT_EQ(parse_date_time("2020-01-15T15:02:00Z", kZone), at);
    for (const auto* text : {"", "2020-01-15", "2020-01-15T15:02:00", "15-Jan-2020 25:02:00",
                             "2020-01-15T15:02:00.0Z", "2020-01-15T15:02:61.000Z"})
        EXPECT_FALSE(parse_date_time(text, kZone)) << text;
}

TEST(TabulaDates, AcademicYears) {
    EXPECT_EQ(academic_year(Time(sys_days(2013y / October / 1)), kZone), "13/14");
    EXPECT_EQ(academic_year(Time(sys_days(2014y / July / 31)), kZone), "13/14");
    EXPECT_EQ(academic_year(Time(sys_days(2014y / August / 1)), kZone), "14/15");
    const Time now(sys_days(2026y / November / 28));
    EXPECT_EQ(parse_academic_year("13/14", now, kZone), 2013);
    EXPECT_EQ(parse_academic_year("99/00", now, kZone), 1999);
    EXPECT_EQ(parse_academic_year("2013", now, kZone), 2013);
    EXPECT_EQ(parse_academic_year("current", now, kZone), 2026);
    for (const auto* text : {"", "13/15", "x", "13-14", "131415"})
        EXPECT_FALSE(parse_academic_year(text, now, kZone)) << text;
}

TEST(Credentials, OfRfc7617) {
    const auto found = parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->username, "Aladdin");
    EXPECT_EQ(found->password, "open sesame");
    EXPECT_EQ(parse_basic("bAsIc  YTo6Yg==")->password, ":b") << "the first colon separates";
    for (const auto* text : {"", "Basic", "Basic ", "Basic ***", "Bearer YTpi", "Basic YWI="})
        EXPECT_FALSE(parse_basic(text)) << text;
}

}  // namespace
}  // namespace handin::tabula
