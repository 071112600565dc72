// canvas-live-events.md 4.5: what graders type, and what everybody reads.
#include "domain/grading.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "domain/number_text.hpp"

namespace handin::test {
namespace {

using domain::GradeProblem;
using domain::GradeScheme;
using domain::Grading;
using domain::GradingType;
using domain::is_valid;
using domain::name_of;
using domain::render_grade;
using enum GradingType;

const Grading kPoints{.type = points, .points_possible = 10};
const Grading kPercent{.type = percent, .points_possible = 10};
const Grading kPassFail{.type = pass_fail, .points_possible = 10};
const Grading kLetter{.type = letter_grade, .points_possible = 10};
const Grading kWorthless{.type = letter_grade};
const Grading kGpa{.type = gpa_scale,
                   .points_possible = 200,
                   .scheme = {{{"4.0", 90}, {"3.7", 80}, {"3.0", 79.5}, {"0.0", 0}}}};

struct Case {
    const char* row;
    const Grading& grading;
    const char* typed;
    std::optional<double> score;  // none: refused
    const char* grade;
    bool prefer_points = false;
};

const Case kCases[] = {
    {"points: number", kPoints, "8.5", 8.5, "8.5"},
    {"points: no trailing .0", kPoints, "8.0", 8, "8"},
    {"points: N%", kPoints, "85%", 8.5, "8.5"},
    {"points: letter of the scheme", kPoints, "A", 10, "10"},
    {"points: next letter, just below", kPoints, "a-", 9.3, "9.3"},
    {"points: pass", kPoints, "pass", 10, "10"},
    {"points: fail", kPoints, "incomplete", 0, "0"},
    {"points: more than possible", kPoints, "12", 12, "12"},
    {"points: below zero", kPoints, "-1", -1, "-1"},
    {"points: surrounded by space", kPoints, " 7 ", 7, "7"},
    {"points: a leading point", kPoints, ".5", 0.5, "0.5"},
    {"points: nonsense", kPoints, "great", {}, ""},
    {"points: comma", kPoints, "8,5", {}, ""},
    {"points: not a number that people write", kPoints, "1e3", {}, ""},
    {"points: infinity", kPoints, "inf", {}, ""},
    {"points: hexadecimal", kPoints, "0x10", {}, ""},
    {"points: absurd", kPoints, "1000000001", {}, ""},
    {"percent: N%", kPercent, "85%", 8.5, "85%"},
    {"percent: number is points", kPercent, "8.5", 8.5, "85%"},
    {"percent: two decimals", kPercent, "3.33333", 3.33333, "33.33%"},
    {"pass_fail: complete", kPassFail, "Complete", 10, "complete"},
    {"pass_fail: pass", kPassFail, "pass", 10, "complete"},
    {"pass_fail: full points", kPassFail, "10", 10, "complete"},
    {"pass_fail: 100%", kPassFail, "100%", 10, "complete"},
    {"pass_fail: fail", kPassFail, "fail", 0, "incomplete"},
    {"pass_fail: 0", kPassFail, "0", 0, "incomplete"},
    {"pass_fail: some points", kPassFail, "5", {}, ""},
    {"letter_grade: name", kLetter, "B+", 8.9, "B+"},
    {"letter_grade: upper and lower case", kLetter, "b+", 8.9, "B+"},
    {"letter_grade: the sign for minus", kLetter, "A\u2212", 9.3, "A-"},
    {"letter_grade: lowest", kLetter, "F", 6, "F"},
    {"letter_grade: number is points", kLetter, "8.5", 8.5, "B"},
    {"letter_grade: N%", kLetter, "94%", 9.4, "A"},
    {"letter_grade: no such name", kLetter, "E", {}, ""},
    {"letter_grade: without points the name stays", kWorthless, "B", 0, "B"},
    {"gpa_scale: name", kGpa, "4.0", 200, "4.0"},
    {"gpa_scale: a bare number is a name first", kGpa, "4", 200, "4.0"},
    {"gpa_scale: prefer_points_over_scheme", kGpa, "4", 4, "0.0", true},
    {"gpa_scale: just below the step above", kGpa, "3.7", 178, "3.7"},
    {"gpa_scale: steps closer than 1", kGpa, "3.0", 159.8, "3.0"},
    {"gpa_scale: no name, so points", kGpa, "150", 150, "0.0"},
};

TEST(Grading, Parses) {
    for (const auto& c : kCases) {
        const auto result = parse_grade(c.grading, c.typed, c.prefer_points);
        EXPECT_EQ(result.has_value(), c.score.has_value()) << c.row;
        if (!result) {
            EXPECT_EQ(result.error(), GradeProblem::not_a_grade) << c.row;
            continue;
        }
        ASSERT_TRUE(result->score) << c.row;
        EXPECT_DOUBLE_EQ(*result->score, c.score.value_or(-1)) << c.row;
        EXPECT_EQ(result->grade, c.grade) << c.row;
    }
}

TEST(Grading, EmptyTextTakesTheGradeAway) {  // 4.5 "Empty string clears"
    for (const auto* typed : {"", "  "}) {
        const auto result = parse_grade(kLetter, typed);
        ASSERT_TRUE(result);
        EXPECT_TRUE(result->empty());
    }
}

TEST(Grading, NotGraded) {  // 4.5 "not_graded: null, ignored"
    const Grading none{.type = not_graded, .points_possible = 10};
    EXPECT_EQ(parse_grade(none, "5").error(), GradeProblem::not_graded);
    EXPECT_EQ(render_grade(none, 5), "");
}

TEST(Grading, RendersWithoutPoints) {
    EXPECT_EQ(render_grade({.type = percent}, 87.5), "87.5%");
    EXPECT_EQ(render_grade({.type = pass_fail}, 0, "pass"), "complete");
    EXPECT_EQ(render_grade({.type = pass_fail}, 0, "fail"), "incomplete");
    EXPECT_EQ(render_grade({.type = pass_fail}, 1), "complete");
    EXPECT_EQ(render_grade(kWorthless, 95), "A");
    EXPECT_EQ(render_grade({.type = points}, -0.0), "0");
}

TEST(GradeScheme, DefaultLimits) {
    const struct {
        double percent;
        const char* name;
    } cases[] = {{100, "A"}, {94, "A"},   {93.99, "A-"}, {90, "A-"}, {87, "B+"}, {84, "B"},
                 {80, "B-"}, {77, "C+"},  {74, "C"},     {70, "C-"}, {67, "D+"}, {64, "D"},
                 {61, "D-"}, {60.9, "F"}, {0, "F"},      {-5, "F"},  {140, "A"}};
    for (const auto& c : cases)
        EXPECT_EQ(name_of({}, c.percent), c.name) << c.percent;
}

// 54.5 of 100 points is 54.5 %, whatever binary fractions make of it.
TEST(GradeScheme, LimitsAreMetExactly) {
    const Grading grading{
        .type = letter_grade, .points_possible = 7, .scheme = {{{"P", 54.5}, {"N", 0}}}};
    EXPECT_EQ(render_grade(grading, 7 * 0.545), "P");
    EXPECT_EQ(render_grade({.type = percent, .points_possible = 7}, 7 * 0.545), "54.5%");
}

TEST(GradeScheme, ThatCanBeSet) {
    EXPECT_TRUE(is_valid(GradeScheme{}));
    EXPECT_TRUE(is_valid(domain::default_scheme()));
    EXPECT_TRUE(is_valid({{{"yes", 50}, {"no", 0}}}));
    EXPECT_FALSE(is_valid({{{"yes", 50}, {"no", 10}}})) << "must end at 0";
    EXPECT_FALSE(is_valid({{{"yes", 50}, {"no", 50}, {"x", 0}}})) << "must fall";
    EXPECT_FALSE(is_valid({{{"yes", 50}, {"Yes", 0}}})) << "twice";
    EXPECT_FALSE(is_valid({{{"4.0", 50}, {"4", 0}}})) << "twice";
    EXPECT_FALSE(is_valid({{{" ", 50}, {"no", 0}}})) << "no name";
}

// What a grade reads as can be typed again, and then reads the same.
RC_GTEST_PROP(Grading, ReadsBackWhatItRenders, ()) {
    const auto type = *rc::gen::element(points, percent, pass_fail, letter_grade);
    const Grading grading{.type = type, .points_possible = *rc::gen::inRange(1, 1000)};
    const auto score = type == pass_fail
                           ? (*rc::gen::arbitrary<bool>() ? *grading.points_possible : 0)
                           : *rc::gen::inRange(-100, 100'000) / 100.0;
    const auto grade = render_grade(grading, score);
    const auto again = parse_grade(grading, grade);
    RC_ASSERT(again.has_value());
    RC_ASSERT(again->grade == grade);
    if (type == points) RC_ASSERT(again->score == domain::without_noise(score));
}

}  // namespace
}  // namespace handin::test
