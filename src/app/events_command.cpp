#include "app/events_command.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "app/admin_client.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr auto kPause = std::chrono::milliseconds(500);  // between two looks when following
constexpr std::int64_t kPage = 500;

struct TailOptions {
    AdminClient server;
    std::int64_t after = 0;
    std::int64_t limit = 0;
    bool follow = false;
};

struct ReplayOptions {
    AdminClient server;
    std::string subscription;
    std::int64_t after = 0;
    std::int64_t until = 0;
};

json::object fetch_page(const TailOptions& options, std::int64_t limit) {
    return options.server
        .ask("GET",
             "/events?after=" + std::to_string(options.after) + "&limit=" + std::to_string(limit))
        .as_object();
}

void tail(TailOptions options) {
    options.server.find_server();
    const bool bounded = options.limit > 0;
    for (auto left = options.limit; !bounded || left > 0;) {
        const auto page = fetch_page(options, bounded ? std::min(left, kPage) : kPage);
        for (const auto& event : page.at("events").as_array()) {
            std::puts(json::serialize(event).c_str());
            --left;
        }
        std::fflush(stdout);
        const auto next = page.at("next").to_number<std::int64_t>();
        if (next == options.after) {
            if (!options.follow) return;
            std::this_thread::sleep_for(kPause);
        }
        options.after = next;
    }
}

void replay(ReplayOptions options) {
    options.server.find_server();
    const auto until = options.until > 0 ? "&until=" + std::to_string(options.until) : "";
    const auto answer =
        options.server.ask("POST", "/subscriptions/" + options.subscription +
                                       "/replay?after=" + std::to_string(options.after) + until);
    std::puts(json::serialize(answer).c_str());
}

void add_tail(CLI::App& events) {
    auto* command = events.add_subcommand(
        "tail", "Print events, one JSON object a line: {\"sequence\":…,\"payload\":…}");
    const auto options = std::make_shared<TailOptions>();
    options->server.add_options(*command);
    command->add_option("--after", options->after, "Only events after this sequence")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--limit", options->limit, "So many at most; 0: all there are")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_flag("--follow,-f", options->follow, "Go on with what happens from now on");
    command->callback([options] { tail(*options); });
}

void add_replay(CLI::App& events) {
    auto* command = events.add_subcommand("replay", "Tell a subscription again what happened");
    const auto options = std::make_shared<ReplayOptions>();
    options->server.add_options(*command);
    command->add_option("subscription", options->subscription, "Its id")->required();
    command->add_option("--after", options->after, "Only events after this sequence")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--until", options->until, "The last of them; 0: what it was last told")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->callback([options] { replay(*options); });
}

}  // namespace

void add_events_command(CLI::App& app) {
    auto* events = app.add_subcommand("events", "What happened, as the outbox tells it");
    events->require_subcommand(1);
    add_tail(*events);
    add_replay(*events);
}

}  // namespace handin::app
