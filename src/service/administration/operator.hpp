// Who administers, and from where: for the audit.
#pragma once

#include <string>

#include "domain/may.hpp"

namespace handin::service {

struct Operator {
    domain::Permit permit;
    std::string name;       // of the command line, which has no token; otherwise empty
    std::string client_ip;  // empty: the command line
    std::string request_id;
};

}  // namespace handin::service
