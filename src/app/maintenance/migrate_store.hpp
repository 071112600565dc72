// A site's database to another engine, or to another place.
#pragma once

#include <string>

#include "app/maintenance/progress.hpp"
#include "store/move.hpp"

namespace handin::app {

// `from`, `to`: sqlite:PATH or postgresql://... Blocks, for long. Throws std::runtime_error with a
// sentence for the operator; what has been moved by then stays, and the same call goes on from
// there.
store::Move migrate_store(const std::string& from, const std::string& to, Progress& progress);

}  // namespace handin::app
