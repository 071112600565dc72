#include "domain/mark.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "domain/number_text.hpp"
#include "domain/text.hpp"

namespace handin::domain {
namespace {

constexpr int kMostMark = 100;

bool given(const std::optional<std::string>& text) {
    return text && !trimmed(*text).empty();
}

bool has_points(const Grading& grading) {
    return grading.points_possible.value_or(0) > 0;
}

}  // namespace

bool MarkEntry::empty() const {
    return !given(mark) && !given(grade) && !given(feedback);
}

std::optional<int> mark_of(const MarkEntry& entry) {
    if (!given(entry.mark)) return std::nullopt;
    const auto text = trimmed(*entry.mark);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::vector<MarkProblem> check_mark(const MarkRules& rules, const MarkEntry& entry) {
    std::vector<MarkProblem> problems;
    const auto mark = mark_of(entry);
    if (given(entry.mark) && !mark) problems.push_back(MarkProblem::not_whole);
    if (mark && (*mark < 0 || *mark > kMostMark))
        problems.push_back(MarkProblem::out_of_range);
    else if (mark && !rules.scale.empty() &&
             std::ranges::find(rules.scale, *mark) == rules.scale.end())
        problems.push_back(MarkProblem::not_on_scale);
    if (!given(entry.grade) || rules.boundaries.empty()) return problems;
    if (!given(entry.mark)) {
        problems.push_back(MarkProblem::grade_without_mark);
    } else if (mark && std::ranges::none_of(rules.boundaries, [&](const auto& each) {
                   return each.grade == trimmed(*entry.grade) && *mark >= each.from &&
                          *mark <= each.to;
               })) {
        problems.push_back(MarkProblem::grade_not_allowed);
    }
    return problems;
}

double score_of_mark(const Grading& grading, int mark) {
    return has_points(grading) ? without_noise(*grading.points_possible * mark / 100) : mark;
}

int mark_of_score(const Grading& grading, double score) {
    const double percent = has_points(grading) ? score / *grading.points_possible * 100 : score;
    return static_cast<int>(std::lround(without_noise(percent)));
}

}  // namespace handin::domain
