// Names for ranges of percentages: A, A-, B+, or 4.0, 3.7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handin::domain {

struct GradeScheme {
    struct Step {
        std::string name;
        double from = 0;  // percent, inclusive

        bool operator==(const Step&) const = default;
    };
    std::vector<Step> steps = {};  // the highest first; empty: the default scheme

    bool operator==(const GradeScheme&) const = default;
};

// The one that counts where a school has set none (A from 94, A- from 90, ... F from 0).
const GradeScheme& default_scheme();

// The name for a percentage; the lowest one for what is below all.
const std::string& name_of(const GradeScheme& scheme, double percent);

// The percentage that a name stands for: the highest 100, any other just below the step above it,
// by 1, or by 0.1 where steps are closer than 1. Upper and lower case are one; numbers are compared
// as numbers.
std::optional<double> percent_of(const GradeScheme& scheme, std::string_view name);

// Whether a school may set it: names, none twice; falling limits that end at 0.
bool is_valid(const GradeScheme& scheme);

}  // namespace handin::domain
