#include "domain/word_count.hpp"

namespace handin::domain {

WordCountProblem check_word_count(const WordCountRule& rule, std::optional<std::int64_t> words) {
    if (!rule.asked()) return WordCountProblem::none;
    if (!words) return WordCountProblem::missing;
    const bool fits =
        *words >= rule.minimum.value_or(*words) && *words <= rule.maximum.value_or(*words);
    return fits ? WordCountProblem::none : WordCountProblem::out_of_range;
}

bool is_valid(const WordCountRule& rule) {
    if (rule.minimum.value_or(0) < 0 || rule.maximum.value_or(0) < 0) return false;
    if (!rule.asked() || !rule.maximum) return true;
    return *rule.maximum > rule.minimum.value_or(0);
}

}  // namespace handin::domain
