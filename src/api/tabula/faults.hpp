// From the service's refusals to Tabula's codes (tabula.md 4.2, 4.3).
#pragma once

#include <vector>

#include "api/tabula/reply.hpp"
#include "base/uuid.hpp"
#include "domain/refusal.hpp"

namespace handin::tabula {

// In Tabula's order. Empty: something is not there, which is no fault of what was sent.
std::vector<Fault> faults_of(const domain::Refusals& refusals, const Uuid& assignment_id);

}  // namespace handin::tabula
