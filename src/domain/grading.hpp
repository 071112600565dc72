// Grades as graders type them and as everybody reads them (canvas-live-events.md 4.5).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "domain/grade_scheme.hpp"
#include "domain/grading_type.hpp"

namespace handin::domain {

// How an assignment is graded.
struct Grading {
    GradingType type = GradingType::points;
    std::optional<double> points_possible = {};
    GradeScheme scheme = {};

    bool operator==(const Grading&) const = default;
};

// What a grader gave. Nothing at all: the grade is taken away.
struct Judgement {
    std::optional<double> score = {};
    std::string grade = {};

    bool empty() const { return !score && grade.empty(); }
    bool operator==(const Judgement&) const = default;
};

enum class GradeProblem : std::uint8_t {
    not_a_grade,  // nothing that this assignment's grading knows
    not_graded,   // this assignment is not graded at all
};

// Numbers, `N%`, names of the scheme, pass or complete, fail or incomplete. Where grades are names
// of the scheme, a bare number is tried as one first, unless `prefer_points`. Empty text takes the
// grade away.
std::expected<Judgement, GradeProblem> parse_grade(const Grading& grading, std::string_view typed,
                                                   bool prefer_points = false);

// The grade of a score; empty for not_graded. `given` is what the grader typed, and counts where a
// score cannot tell: when there are no points.
std::string render_grade(const Grading& grading, double score, std::string_view given = {});

}  // namespace handin::domain
