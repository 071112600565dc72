#pragma once

#include "app/config.hpp"

namespace handin::app {

// Runs the server until SIGINT or SIGTERM. Returns the exit code; throws std::exception with a
// sentence for the operator if it cannot start.
int serve(const Config& config);

}  // namespace handin::app
