// Rubrics (canvas-live-events.md 5.2 rubric_assessment; edlink.md 3.1, 3.5).
#include "domain/rubric.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace handin::test {
namespace {

using domain::Rubric;
using domain::RubricAssessment;
using domain::RubricProblem;
using Kind = RubricProblem::Kind;

const Rubric kRubric{
    .title = "Essay",
    .criteria = {{.id = "c1",
                  .description = "Argument",
                  .points = 5,
                  .ratings = {{"r1", "Full", 5}, {"r2", "Half", 2.5}, {"r3", "None", 0}}},
                 {.id = "c2",
                  .description = "Style",
                  .points = 3,
                  .ratings = {{"r4", "Good", 3}, {"r5", "Poor", 1}}},
                 {.id = "c3",
                  .description = "Outcome",
                  .points = 4,
                  .ratings = {{"r6", "Met", 4}},
                  .ignored_for_scoring = true}},
    .used_for_grading = true};

TEST(Rubric, PointsAndRatingsFollowFromEachOther) {
    const auto result = assess(kRubric, {},
                               {{"c1", {.points = 2.5}},
                                {"c2", {.rating_id = "r4", .comments = "lively"}},
                                {"c3", {.points = 4}}});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->at("c1").rating_id, "r2");
    EXPECT_EQ(result->at("c2").points, 3);
    EXPECT_EQ(result->at("c2").comments, "lively");
    EXPECT_EQ(score_of(kRubric, *result), 5.5);
}

TEST(Rubric, PointsBetweenRatings) {
    const auto result = assess(kRubric, {}, {{"c1", {.points = 3.1}}, {"c2", {.points = 0.2}}});
    ASSERT_TRUE(result);
    EXPECT_EQ(result->at("c1").rating_id, "");
    EXPECT_EQ(score_of(kRubric, *result), 3.3);
}

// A rating and other points than it has: the grader's points count.
TEST(Rubric, PointsBeforeRatings) {
    const auto result = assess(kRubric, {}, {{"c1", {.points = 4, .rating_id = "r1"}}});
    ASSERT_TRUE(result);
    EXPECT_EQ(score_of(kRubric, *result), 4);
}

TEST(Rubric, WhatIsLeftOutStays) {
    const auto first = assess(kRubric, {}, {{"c1", {.points = 5}}});
    ASSERT_TRUE(first);
    const auto second = assess(kRubric, *first, {{"c2", {.points = 1}}});
    ASSERT_TRUE(second);
    EXPECT_EQ(score_of(kRubric, *second), 6);
}

TEST(Rubric, WithoutPointsThereIsNoScore) {
    EXPECT_EQ(score_of(kRubric, {}), std::nullopt);
    const RubricAssessment words{{"c1", {.comments = "see me"}}, {"c3", {.points = 4}}};
    EXPECT_EQ(score_of(kRubric, words), std::nullopt);
}

TEST(Rubric, ProblemsAreListed) {
    const auto result = assess(
        kRubric, {}, {{"c1", {.rating_id = "r4"}}, {"c2", {.points = NAN}}, {"c9", {.points = 1}}});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error(), (std::vector<RubricProblem>{{Kind::no_such_rating, "c1"},
                                                          {Kind::bad_points, "c2"},
                                                          {Kind::no_such_criterion, "c9"}}));
}

TEST(Rubric, EdlinkNamesLevels) {
    const domain::LevelsByName levels{{"Argument", "Half"}, {"Style", "Good"}};
    const auto result = from_levels(kRubric, levels);
    ASSERT_TRUE(result);
    EXPECT_EQ(score_of(kRubric, *result), 5.5);
    EXPECT_EQ(to_levels(kRubric, *result), levels);
    const auto wrong = from_levels(kRubric, {{"Argument", "Great"}, {"Spelling", "Good"}});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error(), (std::vector<RubricProblem>{{Kind::no_such_rating, "Argument"},
                                                         {Kind::no_such_criterion, "Spelling"}}));
}

}  // namespace
}  // namespace handin::test
