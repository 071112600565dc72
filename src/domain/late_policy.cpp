#include "domain/late_policy.hpp"

#include <algorithm>

#include "domain/number_text.hpp"

namespace handin::domain {
std::int64_t intervals_late(const LatePolicy& policy, std::chrono::seconds late) {
    using namespace std::chrono_literals;
    const auto length = policy.interval == LatePolicy::Interval::hour ? 3'600s : 86'400s;
    return late <= 0s ? 0 : (late + length - 1s) / length;
}

Deducted deduct(const LatePolicy& policy, GradingType type, double entered,
                std::optional<double> points_possible, std::chrono::seconds late) {
    const double possible = points_possible.value_or(0);
    if (!policy.late_enabled || possible <= 0 || late.count() <= 0 || !takes_deductions(type))
        return {.score = entered};
    double percent = policy.late_deduction * static_cast<double>(intervals_late(policy, late));
    if (policy.minimum_enabled)
        percent =
            std::min(percent, std::max(entered * 100 / possible - policy.minimum_percent, 0.0));
    const double points = to_cents(possible * percent / 100);
    const double score =
        points > entered ? std::min(0.0, entered) : without_noise(entered - points);
    return {.score = score, .points_deducted = without_noise(entered - score)};
}

std::optional<double> score_of_missing(const LatePolicy& policy, GradingType type,
                                       std::optional<double> points_possible) {
    if (!policy.missing_enabled || type == GradingType::not_graded) return std::nullopt;
    if (type == GradingType::pass_fail) return 0;
    return points_possible.value_or(0) * (100 - policy.missing_deduction) / 100;
}

}  // namespace handin::domain
