// Rubrics: criteria, ratings, and the score that an assessment comes to.
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace handin::domain {

struct Rubric {
    struct Rating {
        std::string id;
        std::string description;
        double points = 0;

        bool operator==(const Rating&) const = default;
    };
    struct Criterion {
        std::string id;
        std::string description;
        double points = 0;  // at most, but for extra credit
        std::vector<Rating> ratings = {};
        bool ignored_for_scoring = false;

        bool operator==(const Criterion&) const = default;
    };
    std::string title = {};
    std::vector<Criterion> criteria = {};
    bool used_for_grading = false;  // its score is the grade

    bool operator==(const Rubric&) const = default;
};

// What a grader says about one criterion.
struct CriterionAssessment {
    std::optional<double> points = {};
    std::string rating_id = {};
    std::string comments = {};

    bool operator==(const CriterionAssessment&) const = default;
};

// By the criterion's id.
using RubricAssessment = std::map<std::string, CriterionAssessment>;

struct RubricProblem {
    enum class Kind : std::uint8_t { no_such_criterion, no_such_rating, bad_points };
    Kind kind;
    std::string criterion_id;

    bool operator==(const RubricProblem&) const = default;
};

// Fills in what follows: points from a rating, and the rating that points are just those of. A
// criterion that is left out keeps what `before` says about it.
std::expected<RubricAssessment, std::vector<RubricProblem>> assess(const Rubric& rubric,
                                                                   const RubricAssessment& before,
                                                                   const RubricAssessment& given);

// The sum of the points; nothing if no criterion that counts has any.
std::optional<double> score_of(const Rubric& rubric, const RubricAssessment& assessment);

// Edlink's rubric_grade: names of performance levels by names of criteria (edlink.md 3.1).
using LevelsByName = std::map<std::string, std::string>;
std::expected<RubricAssessment, std::vector<RubricProblem>> from_levels(const Rubric& rubric,
                                                                        const LevelsByName& levels);
LevelsByName to_levels(const Rubric& rubric, const RubricAssessment& assessment);

}  // namespace handin::domain
