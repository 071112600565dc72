#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "app/administration/commands.hpp"
#include "app/bench/bench.hpp"
#include "app/config.hpp"
#include "app/events_command.hpp"
#include "app/maintenance/commands.hpp"
#include "app/receipt_commands.hpp"
#include "app/serve.hpp"
#include "app/subscription_commands.hpp"
#include "app/version.hpp"

int main(int argc, char** argv) {
    CLI::App app("handin takes coursework in, keeps it safe, proves it and passes it on.",
                 "handin");
    app.set_version_flag("--version", handin::app::kVersion);
    app.require_subcommand(1);

    handin::app::Config config;
    auto* serve = app.add_subcommand("serve", "Run the server");
    serve->footer(
        "Every setting is also an environment variable, as shown, and a key of the configuration\n"
        "file: --max-connections is max_connections there. A flag wins over the environment, the\n"
        "environment over the file.");
    handin::app::add_options(*serve, config);
    handin::app::add_events_command(app);
    handin::app::add_subscription_commands(app);
    handin::app::add_verify_command(app);
    handin::app::add_receipt_key_command(app);
    handin::app::add_token_command(app);
    handin::app::add_integration_command(app);
    handin::app::add_api_user_command(app);
    handin::app::add_grant_command(app);
    handin::app::add_audit_command(app);
    handin::app::add_roster_command(app);
    handin::app::add_maintenance_commands(app);
    handin::bench::add_bench_command(app);

    try {
        app.parse(argc, argv);
        if (!serve->parsed()) return 0;
        if (!config.config_file.empty()) handin::app::read_config_file(*serve, config.config_file);
        return handin::app::serve(config);
    } catch (const CLI::ParseError& error) {
        return app.exit(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "handin: %s\n", error.what());
        return 1;
    }
}
