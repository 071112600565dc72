// Marks of several students at once (tabula.md 3.10): all of them or none.
#include <gtest/gtest.h>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using domain::NewGrade;
using domain::Reason;

domain::MarkSubmission mark_for(const School& school, const Uuid& person, double score,
                                std::string grade = "") {
    auto one = mark_of(school, person);
    one.actor = {.kind = domain::Token::Kind::application,
                 .account_id = school.account_id,
                 .person_id = {},
                 .integration_id = {},
                 .integration_number = {},
                 .api_user_id = id_of("api user")};
    one.granted = true;
    one.grade = NewGrade{.kind = NewGrade::Kind::mark, .text = std::move(grade), .score = score};
    return one;
}

TEST(Marks, AllOfThem) {
    Desk desk;
    const auto& school = desk.school;
    ASSERT_TRUE(desk.submit(school.student));
    const auto outcome = desk.run(domain::MarkSubmissions{
        {mark_for(school, school.student, 6.5), mark_for(school, school.other, 4, "2:2")}});
    ASSERT_TRUE(outcome);
    const auto first = *desk.row(school.student)->marking.grade;
    EXPECT_EQ(first.counted.score, 6.5);
    EXPECT_EQ(first.counted.grade, "6.5");
    EXPECT_EQ(first.attempt, 1U);
    EXPECT_FALSE(first.grader) << "no person has graded";
    const auto second = *desk.row(school.other)->marking.grade;
    EXPECT_EQ(second.counted.score, 4);
    EXPECT_EQ(second.counted.grade, "2:2") << "the grade in words is as it was given";
}

TEST(Marks, OrNone) {
    Desk desk;
    const auto& school = desk.school;
    const auto outcome = desk.run(domain::MarkSubmissions{
        {mark_for(school, school.student, 6.5), mark_for(school, school.outsider, 4)}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().front().reason, Reason::not_found);
    EXPECT_EQ(outcome.error().front().field, "marks[1].submission_id");
    EXPECT_FALSE(desk.row(school.student));
}

TEST(Marks, OnlyWhatIsGraded) {
    Desk desk;
    desk.school.assignment().rules.grading = domain::GradingType::not_graded;
    const auto outcome =
        desk.run(domain::MarkSubmissions{{mark_for(desk.school, desk.school.student, 1)}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().front().reason, Reason::not_graded);
}

TEST(Marks, NobodyWithoutLeave) {
    Desk desk;
    auto one = mark_for(desk.school, desk.school.student, 1);
    one.granted = false;
    const auto outcome = desk.run(domain::MarkSubmissions{{one}});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().front().reason, Reason::not_permitted);
}

}  // namespace
}  // namespace handin::test
