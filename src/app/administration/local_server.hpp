// A server of this process's own, for one administrative command.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace handin::app {

class LocalServer {
 public:
    // Opens the store (recovering and migrating it) and holds the data folder, so that no other
    // server starts meanwhile; with PostgreSQL, others may be running. Answers the admin API of
    // access and roster on a loopback port. Throws std::runtime_error.
    LocalServer(const std::filesystem::path& data, const std::string& database);
    ~LocalServer();

    const std::string& url() const;
    const std::string& token() const;  // good for nobody else, and for nothing afterwards

 private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

// Whether a process holds the data folder.
bool is_in_use(const std::filesystem::path& data);

}  // namespace handin::app
