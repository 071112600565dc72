#include "domain/grading.hpp"

#include "domain/number_text.hpp"
#include "domain/text.hpp"

namespace handin::domain {
namespace {

constexpr std::string_view kComplete = "complete";
constexpr std::string_view kIncomplete = "incomplete";

bool says_pass(std::string_view text) {
    return same_ignoring_case(text, "pass") || same_ignoring_case(text, kComplete);
}

bool says_fail(std::string_view text) {
    return same_ignoring_case(text, "fail") || same_ignoring_case(text, kIncomplete);
}

double possible(const Grading& grading) {
    return grading.points_possible.value_or(0);
}

double part(const Grading& grading, double percent) {
    return without_noise(possible(grading) * percent / 100);
}

// Percent of the points possible; without any, a score is its own percentage.
double percentage(const Grading& grading, double score) {
    return possible(grading) > 0 ? without_noise(score / possible(grading) * 100) : score;
}

std::optional<double> score_from(const Grading& grading, std::string_view text,
                                 bool prefer_points) {
    if (text.ends_with('%')) {
        const auto percent = number_from(trimmed(text.substr(0, text.size() - 1)));
        return percent ? std::optional(part(grading, *percent)) : std::nullopt;
    }
    if (says_pass(text)) return possible(grading);
    if (says_fail(text)) return 0;
    const auto number = number_from(text);
    if (number && (!uses_scheme(grading.type) || prefer_points)) return number;
    if (const auto percent = percent_of(grading.scheme, text)) return part(grading, *percent);
    return number;
}

}  // namespace

std::expected<Judgement, GradeProblem> parse_grade(const Grading& grading, std::string_view typed,
                                                   bool prefer_points) {
    const auto text = trimmed(typed);
    if (grading.type == GradingType::not_graded) return std::unexpected(GradeProblem::not_graded);
    if (text.empty()) return Judgement{};
    const auto score = score_from(grading, text, prefer_points);
    if (!score) return std::unexpected(GradeProblem::not_a_grade);
    if (grading.type == GradingType::pass_fail && *score != 0 && *score != possible(grading))
        return std::unexpected(GradeProblem::not_a_grade);
    return Judgement{.score = score, .grade = render_grade(grading, *score, text)};
}

std::string render_grade(const Grading& grading, double score, std::string_view given) {
    const bool worthless = possible(grading) <= 0;
    switch (grading.type) {
        case GradingType::points:
            return number_text(score);
        case GradingType::percent:
            return number_text(to_cents(percentage(grading, score))) + "%";
        case GradingType::pass_fail: {
            const bool passed = worthless ? says_pass(given) || score > 0 : score > 0;
            return std::string(passed ? kComplete : kIncomplete);
        }
        case GradingType::letter_grade:
        case GradingType::gpa_scale: {
            const auto named = percent_of(grading.scheme, given);
            return name_of(grading.scheme,
                           worthless && named ? *named : percentage(grading, score));
        }
        case GradingType::not_graded:
            return "";
    }
    return "";
}

}  // namespace handin::domain
