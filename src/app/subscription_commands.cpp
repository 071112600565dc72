#include "app/subscription_commands.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <memory>

#include "app/admin_client.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

struct Options {
    AdminClient server;
    std::string id;
    std::string name, target, transport = "https", form = "canvas";
    std::vector<std::string> events;
    bool unsigned_ = false, bare = false;
    std::int64_t after = -1;
    std::string state = "all";
    std::int64_t sequence = 0;
};

// One JSON object a line, for scripts.
void print(const json::value& value) {
    std::puts(json::serialize(value).c_str());
}

void print_each(const json::value& list) {
    for (const auto& each : list.as_array())
        print(each);
}

void create(const Options& options) {
    json::object wish{{"name", options.name},
                      {"transport", options.transport},
                      {"target", options.target},
                      {"form", options.form},
                      {"events", json::array(options.events.begin(), options.events.end())},
                      {"quoted", !options.bare}};
    if (options.unsigned_) wish["sign"] = false;
    if (options.after >= 0) wish["after"] = options.after;
    print(options.server.ask("POST", "/subscriptions", json::serialize(wish)));
}

void test(const Options& options) {
    const auto outcome = options.server.ask("POST", "/subscriptions/" + options.id + "/test");
    print(outcome);
    if (!outcome.at("delivered").as_bool())
        throw std::runtime_error("the test message was not delivered");
}

void list_deliveries(const Options& options) {
    for (std::int64_t after = 0;;) {
        const auto page = options.server.ask("GET", "/subscriptions/" + options.id +
                                                        "/deliveries?state=" + options.state +
                                                        "&after=" + std::to_string(after));
        if (page.at("deliveries").as_array().empty()) return;
        print_each(page.at("deliveries"));
        after = page.at("next").to_number<std::int64_t>();
    }
}

void retry(const Options& options) {
    const auto one = options.sequence > 0 ? "/" + std::to_string(options.sequence) : "";
    print(options.server.ask("POST",
                             "/subscriptions/" + options.id + "/deliveries" + one + "/retry"));
}

// A command that finds its server first.
std::shared_ptr<Options> add(CLI::App& parent, const std::string& name, const std::string& help,
                             CLI::App*& command, void (*run)(const Options&)) {
    command = parent.add_subcommand(name, help);
    auto options = std::make_shared<Options>();
    options->server.add_options(*command);
    command->callback([options, run] {
        options->server.find_server();
        run(*options);
    });
    return options;
}

std::shared_ptr<Options> add_named(CLI::App& parent, const std::string& name,
                                   const std::string& help, CLI::App*& command,
                                   void (*run)(const Options&)) {
    auto options = add(parent, name, help, command, run);
    command->add_option("subscription", options->id, "Its id")->required();
    return options;
}

void add_subscription(CLI::App& app) {
    auto* group = app.add_subcommand("subscription", "Who is told of events (docs/events.md)");
    group->require_subcommand(1);
    CLI::App* command = nullptr;
    const auto made =
        add(*group, "create", "Adds one; prints it, with its secret", command, create);
    command->add_option("--name", made->name, "To know it by")->required();
    command->add_option("--target", made->target, "Where to: https://…, a queue's URL, a topic")
        ->required();
    command->add_option("--transport", made->transport, "How")
        ->check(CLI::IsMember({"https", "sqs", "kafka"}))
        ->capture_default_str();
    command
        ->add_option("--events", made->events,
                     "Names of events, separated by commas; left out: all")
        ->delimiter(',');
    command->add_option("--form", made->form, "Of the messages")
        ->check(CLI::IsMember({"canvas", "caliper", "cloudevents", "edlink"}))
        ->capture_default_str();
    command->add_flag("--unsigned", made->unsigned_, "Send plain JSON instead of a JWS");
    command->add_flag("--bare", made->bare, "Send the JWS without quotation marks");
    command->add_option("--after", made->after,
                        "Begin with what came after this sequence; left out: from now on");
    add(*group, "list", "Prints all, one JSON object a line", command, [](const Options& options) {
        print_each(options.server.ask("GET", "/subscriptions").at("subscriptions"));
    });
    add_named(*group, "show", "Prints one", command, [](const Options& options) {
        print(options.server.ask("GET", "/subscriptions/" + options.id));
    });
    add_named(*group, "delete", "Removes one, with what it is still to be told", command,
              [](const Options& options) {
                  options.server.ask("DELETE", "/subscriptions/" + options.id);
              });
    add_named(*group, "test", "Sends a test message", command, test);
}

void add_deliveries(CLI::App& app) {
    auto* group = app.add_subcommand("deliveries", "What a subscription is still to be told");
    group->require_subcommand(1);
    CLI::App* command = nullptr;
    const auto listed =
        add_named(*group, "list", "Prints them, one JSON object a line", command, list_deliveries);
    command->add_option("--state", listed->state, "Which")
        ->check(CLI::IsMember({"all", "waiting", "dead"}))
        ->capture_default_str();
    const auto retried = add_named(*group, "retry", "Sends dead ones again", command, retry);
    command->add_option("--sequence", retried->sequence, "This one; left out: all");
}

}  // namespace

void add_subscription_commands(CLI::App& app) {
    add_subscription(app);
    add_deliveries(app);
}

}  // namespace handin::app
