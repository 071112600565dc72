// What lateness costs (canvas-live-events.md 4.3).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "domain/grading_type.hpp"

namespace handin::domain {

// Of a class. Percentages are of the points possible, 0 to 100.
struct LatePolicy {
    enum class Interval : std::uint8_t { day, hour };

    bool missing_enabled = false;
    double missing_deduction = 100;
    bool late_enabled = false;
    double late_deduction = 0;  // for each interval that has begun
    Interval interval = Interval::day;
    bool minimum_enabled = false;
    double minimum_percent = 0;  // lateness alone does not take a score below

    bool operator==(const LatePolicy&) const = default;
};

struct Deducted {
    double score = 0;            // what counts
    double points_deducted = 0;  // score + points_deducted is what was entered

    bool operator==(const Deducted&) const = default;
};

// Days or hours that have begun.
std::int64_t intervals_late(const LatePolicy& policy, std::chrono::seconds late);

// What remains of an entered score. Points are rounded to 2 decimals, halves away from zero.
Deducted deduct(const LatePolicy& policy, GradingType type, double entered,
                std::optional<double> points_possible, std::chrono::seconds late);

// What work that is missing scores; nothing: the policy does not say.
std::optional<double> score_of_missing(const LatePolicy& policy, GradingType type,
                                       std::optional<double> points_possible);

}  // namespace handin::domain
