// One HTTP request, and wait: for the command line and for tests. Servers use another client.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handin::http {

using ClientHeaders = std::vector<std::pair<std::string, std::string>>;

struct ClientResponse {
    int status = 0;
    ClientHeaders headers;
    std::string body;

    // The first header of that name, any case; empty if there is none.
    std::string_view header(std::string_view name) const;
};

// Whom to believe that it is who it says it is, over https.
struct ClientTrust {
    std::string authorities;  // PEM file; empty: the system's
    bool anybody = false;     // do not check at all
};

// Blocks. Follows no redirects; any status is an answer. Throws std::runtime_error with curl's
// message if there is none within `timeout`. A body is sent unless it is empty.
ClientResponse fetch(const std::string& method, const std::string& url,
                     const ClientHeaders& headers = {}, const std::string& body = {},
                     std::chrono::milliseconds timeout = std::chrono::seconds(30),
                     const ClientTrust& trust = {});

}  // namespace handin::http
