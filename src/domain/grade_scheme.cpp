#include "domain/grade_scheme.hpp"

#include <algorithm>
#include <string>

#include "domain/number_text.hpp"
#include "domain/text.hpp"

namespace handin::domain {
namespace {

constexpr std::string_view kMinusSign = "\u2212";  // as some keyboards write A-

bool same_name(std::string_view a, std::string_view b) {
    const auto x = number_from(a);
    const auto y = number_from(b);
    return x && y ? *x == *y : same_ignoring_case(a, b);
}

const GradeScheme& effective(const GradeScheme& scheme) {
    return scheme.steps.empty() ? default_scheme() : scheme;
}

}  // namespace

const GradeScheme& default_scheme() {
    static const GradeScheme scheme{{{"A", 94},
                                     {"A-", 90},
                                     {"B+", 87},
                                     {"B", 84},
                                     {"B-", 80},
                                     {"C+", 77},
                                     {"C", 74},
                                     {"C-", 70},
                                     {"D+", 67},
                                     {"D", 64},
                                     {"D-", 61},
                                     {"F", 0}}};
    return scheme;
}

const std::string& name_of(const GradeScheme& scheme, double percent) {
    const auto& steps = effective(scheme).steps;
    const auto found =
        std::ranges::find_if(steps, [&](const auto& step) { return percent >= step.from; });
    return found == steps.end() ? steps.back().name : found->name;
}

std::optional<double> percent_of(const GradeScheme& scheme, std::string_view name) {
    const auto& steps = effective(scheme).steps;
    std::string plain(trimmed(name));
    if (plain.ends_with(kMinusSign)) plain.replace(plain.size() - kMinusSign.size(), 3, "-");
    const auto found =
        std::ranges::find_if(steps, [&](const auto& step) { return same_name(step.name, plain); });
    if (found == steps.end()) return std::nullopt;
    if (found == steps.begin()) return 100;
    const double above = std::prev(found)->from;
    return above - (above - found->from >= 1 ? 1.0 : 0.1);
}

bool is_valid(const GradeScheme& scheme) {
    const auto& steps = scheme.steps;
    if (steps.empty()) return true;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (trimmed(steps[i].name).empty()) return false;
        if (i > 0 && !(steps[i].from < steps[i - 1].from)) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (same_name(steps[i].name, steps[j].name)) return false;
    }
    return steps.back().from == 0;
}

}  // namespace handin::domain
