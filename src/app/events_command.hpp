#pragma once

#include <CLI/CLI.hpp>

namespace handin::app {

// `handin events tail` and `replay`: what happened, one JSON object a line; tell it again.
void add_events_command(CLI::App& app);

}  // namespace handin::app
