// Word counts, disability, plagiarism: what Tabula asks and shows of an attempt.
#include "domain/declarations.hpp"

#include <gtest/gtest.h>

#include "domain/plagiarism.hpp"
#include "domain/word_count.hpp"

namespace handin::test {
namespace {

using domain::Declarations;
using domain::Disability;
using domain::is_valid;
using domain::WordCountProblem;
using domain::WordCountRule;

TEST(WordCount, FollowsTabula) {  // 5.2 "Word count", 3.9
    const WordCountRule some{.minimum = 3, .maximum = 10};
    const struct {
        const char* row;
        WordCountRule rule;
        std::optional<std::int64_t> words;
        WordCountProblem problem;
    } cases[] = {
        {"W1", some, {}, WordCountProblem::missing},
        {"W2", some, 1, WordCountProblem::out_of_range},
        {"W2", some, 100, WordCountProblem::out_of_range},
        {"W3", some, 5, WordCountProblem::none},
        {"W3", some, 3, WordCountProblem::none},
        {"W3", some, 10, WordCountProblem::none},
        {"W4", {}, 372, WordCountProblem::none},
        {"W5", {}, {}, WordCountProblem::none},
        {"both 0: not asked", {.minimum = 0, .maximum = 0}, {}, WordCountProblem::none},
        {"only a maximum", {.maximum = 10}, 0, WordCountProblem::none},
        {"only a maximum", {.maximum = 10}, 11, WordCountProblem::out_of_range},
        {"only a minimum", {.minimum = 10}, 9, WordCountProblem::out_of_range},
        {"only a minimum", {.minimum = 10}, 1'000'000, WordCountProblem::none},
    };
    for (const auto& c : cases)
        EXPECT_EQ(check_word_count(c.rule, c.words), c.problem) << c.row;
}

TEST(WordCount, RulesThatCanBeSet) {  // tabula.md 4.8 assignment.wordCount.outOfRange
    EXPECT_TRUE(is_valid(WordCountRule{}));
    EXPECT_TRUE(is_valid({.minimum = 0, .maximum = 0}));
    EXPECT_TRUE(is_valid({.minimum = 3, .maximum = 10}));
    EXPECT_TRUE(is_valid({.minimum = 3}));
    EXPECT_FALSE(is_valid({.minimum = 10, .maximum = 3}));
    EXPECT_FALSE(is_valid({.minimum = 10, .maximum = 10}));
    EXPECT_FALSE(is_valid({.maximum = -1}));
}

TEST(Disability, MustBeChosen) {  // S4, R10
    EXPECT_TRUE(must_choose_disability(Disability::reportable, {}));
    EXPECT_FALSE(must_choose_disability(Disability::reportable, {.use_disability = true}));
    EXPECT_FALSE(must_choose_disability(Disability::reportable, {.use_disability = false}));
    EXPECT_FALSE(must_choose_disability(Disability::not_reportable, {}));
    EXPECT_FALSE(must_choose_disability(Disability::none, {}));
}

TEST(Declarations, OnlyWhatWasAskedIsKept) {  // 3.3 "stored only for such students", W5
    const Declarations all{
        .word_count = 3000, .use_disability = true, .adjustments_declared = true};
    EXPECT_EQ(kept(all, Disability::reportable, true), all);
    EXPECT_EQ(kept(all, Disability::none, true),
              (Declarations{.word_count = 3000, .adjustments_declared = true}));
    EXPECT_EQ(kept(all, Disability::reportable, false),
              (Declarations{.use_disability = true, .adjustments_declared = true}));
    EXPECT_TRUE(Declarations{}.empty());
    EXPECT_FALSE(all.empty());
}

TEST(Plagiarism, SuspectedOnly) {  // 3.5 suspectPlagiarised
    EXPECT_FALSE(is_suspected(domain::Plagiarism::none));
    EXPECT_TRUE(is_suspected(domain::Plagiarism::suspected));
    EXPECT_FALSE(is_suspected(domain::Plagiarism::investigated));
}

TEST(Plagiarism, SimilarityIsABandOfOverlap) {  // 3.5 originalityReport
    const struct {
        std::optional<int> overlap, band;
    } cases[] = {{{}, {}}, {0, 0},  {1, 1},  {24, 1}, {25, 2}, {38, 2},
                 {49, 2},  {50, 3}, {74, 3}, {75, 4}, {100, 4}};
    for (const auto& c : cases)
        EXPECT_EQ(domain::similarity_of(c.overlap), c.band) << c.overlap.value_or(-1);
}

}  // namespace
}  // namespace handin::test
