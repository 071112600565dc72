// How often, and when again.
#include "domain/attempt_limit.hpp"

#include <gtest/gtest.h>

namespace handin::test {
namespace {

using domain::attempt_limit;
using domain::AttemptFacts;
using domain::AttemptPolicy;
using domain::AttemptProblem;
using domain::Resubmission;

TEST(AttemptLimit, WithExtraAttempts) {
    const struct {
        const char* row;
        std::optional<std::int64_t> max;
        std::int64_t extra, limit;
    } cases[] = {
        {"canvas 4.4: null = unlimited", {}, 0, domain::kMostAttempts},
        {"canvas 4.4: -1 = unlimited", -1, 0, domain::kMostAttempts},
        {"canvas 4.4: unlimited needs no extra", {}, 7, domain::kMostAttempts},
        {"none at all", 0, 0, 0},
        {"canvas 4.4: allowed_attempts", 3, 0, 3},
        {"edlink 3.6: max_attempts + extra_attempts", 3, 2, 5},
        {"never more than a row names", 499, 9, domain::kMostAttempts},
    };
    for (const auto& c : cases)
        EXPECT_EQ(attempt_limit({.max_attempts = c.max}, c.extra), c.limit) << c.row;
}

struct Case {
    const char* row;
    AttemptPolicy policy;
    AttemptFacts facts;
    AttemptProblem problem;
};

const Case kCases[] = {
    {"first", {}, {}, AttemptProblem::none},
    {"again", {}, {.used = 1, .handed_in = true}, AttemptProblem::none},
    {"canvas 4.4: limit",
     {.max_attempts = 2},
     {.used = 2, .handed_in = true},
     AttemptProblem::used_up},
    {"canvas 4.4: extra",
     {.max_attempts = 2},
     {.used = 2, .extra = 1, .handed_in = true},
     AttemptProblem::none},
    {"tabula R5",
     {.resubmission = Resubmission::none},
     {.used = 1, .handed_in = true},
     AttemptProblem::taken_once},
    {"tabula R5, taken back",
     {.resubmission = Resubmission::none},
     {.used = 1},
     AttemptProblem::taken_once},
    {"one more for this student",
     {.resubmission = Resubmission::none},
     {.used = 1, .extra = 1, .handed_in = true},
     AttemptProblem::none},
    {"edlink 3.6: submitted --submit--> refused",
     {.resubmission = Resubmission::after_reclaim},
     {.used = 1, .handed_in = true},
     AttemptProblem::reclaim_first},
    {"edlink 3.6: reclaimed --submit--> submitted",
     {.resubmission = Resubmission::after_reclaim},
     {.used = 1},
     AttemptProblem::none},
    {"the account's rule for this API",
     {.reclaim_first = true},
     {.used = 1, .handed_in = true},
     AttemptProblem::reclaim_first},
    {"tabula R6",
     {.again_only_on_time = true},
     {.used = 1, .handed_in = true, .would_be_late = true},
     AttemptProblem::late_again},
    {"tabula R6: on time",
     {.again_only_on_time = true},
     {.used = 1, .handed_in = true},
     AttemptProblem::none},
    {"tabula matrix row 3: first, late",
     {.again_only_on_time = true},
     {.would_be_late = true},
     AttemptProblem::none},
    {"late again elsewhere",
     {},
     {.used = 1, .handed_in = true, .would_be_late = true},
     AttemptProblem::none},
};

TEST(AttemptLimit, WhetherThereCanBeOneMore) {
    for (const auto& c : kCases) {
        EXPECT_EQ(check_attempt(c.policy, c.facts), c.problem) << c.row;
        const bool for_good =
            c.problem == AttemptProblem::used_up || c.problem == AttemptProblem::taken_once;
        EXPECT_EQ(check_attempts_left(c.policy, c.facts),
                  for_good ? c.problem : AttemptProblem::none)
            << c.row;
    }
}

}  // namespace
}  // namespace handin::test
