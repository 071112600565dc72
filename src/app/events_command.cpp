#include "app/events_command.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "app/data_folder.hpp"
#include "app/secret_file.hpp"
#include "http/client.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr auto kPause = std::chrono::milliseconds(500);  // between two looks when following
constexpr std::int64_t kPage = 500;
constexpr auto kPatience = std::chrono::seconds(30);  // with a page

struct TailOptions {
    std::string url;
    std::string token;
    std::filesystem::path data = "handin-data";
    std::int64_t after = 0;
    std::int64_t limit = 0;
    bool follow = false;
    http::ClientTrust trust;
};

std::string first_line(std::string text) {
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
}

// What was not given is looked up in the data folder of a server on this machine.
void fill_in(TailOptions& options) {
    if (options.url.empty())
        options.url = first_line(read_text(options.data / kUrlFile).value_or(""));
    if (options.url.empty())
        throw std::runtime_error("no server has run in " + options.data.string() +
                                 ": give --url, or --data of its folder");
    if (options.token.empty())
        if (const auto demo = read_text(options.data / kDemoFile))
            options.token = std::string(json::parse(*demo).at("admin_token").as_string());
    if (options.token.empty())
        options.token = first_line(read_text(options.data / kAdminTokenFile).value_or(""));
    if (options.token.empty()) throw std::runtime_error("give --token: the admin token");
}

json::object fetch_page(const TailOptions& options, std::int64_t limit) {
    const auto reply =
        http::fetch("GET",
                    options.url + "/api/handin/v1/events?after=" + std::to_string(options.after) +
                        "&limit=" + std::to_string(limit),
                    {{"Authorization", "Bearer " + options.token}}, {}, kPatience, options.trust);
    if (reply.status != 200)
        throw std::runtime_error("the server answered " + std::to_string(reply.status) + ": " +
                                 reply.body);
    return json::parse(reply.body).as_object();
}

void tail(TailOptions options) {
    fill_in(options);
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

}  // namespace

void add_events_command(CLI::App& app) {
    auto* events = app.add_subcommand("events", "What happened, as the outbox tells it");
    events->require_subcommand(1);
    auto* command = events->add_subcommand(
        "tail", "Print events, one JSON object a line: {\"sequence\":…,\"payload\":…}");
    const auto options = std::make_shared<TailOptions>();
    command->add_option("--data", options->data, "Data folder of the server, to find it by")
        ->envname("HANDIN_DATA")
        ->capture_default_str();
    command->add_option("--url", options->url, "The server; left out: as the data folder says")
        ->envname("HANDIN_URL");
    command->add_option("--token", options->token, "Admin token; left out: as the data folder says")
        ->envname("HANDIN_ADMIN_TOKEN");
    command->add_option("--after", options->after, "Only events after this sequence")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_option("--limit", options->limit, "So many at most; 0: all there are")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    command->add_flag("--follow,-f", options->follow, "Go on with what happens from now on");
    command
        ->add_option("--ca", options->trust.authorities,
                     "PEM file of whom to trust over https; left out: the system's authorities")
        ->envname("HANDIN_CA")
        ->check(CLI::ExistingFile);
    command->add_flag("--insecure", options->trust.anybody,
                      "Over https, take any certificate: for tests");
    command->callback([options] { tail(*options); });
}

}  // namespace handin::app
