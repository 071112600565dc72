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
    late_again,  // handed in before, and now it would be late
    nothing_to_reclaim,
    nothing_to_return,
    not_graded,        // the assignment has no grades
    grade_not_valid,   // nothing that its grading knows
    number_not_valid,  // field: which; outside of what there can be
    dates_not_valid,   // they contradict each other
    comment_empty,
    comment_too_long,
    comments_used_up,
    no_such_attempt,
    invalid_client,  // client_id or client_secret
    invalid_token,   // the refresh token
    integration_disabled,
    upload_not_found,  // of this person
    upload_expired,
    upload_unfinished,  // bytes are missing
    upload_finished,    // there is nothing to add
    upload_joined,      // it is made of others, so nothing can be sent to it
    upload_attached,    // to an attempt
    upload_kind,        // a part where a whole one is wanted, or the other way round
    upload_busy,        // somebody else is sending
    upload_offset,      // it does not have as many bytes as the client thinks
    upload_length,      // the length that is told contradicts what is known
    upload_too_large,
    upload_quota,         // bytes or number, of the person or the account
    upload_checksum,      // what has arrived is not what was sent
    upload_twice,         // in one submit
    files_too_many,       // limit: so many are taken
    files_too_few,        // limit: so many are wanted
    file_name_twice,      // names
    file_type_not_taken,  // names: of the files
    file_too_big,         // names: of the files; limit: bytes
    word_count_missing,
    word_count_out_of_range,
    disability_not_chosen,  // whether to show it to markers
    title_missing,          // neither the attachment nor its upload has a name
    invalid_value,          // field: which one
    assignees_not_valid,    // nobody, too many, or no students of the class
    already_there,          // field: of what there can be only one
    outdated,               // the roster has changed since the change was planned
};

struct Refusal {
    Reason reason;
    std::string field;   // what it is about, in the command's words; may be empty
    std::string detail;  // a sentence for a person
    std::vector<std::string> names = {};
    std::uint64_t limit = 0;
};

// Never empty; the first is the one that counts where only one can be told.
using Refusals = std::vector<Refusal>;

}  // namespace handin::domain
