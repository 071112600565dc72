// handin subscription …, handin deliveries …
#pragma once

#include <CLI/CLI.hpp>

namespace handin::app {

void add_subscription_commands(CLI::App& app);

}  // namespace handin::app
