#include "app/server_access.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>

#include "app/data_folder.hpp"
#include "app/secret_file.hpp"

namespace handin::app {
namespace {

std::string first_line(std::string text) {
    text.erase(std::min(text.find('\n'), text.size()));
    return text;
}

}  // namespace

ServerAccess server_access(const std::filesystem::path& data, std::string url, std::string token) {
    if (url.empty()) url = first_line(read_text(data / kUrlFile).value_or(""));
    if (url.empty())
        throw std::runtime_error("no server has run in " + data.string() +
                                 ": give --url, or --data of its folder");
    if (token.empty())
        if (const auto demo = read_text(data / kDemoFile))
            token = std::string(boost::json::parse(*demo).at("admin_token").as_string());
    if (token.empty()) token = first_line(read_text(data / kAdminTokenFile).value_or(""));
    if (token.empty()) throw std::runtime_error("give --token: the admin token");
    return {std::move(url), std::move(token)};
}

}  // namespace handin::app
