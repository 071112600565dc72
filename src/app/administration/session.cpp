#include "app/administration/session.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "app/administration/local_server.hpp"
#include "app/data_folder.hpp"
#include "app/server_access.hpp"
#include "base/log.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;

constexpr auto kPatience = std::chrono::seconds(60);   // with one answer
constexpr auto kStartTime = std::chrono::seconds(15);  // of a server that begins now
constexpr auto kStartPause = std::chrono::milliseconds(50);
constexpr auto kLongPatience = std::chrono::hours(6);  // with an import

// What the server says is wrong.
std::string reason_in(const http::ClientResponse& reply) {
    boost::system::error_code error;
    const auto value = json::parse(reply.body, error);
    if (const auto* object = error ? nullptr : value.if_object())
        if (const auto* failure = object->if_contains("error"))
            return std::string(failure->at("message").as_string());
    return "the server answered " + std::to_string(reply.status) + ": " + reply.body;
}

// A server that has just been started says only a moment later where it answers.
void await_address(const std::filesystem::path& data) {
    const auto end = std::chrono::steady_clock::now() + kStartTime;
    while (!std::filesystem::exists(data / kUrlFile) && is_in_use(data) &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(kStartPause);
}

}  // namespace

void add_session_options(CLI::App& command, SessionOptions& options) {
    command.add_option("--data", options.data, "Data folder of the server")
        ->envname("HANDIN_DATA")
        ->capture_default_str();
    command
        .add_option("--database", options.database,
                    "sqlite:PATH or postgresql://..., as of handin serve")
        ->envname("HANDIN_DATABASE");
    command
        .add_option("--url", options.url,
                    "A running server; left out: the one that runs in the data folder, if one does")
        ->envname("HANDIN_URL");
    command
        .add_option("--token", options.token,
                    "Admin token for a running server; left out: as the data folder says")
        ->envname("HANDIN_ADMIN_TOKEN");
    command
        .add_option("--ca", options.trust.authorities,
                    "PEM file of whom to trust over https; left out: the system's authorities")
        ->envname("HANDIN_CA")
        ->check(CLI::ExistingFile);
    command.add_flag("--insecure", options.trust.anybody,
                     "Over https, take any certificate: for tests");
}

Session::Session(const SessionOptions& options) : trust_(options.trust) {
    log::set_level(log::Level::warn);
    const bool direct = on_postgres(options.database) || !is_in_use(options.data);
    if (options.url.empty() && direct) {
        local_ = std::make_unique<LocalServer>(options.data, options.database);
        url_ = local_->url();
        token_ = local_->token();
        return;
    }
    if (options.url.empty()) await_address(options.data);
    const auto found = server_access(options.data, options.url, options.token);
    url_ = found.url;
    token_ = found.token;
}

Session::~Session() = default;

json::object Session::call(const std::string& method, const std::string& path,
                           const json::object& body) {
    http::ClientHeaders headers{{"Authorization", "Bearer " + token_}};
    std::string text;
    if (!body.empty()) {
        text = json::serialize(body);
        headers.emplace_back("Content-Type", "application/json");
    }
    const auto reply = http::fetch(method, url_ + path, headers, text, kPatience, trust_);
    if (reply.status < 200 || reply.status > 299) throw std::runtime_error(reason_in(reply));
    return reply.body.empty() ? json::object() : json::parse(reply.body).as_object();
}

json::object Session::send(const std::string& path, const std::string& bytes) {
    const auto reply =
        http::fetch("POST", url_ + path,
                    {{"Authorization", "Bearer " + token_}, {"Content-Type", "application/zip"}},
                    bytes, kLongPatience, trust_);
    if (reply.status != 200) throw std::runtime_error(reason_in(reply));
    return json::parse(reply.body).as_object();
}

std::vector<json::object> Session::list(const std::string& path, const std::string& name,
                                        const std::string& query, std::size_t most) {
    std::vector<json::object> items;
    for (std::string after;;) {
        auto page = call("GET", path + "?limit=1000" + (query.empty() ? "" : "&" + query) + after);
        for (auto& item : page.at(name).as_array()) {
            items.push_back(std::move(item.as_object()));
            if (items.size() == most) return items;
        }
        const auto* next = page.at("next").if_string();
        if (next == nullptr) return items;
        after = "&after=" + std::string(*next);
    }
}

std::string url_encoded(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

}  // namespace handin::app
