// Where an administrative command does its work. All of them speak to the admin API: that of the
// server that runs on the data folder, or, if none does, of one that this process is for as long as
// the command takes, on a loopback port and with a token that only it knows. So a command has the
// same effects either way, and two processes never write to one SQLite database.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "http/client.hpp"

namespace handin::app {

struct SessionOptions {
    std::filesystem::path data = "handin-data";
    std::string database;  // as of `handin serve`
    std::string url;       // given: that server and no other
    std::string token;
    http::ClientTrust trust;
};

// --data, --database, --url, --token, --ca and --insecure.
void add_session_options(CLI::App& command, SessionOptions& options);

class LocalServer;

class Session {
 public:
    // Throws std::runtime_error with a sentence for the operator.
    explicit Session(const SessionOptions& options);
    ~Session();

    // The answer's object; empty if there is none. Blocks. Throws std::runtime_error with what the
    // server says is wrong. `body`: sent if it is not empty.
    boost::json::object call(const std::string& method, const std::string& path,
                             const boost::json::object& body = {});
    // The same for a body of bytes, which the server may take its time with.
    boost::json::object send(const std::string& path, const std::string& bytes);
    // All items of a list, page by page: GET path?…&after=. `query`: "kind=admin", or empty.
    // Stops after `most` items, unless that is 0.
    std::vector<boost::json::object> list(const std::string& path, const std::string& name,
                                          const std::string& query = "", std::size_t most = 0);

 private:
    std::string url_;
    std::string token_;
    http::ClientTrust trust_;
    std::unique_ptr<LocalServer> local_;  // null: another process
};

// For one segment of a path, or a value of a query.
std::string url_encoded(std::string_view text);

}  // namespace handin::app
