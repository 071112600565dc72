// The JSON of an assignment that is set or changed (tabula.md 3.9).
#pragma once

#include <optional>
#include <string_view>

#include "api/tabula/assignments/settings.hpp"
#include "api/tabula/scalars.hpp"

namespace handin::tabula {

// Sets what the body says; the rest stays. Nothing: it could be read.
std::optional<BodyProblem> read_assignment(std::string_view text, const std::string& zone, Time now,
                                           Settings& settings);

inline constexpr std::size_t kLongestAssignmentBody = std::size_t{256} * 1024;  // many users

}  // namespace handin::tabula
