#include <memory>

#include "app/administration/commands.hpp"
#include "app/administration/output.hpp"
#include "app/administration/session.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

const std::string kPath = "/api/handin/v1/grants";

struct Options {
    SessionOptions session;
    bool as_json = false;
    std::string person, api_user, integration;
    std::string permission;
    bool deny = false;
    std::string on;  // "account", or "department:cs"
    std::string account;
    std::string id;
};

void add(const Options& options) {
    const bool to_person = !options.person.empty();
    const bool to_integration = !options.integration.empty();
    const auto& owner = to_person        ? options.person
                        : to_integration ? options.integration
                                         : options.api_user;
    const auto colon = std::min(options.on.find(':'), options.on.size());
    json::object body{{"holder", to_person        ? "person"
                                 : to_integration ? "integration"
                                                  : "api_user"},
                      {"owner", owner},
                      {"permission", options.permission},
                      {"effect", options.deny ? "deny" : "allow"},
                      {"scope", options.on.substr(0, colon)}};
    if (colon < options.on.size()) body["scope_id"] = options.on.substr(colon + 1);
    if (!options.account.empty()) body["account"] = options.account;
    print(Session(options.session).call("POST", kPath, body), options.as_json);
}

void list(const Options& options) {
    print(Session(options.session)
              .list(kPath, "grants", options.id.empty() ? "" : "owner=" + url_encoded(options.id)),
          {"id", "holder", "owner", "permission", "effect", "scope", "scope_id"}, options.as_json);
}

void remove(const Options& options) {
    Session(options.session).call("DELETE", kPath + "/" + url_encoded(options.id));
}

}  // namespace

void add_grant_command(CLI::App& app) {
    auto* command = app.add_subcommand(
        "grant", "What somebody may do beside what their roles allow, or may not do at all");
    command->require_subcommand(1);
    const auto options = std::make_shared<Options>();
    const auto sub = [&](const char* name, const char* help, void (*action)(const Options&)) {
        auto* made = command->add_subcommand(name, help);
        add_session_options(*made, options->session);
        add_json_flag(*made, options->as_json);
        made->callback([options, action] { action(*options); });
        return made;
    };
    auto* adding = sub("add", "Grant or deny one permission", add);
    auto* whom = adding->add_option_group("holder", "To whom");
    whom->add_option("--api-user", options->api_user, "Id or name");
    whom->add_option("--person", options->person, "Id, login, SIS id or university id");
    whom->add_option("--integration", options->integration, "Id or client_id");
    whom->require_option(1);
    adding->add_option("--permission", options->permission, "As in Submission.CreateOnBehalfOf")
        ->required();
    adding
        ->add_option("--on", options->on,
                     "account, department:CODE, class:SIS-ID, assignment:ID or person:LOGIN")
        ->required();
    adding->add_flag("--deny", options->deny, "Deny it, whatever else would allow it");
    adding->add_option("--account", options->account, "Id of the school, if there are several");
    sub("list", "Show all grants", list)
        ->add_option("--owner", options->id, "Only those of this person, API user or integration");
    sub("remove", "Take one back, at once", remove)
        ->add_option("id", options->id, "As shown by list")
        ->required();
}

}  // namespace handin::app
