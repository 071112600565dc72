#pragma once

#include <CLI/CLI.hpp>

namespace handin::app {

// `handin events tail`: what happened, one JSON object a line.
void add_events_command(CLI::App& app);

}  // namespace handin::app
