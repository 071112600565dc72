// What is asked of the work itself and of what is declared with it: files, words, a disability
// (tabula.md 4.2 R7 to R10, 4.3).
#pragma once

#include "domain/decide.hpp"

namespace handin::domain {

// In the order of the rules; the rows must be there (Keys), and what check_uploads says comes
// apart.
Refusals check_work(const State& state, const Assignment& assignment, const Person& person,
                    const Submit& command);

// What is kept of what was declared.
AttemptNote note_of(const Submit& command, const Assignment& assignment, const Person& person,
                    std::uint32_t attempt);

}  // namespace handin::domain
