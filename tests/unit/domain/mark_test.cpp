// tabula.md 3.10 and 4.9.
#include "domain/mark.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

using domain::GradingType;
using domain::mark_of_score;
using domain::MarkEntry;
using domain::MarkProblem;
using domain::MarkRules;
using domain::score_of_mark;
using enum MarkProblem;

const MarkRules kScale{.scale = {100, 94, 88, 82, 78, 74, 68, 65, 62, 58, 0}};
const MarkRules kValidated{.boundaries = {{"1", 70, 100}, {"21", 60, 69}, {"F", 0, 39}}};

struct Case {
    const char* row;
    MarkRules rules;
    MarkEntry entry;
    std::vector<MarkProblem> problems;
};

const Case kCases[] = {
    {"whole", {}, {.mark = "65"}, {}},
    {"bounds", {}, {.mark = "0"}, {}},
    {"bounds", {}, {.mark = "100"}, {}},
    {"actualMark.format", {}, {.mark = "65.5"}, {not_whole}},
    {"actualMark.format", {}, {.mark = "65%"}, {not_whole}},
    {"actualMark.format", {}, {.mark = "good"}, {not_whole}},
    {"actualMark.format: too many digits", {}, {.mark = "99999999999999999999"}, {not_whole}},
    {"mark.range", {}, {.mark = "101"}, {out_of_range}},
    {"mark.range", {}, {.mark = "-1"}, {out_of_range}},
    {"mark.markPoint", kScale, {.mark = "70"}, {not_on_scale}},
    {"mark.markPoint: on it", kScale, {.mark = "74"}, {}},
    {"grade as it likes where nobody validates", {}, {.grade = "brilliant"}, {}},
    {"validateGrade.adjustedGrade", kValidated, {.grade = "1"}, {grade_without_mark}},
    {"invalidSITS", kValidated, {.mark = "65", .grade = "1"}, {grade_not_allowed}},
    {"invalidSITS: no such grade", kValidated, {.mark = "65", .grade = "2"}, {grade_not_allowed}},
    {"grade fits mark", kValidated, {.mark = "69", .grade = "21"}, {}},
    {"validated, without a grade", kValidated, {.mark = "50"}, {}},
};

TEST(Mark, FollowsTabula) {
    for (const auto& c : kCases)
        EXPECT_EQ(check_mark(c.rules, c.entry), c.problems) << c.row;
}

TEST(Mark, EmptyLinesAreIgnored) {  // 4.9, last paragraph
    EXPECT_TRUE(MarkEntry{}.empty());
    EXPECT_TRUE((MarkEntry{.mark = "", .grade = " ", .feedback = ""}).empty());
    EXPECT_FALSE((MarkEntry{.mark = "0"}).empty());
    EXPECT_FALSE((MarkEntry{.feedback = "Well done"}).empty());
}

// A mark is a percentage, so that the other APIs show the same work in their points.
TEST(Mark, IsAPercentageOfThePoints) {
    const domain::Grading ten{.points_possible = 10};
    EXPECT_EQ(score_of_mark(ten, 65), 6.5);
    EXPECT_EQ(mark_of_score(ten, 6.5), 65);
    EXPECT_EQ(mark_of_score(ten, 6.66), 67);
    EXPECT_EQ(score_of_mark({}, 65), 65);
    EXPECT_EQ(mark_of_score({}, 65), 65);
    for (const double possible : {1.0, 7.0, 10.0, 100.0, 133.0})
        for (int mark = 0; mark <= 100; ++mark)
            EXPECT_EQ(mark_of_score({.points_possible = possible},
                                    score_of_mark({.points_possible = possible}, mark)),
                      mark)
                << possible;
}

}  // namespace
}  // namespace handin::test
