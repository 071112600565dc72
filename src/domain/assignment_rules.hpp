// What an assignment says beside dates and kinds of work. The defaults ask for nothing special.
#pragma once

#include "domain/file_rules.hpp"
#include "domain/grade_scheme.hpp"
#include "domain/grading_type.hpp"
#include "domain/groups.hpp"
#include "domain/posting.hpp"
#include "domain/visibility.hpp"
#include "domain/word_count.hpp"

namespace handin::domain {

struct AssignmentRules {
    GradingType grading = GradingType::points;
    GradeScheme scheme = {};  // for letter_grade and gpa_scale; empty: the default one
    PostPolicy posting = PostPolicy::automatic;
    GroupPolicy groups = {};
    Anonymity marking = Anonymity::named;
    WordCountRule word_count = {};
    FileRules files = {};
    bool late_allowed = true;         // else work is taken until the due date (tabula.md 4.2 R4)
    bool again_only_on_time = false;  // tabula.md 4.2 R6

    bool operator==(const AssignmentRules&) const = default;
};

}  // namespace handin::domain
