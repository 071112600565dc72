// Tabula's marks: whole percentages beside a grade in words (tabula.md 3.10, 4.9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/grading.hpp"

namespace handin::domain {

struct MarkRules {
    // A grade and the marks that may have it, of a department that validates grades.
    struct Boundary {
        std::string grade;
        int from = 0;
        int to = 100;  // inclusive

        bool operator==(const Boundary&) const = default;
    };
    std::vector<int> scale = {};            // useMarkPoints: the only marks there are; empty: any
    std::vector<Boundary> boundaries = {};  // empty: grades are not validated

    bool operator==(const MarkRules&) const = default;
};

// A line of an upload, as sent.
struct MarkEntry {
    std::optional<std::string> mark = {};
    std::optional<std::string> grade = {};
    std::optional<std::string> feedback = {};

    // Such a line is ignored without a word.
    bool empty() const;
};

enum class MarkProblem : std::uint8_t {
    not_whole,           // actualMark.format
    out_of_range,        // mark.range
    not_on_scale,        // mark.markPoint
    grade_without_mark,  // actualMark.validateGrade.adjustedGrade
    grade_not_allowed,   // actualGrade.invalidSITS
};

// All that is wrong with a line, in the order of tabula.md 4.9.
std::vector<MarkProblem> check_mark(const MarkRules& rules, const MarkEntry& entry);

// The mark of a line that check_mark has passed.
std::optional<int> mark_of(const MarkEntry& entry);

// A mark is a percentage of the points possible; without those it is the score.
double score_of_mark(const Grading& grading, int mark);
int mark_of_score(const Grading& grading, double score);

}  // namespace handin::domain
