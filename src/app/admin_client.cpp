#include "app/admin_client.hpp"

#include <boost/json/parse.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "app/server_access.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr auto kPatience = std::chrono::seconds(30);  // with an answer

}  // namespace

void AdminClient::add_options(CLI::App& command) {
    command.add_option("--data", data, "Data folder of the server, to find it by")
        ->envname("HANDIN_DATA")
        ->capture_default_str();
    command.add_option("--url", url, "The server; left out: as the data folder says")
        ->envname("HANDIN_URL");
    command.add_option("--token", token, "Admin token; left out: as the data folder says")
        ->envname("HANDIN_ADMIN_TOKEN");
    command
        .add_option("--ca", trust.authorities,
                    "PEM file of whom to trust over https; left out: the system's authorities")
        ->envname("HANDIN_CA")
        ->check(CLI::ExistingFile);
    command.add_flag("--insecure", trust.anybody, "Over https, take any certificate: for tests");
}

void AdminClient::find_server() {
    auto found = server_access(data, std::move(url), std::move(token));
    url = std::move(found.url);
    token = std::move(found.token);
}

json::value AdminClient::ask(const std::string& method, const std::string& path,
                             const std::string& body) const {
    const auto reply = http::fetch(method, url + "/api/handin/v1" + path,
                                   {{"Authorization", "Bearer " + token}}, body, kPatience, trust);
    if (reply.status < 200 || reply.status > 299)
        throw std::runtime_error("the server answered " + std::to_string(reply.status) + ": " +
                                 reply.body);
    return reply.body.empty() ? json::value(nullptr) : json::parse(reply.body);
}

}  // namespace handin::app
