// The command line asks a server, as an administrator.
#pragma once

#include <CLI/CLI.hpp>
#include <boost/json/value.hpp>
#include <filesystem>
#include <string>

#include "http/client.hpp"

namespace handin::app {

struct AdminClient {
    std::string url;
    std::string token;
    std::filesystem::path data = "handin-data";
    http::ClientTrust trust;

    // --data, --url, --token, --ca and --insecure. `this` outlives the parsing.
    void add_options(CLI::App& command);
    // What was not given is looked up in the data folder of a server on this machine. Throws
    // std::runtime_error with a sentence for the operator.
    void find_server();
    // Blocks. `path`: after /api/handin/v1. Null if the answer has no body. Throws
    // std::runtime_error with what the server says if it is no success.
    boost::json::value ask(const std::string& method, const std::string& path,
                           const std::string& body = "") const;
};

}  // namespace handin::app
