// What of the model is kept as versioned JSON inside a row, because few rows have any of it and
// nothing is looked for by it: the marking of a submission, the rules of an assignment, the late
// policy of a class, the details of an assignment. Nothing at all where everything is as usual.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "domain/coursework.hpp"
#include "domain/late_policy.hpp"

namespace handin::store {

using Json = std::optional<std::string>;

// The marking, and what it was like after the commands that carried keys.
Json encode_marking(const domain::Submission& submission);
Json encode(const domain::AssignmentRules& rules);
Json encode(const domain::LatePolicy& policy);
// The details of an assignment, and the keys of its changes.
Json encode_details(const domain::Assignment& assignment);

// All throw std::runtime_error for what no version has written. The submission's own ids are those
// of its extension.
void decode_marking(std::string_view text, domain::Submission& submission);
domain::AssignmentRules decode_rules(std::string_view text);
domain::LatePolicy decode_late_policy(std::string_view text);
void decode_details(std::string_view text, domain::Assignment& assignment);

}  // namespace handin::store
