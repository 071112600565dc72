// The number of words that a student declares (tabula.md 3.9, 4.2 R8 and R9).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace handin::domain {

struct WordCountRule {
    std::optional<std::int64_t> minimum = {};
    std::optional<std::int64_t> maximum = {};
    std::string conventions = {};  // what to count, for the student to read; at most 600 characters

    // Whether students are asked at all: not without bounds, nor with both 0.
    bool asked() const {
        return (minimum || maximum) && (minimum.value_or(0) != 0 || maximum.value_or(0) != 0);
    }
    bool operator==(const WordCountRule&) const = default;
};

enum class WordCountProblem : std::uint8_t { none, missing, out_of_range };

// Bounds are inclusive. What is sent where nobody asked is not looked at (W5).
WordCountProblem check_word_count(const WordCountRule& rule, std::optional<std::int64_t> words);

// Whether somebody may set such a rule (tabula.md 4.8): a maximum above the minimum, none negative.
bool is_valid(const WordCountRule& rule);

inline constexpr std::size_t kWordCountConventionsLimit = 600;  // characters

}  // namespace handin::domain
