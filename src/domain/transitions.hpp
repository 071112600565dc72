// Which events tell of a change of one submission, and in what order (docs/grading.md is this table
// in words).
#pragma once

#include <vector>

#include "domain/coursework.hpp"
#include "domain/event.hpp"

namespace handin::domain {

// From the facts before and after one command. Of a new comment that is a draft nobody is told:
// `told` says whether one that was added is none.
std::vector<Event::Kind> events_between(const Submission& before, const Submission& after,
                                        bool told);

}  // namespace handin::domain
