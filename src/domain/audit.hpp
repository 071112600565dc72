// Who administered what: written in the transaction of the change itself, never changed after.
#pragma once

#include <string>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::domain {

struct AuditEntry {
    Uuid id;  // time-ordered
    Time at;
    Uuid account_id;         // nil: the installation
    Uuid actor_id;           // the token's id; nil: the command line
    std::string actor;       // its name, as it was then
    std::string client_ip;   // empty: the command line
    std::string request_id;  // also in the log
    std::string action;      // token.create
    std::string target;      // the id of what it was done to
    std::string detail;      // JSON object: what a reader wants to know; never a secret
};

}  // namespace handin::domain
