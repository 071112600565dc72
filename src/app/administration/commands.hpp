#pragma once

#include <CLI/CLI.hpp>

namespace handin::app {

// handin token|integration|api-user|grant …, and handin audit: who may do what, and who changed it.
void add_token_command(CLI::App& app);
void add_integration_command(CLI::App& app);
void add_api_user_command(CLI::App& app);
void add_grant_command(CLI::App& app);
void add_audit_command(CLI::App& app);

// handin roster import PATH (docs/roster.md).
void add_roster_command(CLI::App& app);

}  // namespace handin::app
