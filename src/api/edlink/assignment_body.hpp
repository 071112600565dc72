// The body of "Create Assignment" and "Update Assignment" (edlink.md 4.1 rows 9 and 10).
#pragma once

#include <string_view>
#include <vector>

#include "api/edlink/reply.hpp"
#include "service/assignments.hpp"

namespace handin::edlink {

// Fills in what the body asks for; everything that is wrong with it, or ignored (`warnings`).
// `order.kind` says which of the two it is.
std::vector<Notice> read_assignment_body(std::string_view body, service::AssignmentOrder& order,
                                         std::vector<Notice>& warnings);

}  // namespace handin::edlink
