// The assignments of the demo school: one for everything, and one for each policy.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/coursework.hpp"

namespace handin::app {

// The main one: open, due in 14 days, files, links and texts, any number of attempts, 10 points.
domain::Assignment main_assignment(const Uuid& class_id, std::int64_t number, Time now);

// Others of the same class, by the name under which demo.json lists them. `chosen`: whom the one
// for individuals is assigned to.
std::vector<std::pair<std::string, domain::Assignment>> policy_assignments(
    const Uuid& class_id, std::int64_t first_number, const Uuid& chosen, Time now);

}  // namespace handin::app
