// What a student declares with an attempt beside the work itself (tabula.md 3.3).
#pragma once

#include <cstdint>
#include <optional>

namespace handin::domain {

struct Declarations {
    std::optional<std::int64_t> word_count = {};
    std::optional<bool> use_disability = {};  // show the disability to markers
    std::optional<bool> adjustments_declared = {};

    bool operator==(const Declarations&) const = default;
    bool empty() const { return *this == Declarations{}; }
};

// A person's disability as the school's records have it; reportable unless they say otherwise
// (tabula.md 4.2).
enum class Disability : std::uint8_t { none, reportable, not_reportable };

// tabula.md 4.2 R10: students with a reportable disability must choose.
constexpr bool must_choose_disability(Disability disability, const Declarations& declared) {
    return disability == Disability::reportable && !declared.use_disability;
}

// What is kept of them: answers to questions that were not asked go.
constexpr Declarations kept(Declarations declared, Disability disability, bool word_count_asked) {
    if (disability != Disability::reportable) declared.use_disability.reset();
    if (!word_count_asked) declared.word_count.reset();
    return declared;
}

}  // namespace handin::domain
