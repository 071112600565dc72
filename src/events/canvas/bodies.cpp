#include "events/canvas/bodies.hpp"

#include <boost/json/array.hpp>

#include "base/time.hpp"
#include "events/canvas/canvas_form.hpp"

namespace handin::events::canvas {
namespace {

using domain::AttachmentKind;
using domain::Event;

constexpr std::int64_t kIdsPerShard = 10'000'000'000'000;  // 1.4
constexpr std::size_t kUrlLimit = 250;  // code points; a longer one goes to the body (2.4)

json::value time_or_null(const std::optional<Time>& time) {
    return time ? json::value(iso_seconds(*time)) : json::value(nullptr);
}

json::value number_or_null(const std::optional<double>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::value local_id_or_null(const std::optional<std::int64_t>& number) {
    return number ? json::value(std::to_string(*number)) : json::value(nullptr);
}

std::int64_t submission_number(const Event& event) {
    return domain::submission_number(event.assignment_number, event.person_number);
}

json::value submission_type(const std::optional<AttachmentKind>& kind) {
    if (!kind) return nullptr;
    switch (*kind) {
        case AttachmentKind::file:
            return "online_upload";
        case AttachmentKind::text:
            return "online_text_entry";
        case AttachmentKind::link:
            return "online_url";
    }
    return nullptr;
}

// One comma-joined string (2.8).
std::string submission_types(std::uint32_t kinds) {
    std::string types;
    for (const auto kind : {AttachmentKind::text, AttachmentKind::link, AttachmentKind::file})
        if (domain::AttachmentKinds{kinds}.has(kind)) {
            if (!types.empty()) types += ',';
            types += submission_type(kind).as_string();
        }
    return types.empty() ? "none" : types;
}

void put_content(const domain::SubmissionFacts& facts, json::object& body) {
    body["body"] = facts.text ? json::value(truncated(*facts.text)) : json::value(nullptr);
    body["url"] = nullptr;
    if (!facts.url) return;
    const auto url = first_code_points(*facts.url, kUrlLimit);
    body["url"] = json::string_view(url.data(), url.size());
    if (url.size() < facts.url->size() && !facts.text) body["body"] = truncated(*facts.url);
}

const char* workflow_state(const domain::AssignmentFacts& facts) {
    if (facts.deleted) return "deleted";
    return facts.published ? "published" : "unpublished";
}

}  // namespace

std::string global_id(const Event& event, std::int64_t local) {
    return std::to_string(event.shard * kIdsPerShard + local);
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object submission_body(const Event& event) {
    const auto& facts = event.after;
    json::object body;
    body["submission_id"] = global_id(event, submission_number(event));
    body["assignment_id"] = global_id(event, event.assignment_number);
    body["user_id"] = global_id(event, event.person_number);
    body["lti_user_id"] = text_or_null(event.person_lti_id);
    body["lti_assignment_id"] = event.assignment_id.str();
    body["group_id"] = local_id_or_null(event.group_number);
    body["attempt"] = facts.attempts > 0 ? json::value(facts.attempts) : json::value(nullptr);
    body["submission_type"] = submission_type(facts.kind);
    put_content(facts, body);
    body["grade"] = text_or_null(facts.grade);
    body["score"] = number_or_null(facts.score);
    body["submitted_at"] = time_or_null(facts.submitted_at);
    body["graded_at"] = time_or_null(facts.graded_at);
    body["updated_at"] = iso_seconds(facts.updated_at);
    body["posted_at"] = time_or_null(facts.posted_at);
    body["late"] = facts.late;
    body["missing"] = facts.missing;
    body["workflow_state"] = facts.graded ? "graded" : "submitted";
    return body;
}

json::object comment_body(const Event& event) {
    const auto comment = event.comment.value_or(domain::CommentFacts{});
    // Local ids, all of them (1.4).
    return {{"submission_comment_id", std::to_string(comment.number)},
            {"submission_id", std::to_string(submission_number(event))},
            {"user_id", local_id_or_null(comment.author_number)},
            {"created_at", iso_millis(comment.created_at)},
            {"attachment_ids", json::array()},
            {"body", truncated(comment.text)}};
}

json::object grade_body(const Event& event) {
    const auto about = event.grade.value_or(domain::GradeFacts{});
    const auto student = global_id(event, event.person_number);
    const auto& grader = event.after.grader_number;
    return {{"submission_id", global_id(event, submission_number(event))},
            {"assignment_id", global_id(event, event.assignment_number)},
            {"assignment_name", about.assignment_title},
            {"grade", text_or_null(event.after.grade)},
            {"old_grade", text_or_null(event.before.grade)},
            {"score", number_or_null(event.after.score)},
            {"old_score", number_or_null(event.before.score)},
            {"points_possible", number_or_null(about.points_possible)},
            {"old_points_possible", number_or_null(about.points_possible)},
            {"grader_id", grader ? json::value(global_id(event, *grader)) : json::value(nullptr)},
            {"student_id", student},
            {"student_sis_id", text_or_null(about.person_sis_id)},
            {"user_id", student},
            {"grading_complete", event.after.grading_complete},
            {"muted", !event.after.posted_at.has_value()}};
}

json::object assignment_body(const Event& event) {
    const auto facts = event.assignment.value_or(domain::AssignmentFacts{});
    const auto description = truncated(facts.description);
    const auto id = event.assignment_id.str();
    return {{"anonymous_grading", facts.anonymous},
            {"assignment_group_id", nullptr},
            {"assignment_id", global_id(event, event.assignment_number)},
            {"assignment_id_duplicated_from", nullptr},
            {"context_id", global_id(event, event.class_number)},
            {"context_type", "Course"},
            {"context_uuid", event.class_id.str()},
            {"created_on_blueprint_sync", false},
            {"description", description},
            {"domain", event.request.hostname},
            {"domain_duplicated_from", nullptr},
            {"due_at", time_or_null(facts.due_at)},
            {"lock_at", time_or_null(facts.close_at)},
            {"lti_assignment_description", description},
            {"lti_assignment_id", id},
            {"lti_resource_link_id", id},
            {"lti_resource_link_id_duplicated_from", nullptr},
            {"points_possible", number_or_null(facts.points_possible)},
            {"resource_map", nullptr},
            {"submission_types", submission_types(facts.kinds)},
            {"title", truncated(facts.title)},
            {"unlock_at", time_or_null(facts.open_at)},
            {"updated_at", iso_seconds(facts.updated_at)},
            {"workflow_state", workflow_state(facts)}};
}

}  // namespace handin::events::canvas
