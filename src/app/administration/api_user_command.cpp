#include <cstdio>
#include <iostream>
#include <memory>

#include "app/administration/commands.hpp"
#include "app/administration/output.hpp"
#include "app/administration/session.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

const std::string kPath = "/api/handin/v1/api-users";

struct Options {
    SessionOptions session;
    bool as_json = false;
    std::string name;
    std::string account;
    bool password_on_stdin = false;
};

void create(const Options& options) {
    json::object body{{"username", options.name}};
    if (!options.account.empty()) body["account"] = options.account;
    if (options.password_on_stdin) {
        std::string password;
        std::getline(std::cin, password);
        body["password"] = password;
    }
    print(Session(options.session).call("POST", kPath, body), options.as_json);
    if (!options.as_json && !options.password_on_stdin)
        std::fputs("The password is shown only this once.\n", stderr);
}

void list(const Options& options) {
    print(Session(options.session).list(kPath, "api_users"), {"id", "username", "created_at"},
          options.as_json);
}

void remove(const Options& options) {
    Session(options.session).call("DELETE", kPath + "/" + url_encoded(options.name));
}

}  // namespace

void add_api_user_command(CLI::App& app) {
    auto* command = app.add_subcommand(
        "api-user", "Systems that sign in with a password, or with application tokens");
    command->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* help, void (*action)(const Options&)) {
        auto* sub = command->add_subcommand(name, help);
        add_session_options(*sub, options->session);
        add_json_flag(*sub, options->as_json);
        sub->callback([options, action] { action(*options); });
        return sub;
    };
    auto* creating = add(
        "create", "Make one; unless it is given, its password is made and shown this once", create);
    creating->add_option("username", options->name)->required();
    creating->add_option("--account", options->account, "Id of the school, if there are several");
    creating->add_flag("--password-stdin", options->password_on_stdin,
                       "Take the first line of standard input as its password");
    add("list", "Show all", list);
    add("remove", "Remove one, with its tokens and grants", remove)
        ->add_option("user", options->name, "Id or name")
        ->required();
}

}  // namespace handin::app
