// The body of "Grade Submission" (edlink.md 4.1 row 17).
#pragma once

#include <string_view>
#include <vector>

#include "api/edlink/reply.hpp"
#include "domain/command.hpp"

namespace handin::edlink {

// Fills in what the body asks for; everything that is wrong with it, or ignored (`warnings`).
std::vector<Notice> read_mark_body(std::string_view body, domain::MarkSubmission& command,
                                   std::vector<Notice>& warnings);

}  // namespace handin::edlink
