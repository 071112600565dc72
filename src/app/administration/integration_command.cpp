#include <cstdio>
#include <memory>

#include "app/administration/commands.hpp"
#include "app/administration/output.hpp"
#include "app/administration/session.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

const std::string kPath = "/api/handin/v1/integrations";

struct Options {
    SessionOptions session;
    bool as_json = false;
    std::string name;  // of a new one, or the id or client_id of one that is there
    std::string account;
};

void create(const Options& options) {
    json::object body{{"name", options.name}};
    if (!options.account.empty()) body["account"] = options.account;
    print(Session(options.session).call("POST", kPath, body), options.as_json);
    if (!options.as_json) std::fputs("The client_secret is shown only this once.\n", stderr);
}

void list(const Options& options) {
    print(Session(options.session).list(kPath, "integrations"),
          {"id", "number", "name", "client_id", "state", "created_at"}, options.as_json);
}

void set_state(const Options& options, std::string_view state) {
    print(Session(options.session)
              .call("PATCH", kPath + "/" + url_encoded(options.name),
                    {{"state", json::string_view(state.data(), state.size())}}),
          options.as_json);
}

void rotate(const Options& options) {
    print(
        Session(options.session).call("POST", kPath + "/" + url_encoded(options.name) + "/secret"),
        options.as_json);
    if (!options.as_json) std::fputs("The client_secret is shown only this once.\n", stderr);
}

}  // namespace

void add_integration_command(CLI::App& app) {
    auto* command = app.add_subcommand("integration", "Applications that the school has connected");
    command->require_subcommand(1);
    const auto add = [&](const char* name, const char* help, const char* argument, auto action) {
        const auto options = std::make_shared<Options>();
        auto* sub = command->add_subcommand(name, help);
        add_session_options(*sub, options->session);
        add_json_flag(*sub, options->as_json);
        if (argument != nullptr) sub->add_option(argument, options->name)->required();
        sub->callback([options, action] { action(*options); });
        return std::pair(sub, options);
    };
    const auto [creating, made] =
        add("create", "Connect one; its client_secret is shown this once", "name", create);
    creating->add_option("--account", made->account, "Id of the school, if there are several");
    add("list", "Show all", nullptr, list);
    add("disable", "Refuse its tokens and those of its users, at once", "integration",
        [](const Options& options) { set_state(options, "disabled"); });
    add("enable", "Take them again", "integration",
        [](const Options& options) { set_state(options, "active"); });
    add("rotate-secret", "Make a new client_secret; the one before is good for nothing at once",
        "integration", rotate);
}

}  // namespace handin::app
