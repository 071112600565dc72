// From the service's refusals to Edlink's codes (edlink.md 2.4 and 5).
#include <algorithm>
#include <array>

#include "api/edlink/reply.hpp"
#include "base/encoding.hpp"

namespace handin::edlink {
namespace {

using domain::Reason;

struct Row {
    Reason reason;
    std::string_view code;
    int status;
};

// No code is documented for a state, a date or a limit that forbids: UNSUPPORTED_OPERATION is the
// nearest documented meaning (edlink.md 5).
constexpr std::array kTable{
    Row{Reason::not_found, "NOT_FOUND", 400},
    Row{Reason::not_permitted, "NO_PERMISSION", 400},
    Row{Reason::nothing_attached, "MISSING_REQUIRED_FIELD", 400},
    Row{Reason::kind_not_accepted, "INVALID_SUBMISSION_TYPE", 400},
    Row{Reason::infected_file, "INVALID_REQUEST_BODY", 400},
    Row{Reason::unscannable_file, "INVALID_REQUEST_BODY", 400},
    Row{Reason::submissions_disabled, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::not_open_yet, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::closed, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::locked, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::already_submitted, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::attempts_used_up, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::upload_not_found, "NOT_FOUND", 400},
    Row{Reason::upload_expired, "NOT_FOUND", 400},
    Row{Reason::upload_unfinished, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::upload_attached, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::upload_twice, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::files_too_many, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::files_too_few, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::file_name_twice, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::file_type_not_taken, "INVALID_SUBMISSION_TYPE", 400},
    Row{Reason::file_too_big, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::upload_kind, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::upload_too_large, "UNSUPPORTED_OPERATION", 413},
    Row{Reason::upload_quota, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::title_missing, "MISSING_REQUIRED_FIELD", 400},
    Row{Reason::late_again, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::nothing_to_return, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::not_graded, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::grade_not_valid, "INVALID_REQUEST_BODY", 400},
    Row{Reason::number_not_valid, "INVALID_REQUEST_BODY", 400},
    Row{Reason::dates_not_valid, "INVALID_REQUEST_BODY", 400},
    Row{Reason::comment_empty, "INVALID_REQUEST_BODY", 400},
    Row{Reason::comment_too_long, "INVALID_REQUEST_BODY", 400},
    Row{Reason::comments_used_up, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::no_such_attempt, "INVALID_REQUEST_BODY", 400},
    Row{Reason::nothing_to_reclaim, "UNSUPPORTED_OPERATION", 400},
    Row{Reason::invalid_value, "INVALID_REQUEST_BODY", 400},
    Row{Reason::already_there, "INVALID_REQUEST_BODY", 400},
    Row{Reason::assignees_not_valid, "INVALID_ASSIGNEES", 400},
    Row{Reason::invalid_client, "BAD_REQUEST", 400},
    Row{Reason::invalid_token, "BAD_REQUEST", 400},
    Row{Reason::integration_disabled, "INVALID_INTEGRATION_STATE", 400},
};

// What Edlink calls a field of an assignment.
std::string name_of(const std::string& field) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 8> names{
        {{"due_at", "due_date"},
         {"open_at", "start_date"},
         {"close_at", "end_date"},
         {"display_at", "display_date"},
         {"assignees", "assignee_ids"},
         {"plain_description", "description_plaintext"},
         {"materials", "attachments"},
         {"extras", "properties"}}};
    for (const auto& [ours, theirs] : names)
        if (ours == field) return std::string(theirs);
    return field;
}

// "Class with id X not found for this person." (edlink.md 2.4)
std::string not_found(const http::Request& request, const std::string& parameter) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 14> names{
        {{"class_id", "Class"},
         {"assignment_id", "Assignment"},
         {"submission_id", "Submission"},
         {"file_id", "File"},
         {"category_id", "Category"},
         {"person_id", "Person"},
         {"enrollment_id", "Enrollment"},
         {"school_id", "School"},
         {"district_id", "District"},
         {"section_id", "Section"},
         {"session_id", "Session"},
         {"course_id", "Course"},
         {"agent_id", "Agent"},
         {"license_id", "License"}}};
    const bool graph = request.path.starts_with("/api/v2/graph/");
    const auto name =
        std::ranges::find(names, parameter, &std::pair<std::string_view, std::string_view>::first);
    const std::string_view asker = graph ? "this integration" : "this person";
    if (name == names.end()) return "Not found for " + std::string(asker) + ".";
    const std::string_view whom = parameter != "file_id" ? asker
                                  : graph                ? "this class"
                                                         : "this class or user";
    return std::string(name->second) + " with id " +
           well_formed_utf8(request.parameter(parameter)) + " not found for " + std::string(whom) +
           ".";
}

}  // namespace

Failure fail(const http::Request& request, const domain::Refusals& refusals) {
    Failure failure{.status = 0, .errors = {}};
    for (const auto& refusal : refusals) {
        const auto& row = *std::ranges::find(kTable, refusal.reason, &Row::reason);
        if (failure.status == 0) failure.status = row.status;
        auto message = row.reason == Reason::not_found ? not_found(request, refusal.field)
                       : refusal.field.empty()         ? refusal.detail
                                               : name_of(refusal.field) + ": " + refusal.detail;
        failure.errors.push_back({std::string(row.code), std::move(message)});
    }
    return failure;
}

}  // namespace handin::edlink
