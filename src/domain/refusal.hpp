// Why a command was not carried out. Each dialect has one table from here to its own codes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace handin::domain {

enum class Reason : std::uint8_t {
    not_found,          // the assignment, for this person
    not_permitted,      // the actor may not do that there
    nothing_attached,   // an attempt without attachments
    kind_not_accepted,  // field: which attachment
    infected_file,      // field: which attachment
    unscannable_file,   // field: which attachment; too large for the virus scanner
    submissions_disabled,
    not_open_yet,
    closed,
    locked,
    already_submitted,  // must be reclaimed first, or is the only attempt there can be
    attempts_used_up,
    nothing_to_reclaim,
    invalid_client,  // client_id or client_secret
    invalid_token,   // the refresh token
    integration_disabled,
};

struct Refusal {
    Reason reason;
    std::string field;   // what it is about, in the command's words; may be empty
    std::string detail;  // a sentence for a person
};

// Never empty; the first is the one that counts where only one can be told.
using Refusals = std::vector<Refusal>;

}  // namespace handin::domain
