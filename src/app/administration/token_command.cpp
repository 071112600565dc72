#include <cstdio>
#include <map>
#include <memory>

#include "app/administration/commands.hpp"
#include "app/administration/output.hpp"
#include "app/administration/session.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr auto kPath = "/api/handin/v1/tokens";

struct Options {
    SessionOptions session;
    bool as_json = false;
    std::string kind = "admin";
    std::string owner;
    std::string name;
    std::string account;
    std::int64_t expires_in = 0;  // seconds; 0: never
    std::vector<std::string> ids;
};

void create(const Options& options) {
    json::object body{{"kind", options.kind}};
    if (!options.owner.empty()) body["owner"] = options.owner;
    if (!options.name.empty()) body["name"] = options.name;
    if (!options.account.empty()) body["account"] = options.account;
    if (options.expires_in > 0) body["expires_in"] = options.expires_in;
    print(Session(options.session).call("POST", kPath, body), options.as_json);
    if (!options.as_json) std::fputs("The token is shown only this once.\n", stderr);
}

void list(const Options& options) {
    const auto query = options.kind.empty() ? "" : "kind=" + options.kind;
    print(Session(options.session).list(kPath, "tokens", query),
          {"id", "kind", "name", "owner", "created_at", "expires_at"}, options.as_json);
}

void revoke(const Options& options) {
    Session session(options.session);
    for (const auto& id : options.ids)
        session.call("DELETE", std::string(kPath) + "/" + url_encoded(id));
}

}  // namespace

void add_token_command(CLI::App& app) {
    auto* command = app.add_subcommand("token", "Tokens: create, list, revoke");
    command->require_subcommand(1);
    const auto kinds = CLI::IsMember({"person", "integration", "application", "admin"});
    const std::map<std::string, std::int64_t> units{
        {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}};

    auto* creating = command->add_subcommand("create", "Make a token, and show it this once");
    const auto made = std::make_shared<Options>();
    add_session_options(*creating, made->session);
    add_json_flag(*creating, made->as_json);
    creating->add_option("--kind", made->kind, "Of whom: what it may do follows from that")
        ->check(kinds)
        ->required();
    creating->add_option("--owner", made->owner,
                         "A person's id, login, SIS id or university id; an integration's id or "
                         "client_id; for an application, an API user's id or name");
    creating->add_option("--name", made->name, "For telling tokens apart");
    creating->add_option("--account", made->account, "Id of the school, if there are several");
    creating->add_option("--expires-in", made->expires_in, "As in 90d, 12h; left out: never")
        ->transform(CLI::AsNumberWithUnit(units))
        ->check(CLI::PositiveNumber);
    creating->callback([made] { create(*made); });

    auto* listing = command->add_subcommand("list", "Show all tokens, without their secrets");
    const auto listed = std::make_shared<Options>();
    listed->kind.clear();
    add_session_options(*listing, listed->session);
    add_json_flag(*listing, listed->as_json);
    listing->add_option("--kind", listed->kind, "Only these")->check(kinds);
    listing->callback([listed] { list(*listed); });

    auto* revoking =
        command->add_subcommand("revoke", "Take tokens back; they are good for nothing at once");
    const auto revoked = std::make_shared<Options>();
    add_session_options(*revoking, revoked->session);
    revoking->add_option("ids", revoked->ids, "As shown by list")->required();
    revoking->callback([revoked] { revoke(*revoked); });
}

}  // namespace handin::app
