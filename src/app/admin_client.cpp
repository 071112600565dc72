#include "app/admin_client.hpp"

#include <boost/json/parse.hpp>
#include <chrono>
#include <stdexcept>

#include "app/data_folder.hpp"
#include "app/secret_file.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr auto kPatience = std::chrono::seconds(30);  // with an answer

std::string first_line(std::string text) {
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
}

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
    if (url.empty()) url = first_line(read_text(data / kUrlFile).value_or(""));
    if (url.empty())
        throw std::runtime_error("no server has run in " + data.string() +
                                 ": give --url, or --data of its folder");
    if (token.empty())
        if (const auto demo = read_text(data / kDemoFile))
            token = std::string(json::parse(*demo).at("admin_token").as_string());
    if (token.empty()) token = first_line(read_text(data / kAdminTokenFile).value_or(""));
    if (token.empty()) throw std::runtime_error("give --token: the admin token");
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
