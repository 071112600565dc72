#include "domain/rubric.hpp"

#include <algorithm>
#include <cmath>

#include "domain/number_text.hpp"

namespace handin::domain {
namespace {

template <class Row, class Value>
const Row* find(const std::vector<Row>& rows, const Value& value, std::string Row::* field) {
    const auto found = std::ranges::find(rows, value, field);
    return found == rows.end() ? nullptr : &*found;
}

// Points that stand alone take the rating that has just as many.
void complete(const Rubric::Criterion& criterion, CriterionAssessment& given) {
    if (!given.points) {
        if (const auto* rating = find(criterion.ratings, given.rating_id, &Rubric::Rating::id))
            given.points = rating->points;
    } else if (given.rating_id.empty()) {
        const auto same =
            std::ranges::find(criterion.ratings, *given.points, &Rubric::Rating::points);
        if (same != criterion.ratings.end()) given.rating_id = same->id;
    }
}

bool sensible(const std::optional<double>& points) {
    return !points || (std::isfinite(*points) && std::abs(*points) <= kMostPoints);
}

}  // namespace

std::expected<RubricAssessment, std::vector<RubricProblem>> assess(const Rubric& rubric,
                                                                   const RubricAssessment& before,
                                                                   const RubricAssessment& given) {
    using enum RubricProblem::Kind;
    auto result = before;
    std::vector<RubricProblem> problems;
    for (const auto& [id, assessment] : given) {
        const auto* criterion = find(rubric.criteria, id, &Rubric::Criterion::id);
        if (criterion == nullptr) {
            problems.push_back({no_such_criterion, id});
            continue;
        }
        if (!assessment.rating_id.empty() &&
            find(criterion->ratings, assessment.rating_id, &Rubric::Rating::id) == nullptr)
            problems.push_back({no_such_rating, id});
        if (!sensible(assessment.points)) problems.push_back({bad_points, id});
        auto& kept = result[id] = assessment;
        complete(*criterion, kept);
    }
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return result;
}

std::optional<double> score_of(const Rubric& rubric, const RubricAssessment& assessment) {
    std::optional<double> sum;
    for (const auto& criterion : rubric.criteria) {
        const auto found = assessment.find(criterion.id);
        if (criterion.ignored_for_scoring || found == assessment.end() || !found->second.points)
            continue;
        sum = sum.value_or(0) + *found->second.points;
    }
    return sum ? std::optional(without_noise(*sum)) : std::nullopt;
}

std::expected<RubricAssessment, std::vector<RubricProblem>> from_levels(
    const Rubric& rubric, const LevelsByName& levels) {
    using enum RubricProblem::Kind;
    RubricAssessment result;
    std::vector<RubricProblem> problems;
    for (const auto& [name, level] : levels) {
        const auto* criterion = find(rubric.criteria, name, &Rubric::Criterion::description);
        const auto* rating = criterion == nullptr
                                 ? nullptr
                                 : find(criterion->ratings, level, &Rubric::Rating::description);
        if (rating == nullptr)
            problems.push_back({criterion == nullptr ? no_such_criterion : no_such_rating, name});
        else
            result[criterion->id] = {.points = rating->points, .rating_id = rating->id};
    }
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return result;
}

LevelsByName to_levels(const Rubric& rubric, const RubricAssessment& assessment) {
    LevelsByName levels;
    for (const auto& criterion : rubric.criteria) {
        const auto found = assessment.find(criterion.id);
        if (found == assessment.end()) continue;
        if (const auto* rating =
                find(criterion.ratings, found->second.rating_id, &Rubric::Rating::id))
            levels[criterion.description] = rating->description;
    }
    return levels;
}

}  // namespace handin::domain
