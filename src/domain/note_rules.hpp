// What is noted of an attempt that is no grade: no events tell of it.
#pragma once

#include <expected>

#include "domain/decide.hpp"

namespace handin::domain {

std::expected<Accepted, Refusals> decide_note(const State& state, const NoteAttempt& command,
                                              Time now);

}  // namespace handin::domain
