// What those who teach do to an assignment.
#pragma once

#include <expected>

#include "domain/decide.hpp"

namespace handin::domain {

// Bounds of what one assignment says.
inline constexpr std::size_t kLongestTitle = 1000;              // bytes
inline constexpr std::size_t kLongestDescription = 512 * 1024;  // bytes, of each form
inline constexpr std::size_t kMostMaterials = 50;               // of 64 KiB each at most
inline constexpr std::size_t kLongestMaterial = 64 * 1024;      // bytes
inline constexpr std::size_t kLongestExtras = 64 * 1024;        // bytes, of all APIs
inline constexpr std::size_t kMostAssignees = 20'000;           // more: everybody
inline constexpr std::int64_t kMostAssignments = 9'999'999;     // of an account (DESIGN 5.3)
// So many of the latest changes, and the making of it, are known when they are repeated.
inline constexpr std::size_t kMostChangeKeys = 50;

std::expected<Accepted, Refusals> decide_assignment(const State& state, ChangeAssignment& command,
                                                    Time now);

}  // namespace handin::domain
