// How a command finds the server that runs on a data folder of this machine.
#pragma once

#include <filesystem>
#include <string>

namespace handin::app {

struct ServerAccess {
    std::string url;
    std::string token;  // an admin token
};

// What is not given (empty) is looked up in the data folder. Throws std::runtime_error.
ServerAccess server_access(const std::filesystem::path& data, std::string url, std::string token);

}  // namespace handin::app
