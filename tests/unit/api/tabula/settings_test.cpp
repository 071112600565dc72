#include "api/tabula/assignments/settings.hpp"

#include <gtest/gtest.h>

#include "api/tabula/assignments/body.hpp"

namespace handin::tabula {
namespace {

using namespace std::chrono;
constexpr auto kZone = "Europe/London";
const Time kNow(sys_days(2026y / November / 28) + 10h);  // a Saturday

Settings read(std::string_view body) {
    Settings settings;
    const auto problem = read_assignment(body, kZone, kNow, settings);
    EXPECT_FALSE(problem) << *problem;
    fill_dates(settings, kNow, kZone);
    return settings;
}

std::vector<std::string> codes(const Settings& settings, const Settings* before = nullptr) {
    std::vector<std::string> codes;
    for (const auto& fault : faults_of(settings, before, false))
        codes.push_back(fault.code);
    return codes;
}

// tabula.md 3.9, defaults of openDate and closeDate
TEST(TabulaSettings, DatesThatFollow) {
    const auto none = read(R"({"name":"x"})");
    EXPECT_EQ(none.open, local_days(2026y / November / 27)) << "the last working day";
    EXPECT_EQ(none.close, local_days(2026y / December / 11));
    const auto close = read(R"({"name":"x","closeDate":"2026-12-21"})");
    EXPECT_EQ(close.open, local_days(2026y / December / 7));
    const auto ended = read(R"({"name":"x","closeDate":"2026-12-21","openEnded":true})");
    EXPECT_EQ(ended.open, local_days(2026y / November / 28)) << "today";
    const auto open = read(R"({"name":"x","openDate":"2026-12-05"})");
    EXPECT_EQ(open.close, local_days(2026y / December / 21)) << "the next working day";
}

// tabula.md 5.2 "Assignments"
TEST(TabulaSettings, Rules) {
    using Codes = std::vector<std::string>;
    EXPECT_EQ(codes(read(R"({"name":"x","openDate":"2020-01-08","closeDate":"2020-01-07"})")),
              Codes{"closeDate.early"});
    // New Year's Day, which upstream knows as a holiday, is a Wednesday here.
    EXPECT_EQ(codes(read(R"({"name":"x","openDate":"2020-01-04","closeDate":"2020-01-08"})")),
              Codes{"openDate.notWorkingDay"});
    EXPECT_EQ(codes(read(R"({"name":" ","openDate":"2020-01-06","closeDate":"2020-01-08",)"
                         R"("fileAttachmentTypes":["txt;"],"minWordCount":5,"maxWordCount":2})")),
              (Codes{"NotEmpty", "attachment.invalidChars", "assignment.wordCount.outOfRange"}));
}

// tabula.md 4.8: on PUT dates are looked at only if they are new
TEST(TabulaSettings, OldDatesAreNotLookedAt) {
    auto before = read(R"({"name":"x","openDate":"2020-01-04","closeDate":"2020-01-08"})");
    auto after = before;
    after.name = "y";
    EXPECT_TRUE(codes(after, &before).empty());
    after.close_time = 7h;
    EXPECT_EQ(codes(after, &before).size(), 2U);
}

TEST(TabulaSettings, WhatIsSaidIsReadBack) {
    const auto said = read(
        R"({"name":"x","academicYear":"25/26","openDate":"2026-07-01","closeDate":"2026-07-15",)"
        R"("closeTime":"15:30","fileAttachmentLimit":3,"fileAttachmentTypes":["pdf",""],)"
        R"("individualFileSizeLimit":5,"maxWordCount":9,"dissertation":true,"createdByAEP":true})");
    const auto fields = fields_of(said, kZone);
    EXPECT_EQ(**fields.due_at, Time(sys_days(2026y / July / 15) + 14h + 30min));  // summer time
    EXPECT_EQ(**fields.open_at, Time(sys_days(2026y / July / 1) + 8h));
    domain::Assignment assignment;
    assignment.title = *fields.title;
    assignment.open_at = *fields.open_at;
    assignment.due_at = *fields.due_at;
    assignment.kinds = *fields.kinds;
    assignment.rules.files = *fields.files;
    assignment.rules.word_count = *fields.word_count;
    assignment.details.extras = fields.extras;
    const auto again = settings_of(assignment, kZone);
    EXPECT_EQ(again.academic_year, 2025);
    EXPECT_EQ(again.close, said.close);
    EXPECT_EQ(again.close_time, said.close_time);
    EXPECT_EQ(again.file_limit, 3);
    EXPECT_EQ(again.file_types, std::vector<std::string>{"pdf"});
    EXPECT_EQ(again.file_mebibytes, 5);
    EXPECT_EQ(again.least_words, 0) << "only a maximum: from 0 on";
    EXPECT_TRUE(again.flags.at("dissertation"));
    EXPECT_TRUE(again.by_aep);
}

}  // namespace
}  // namespace handin::tabula
