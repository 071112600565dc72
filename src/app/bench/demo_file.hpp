// What the driver needs of demo.json (docs/architecture.md: the contract for scripts).
#pragma once

#include <string>
#include <vector>

namespace handin::bench {

// Where the server listens: only what a URL without user or query can say.
struct Address {
    bool tls = false;
    std::string host;
    std::string port;
    std::string prefix;  // of every path; mostly empty

    // Throws std::runtime_error for what is no such URL.
    static Address parse(const std::string& url);
    std::string authority() const { return host + ":" + port; }
};

struct Demo {
    std::string base_url;
    std::string class_id;
    std::string assignment_id;
    std::vector<std::string> student_tokens;

    // Throws std::runtime_error that names the file.
    static Demo read(const std::string& file);
};

}  // namespace handin::bench
