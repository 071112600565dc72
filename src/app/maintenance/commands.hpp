// `handin check`, `handin backup` and `handin restore`.
#pragma once

#include <CLI/CLI.hpp>

namespace handin::app {

void add_maintenance_commands(CLI::App& app);

}  // namespace handin::app
