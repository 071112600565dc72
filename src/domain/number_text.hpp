// Points as people write and read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace handin::domain {

// Nothing has, or costs, more points; also keeps all arithmetic finite.
inline constexpr double kMostPoints = 1e9;

// `85`, `+8.5`, `-.5`; nullopt for anything else, also for more than kMostPoints.
std::optional<double> number_from(std::string_view text);

// Without needless zeros: 85, 8.5 (canvas-live-events.md 4.5).
std::string number_text(double value);

// Takes away what binary fractions add: 8.6 - 0.43 is 8.17, not 8.169999999999998.
double without_noise(double value);

// To two decimals, halves away from zero.
double to_cents(double value);

}  // namespace handin::domain
