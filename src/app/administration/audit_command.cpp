#include <memory>

#include "app/administration/commands.hpp"
#include "app/administration/output.hpp"
#include "app/administration/session.hpp"

namespace handin::app {
namespace {

struct Options {
    SessionOptions session;
    bool as_json = false;
    std::string action, target;
    std::size_t limit = 0;
};

void show(const Options& options) {
    std::string query;
    if (!options.action.empty()) query += "action=" + url_encoded(options.action);
    if (!options.target.empty())
        query += (query.empty() ? "target=" : "&target=") + url_encoded(options.target);
    auto items =
        Session(options.session).list("/api/handin/v1/audit", "audit", query, options.limit);
    if (!options.as_json)
        for (auto& item : items)
            item["by"] = item.at("actor").at("name");
    print(items, {"at", "by", "client_ip", "action", "target", "detail"}, options.as_json);
}

}  // namespace

void add_audit_command(CLI::App& app) {
    auto* command = app.add_subcommand("audit", "Who has administered what, oldest first");
    const auto options = std::make_shared<Options>();
    add_session_options(*command, options->session);
    add_json_flag(*command, options->as_json);
    command->add_option("--action", options->action, "Only this, as in token.revoke");
    command->add_option("--target", options->target, "Only what was done to this id");
    command->add_option("--limit", options->limit, "So many at most; 0: all")
        ->capture_default_str();
    command->callback([options] { show(*options); });
}

}  // namespace handin::app
