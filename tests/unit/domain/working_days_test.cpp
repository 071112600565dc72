// tabula.md 4.5 and the table "Working days late" of 5.2.
#include "domain/working_days.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

constexpr local_seconds at(year_month_day day, seconds time) {
    return local_days(day) + time;
}

struct Case {
    local_seconds deadline, submitted;
    int days;
};

constexpr auto kClose = at(2013y / 1 / 30, 12h);    // a Wednesday
constexpr auto kExtended = at(2013y / 2 / 1, 12h);  // Friday
constexpr auto kA = at(2017y / 9 / 13, 23h + 59min + 59s);
constexpr auto kB = at(2017y / 9 / 14, 0s);
constexpr auto kEvening = 23h + 56min + 51s;

constexpr Case kCases[] = {
    {kClose, at(2013y / 1 / 10, 0s), 0},    {kClose, at(2013y / 1 / 30, 13h), 1},
    {kClose, at(2013y / 1 / 31, 0s), 1},    {kClose, at(2013y / 1 / 31, 14h), 2},
    {kClose, at(2013y / 2 / 2, 11h), 3},    {kClose, at(2013y / 2 / 2, 14h), 3},
    {kClose, at(2013y / 2 / 3, 14h), 3},    {kClose, at(2013y / 2 / 4, 11h), 3},
    {kClose, at(2013y / 2 / 4, 23h), 4},    {kExtended, at(2013y / 1 / 31, 14h), 0},
    {kExtended, at(2013y / 2 / 2, 11h), 1}, {kExtended, at(2013y / 2 / 2, 14h), 1},
    {kExtended, at(2013y / 2 / 3, 14h), 1}, {kExtended, at(2013y / 2 / 4, 11h), 1},
    {kExtended, at(2013y / 2 / 4, 23h), 2}, {kA, at(2017y / 9 / 13, kEvening), 0},
    {kA, at(2017y / 9 / 14, kEvening), 1},  {kA, at(2017y / 9 / 15, kEvening), 2},
    {kA, at(2017y / 9 / 16, 0s), 3},        {kA, at(2017y / 9 / 17, kEvening), 3},
    {kB, at(2017y / 9 / 13, kEvening), 0},  {kB, at(2017y / 9 / 14, kEvening), 1},
    {kB, at(2017y / 9 / 15, kEvening), 2},  {kB, at(2017y / 9 / 16, 0s), 2},
    {kB, at(2017y / 9 / 17, kEvening), 2},
};

TEST(WorkingDays, Late) {
    for (std::size_t i = 0; i < std::size(kCases); ++i)
        EXPECT_EQ(domain::working_days_late(kCases[i].deadline, kCases[i].submitted, {}),
                  kCases[i].days)
            << "case " << i;
}

TEST(WorkingDays, HolidaysDoNotCount) {
    const domain::WorkingCalendar calendar{{local_days(2013y / 1 / 31)}};
    EXPECT_EQ(domain::working_days_late(kClose, at(2013y / 1 / 31, 14h), calendar), 1);
    EXPECT_EQ(domain::working_days_late(kClose, at(2013y / 2 / 1, 11h), calendar), 1);
    EXPECT_EQ(domain::working_days_late(kClose, at(2013y / 2 / 1, 13h), calendar), 2);
    EXPECT_EQ(calendar.after(local_days(2013y / 1 / 30), 1), local_days(2013y / 2 / 1));
}

}  // namespace
}  // namespace handin::test
