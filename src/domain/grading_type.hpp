// How an assignment is graded.
#pragma once

#include <cstdint>

namespace handin::domain {

// canvas-live-events.md 2.9, in the order in which they are stored. Tabula's marks are a view of
// any of them: a whole percentage (mark.hpp).
enum class GradingType : std::uint8_t {
    points,
    percent,
    pass_fail,
    letter_grade,
    gpa_scale,
    not_graded,
};

// Whose grade strings are names of a scheme.
constexpr bool uses_scheme(GradingType type) {
    return type == GradingType::letter_grade || type == GradingType::gpa_scale;
}

// What lateness can take points from (canvas-live-events.md 4.3).
constexpr bool takes_deductions(GradingType type) {
    return type == GradingType::points || type == GradingType::percent || uses_scheme(type);
}

}  // namespace handin::domain
