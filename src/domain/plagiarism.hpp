// What somebody, or a similarity checker, says about an attempt (tabula.md 3.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace handin::domain {

enum class Plagiarism : std::uint8_t { none, suspected, investigated };

// suspectPlagiarised: a completed investigation gives false.
constexpr bool is_suspected(Plagiarism plagiarism) {
    return plagiarism == Plagiarism::suspected;
}

// Percentages, 0 to 100.
struct OriginalityReport {
    std::optional<int> overlap = {};
    std::optional<int> web_overlap = {};
    std::optional<int> student_overlap = {};
    std::optional<int> publication_overlap = {};
    std::string report_url = {};

    bool operator==(const OriginalityReport&) const = default;
};

// The band of an overlap, 0 to 4.
constexpr std::optional<int> similarity_of(std::optional<int> overlap) {
    if (!overlap) return std::nullopt;
    constexpr int above[] = {0, 24, 49, 74};
    int band = 0;
    for (const int limit : above)
        if (*overlap > limit) ++band;
    return band;
}

}  // namespace handin::domain
