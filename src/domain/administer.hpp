// Administrative writes: tokens, integrations, grants, the roster. They are seldom, so their rules
// need no keys of their own: a plan is made on one snapshot of the roster, and is carried out only
// if the roster is still that one.
#pragma once

#include <cstdint>
#include <memory>

#include "domain/changes.hpp"

namespace handin::domain {

struct Administer {
    std::shared_ptr<const Changes> changes;  // with their audit
    std::uint64_t roster_generation = 0;     // of the snapshot
};

}  // namespace handin::domain
