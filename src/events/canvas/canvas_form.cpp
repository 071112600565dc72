#include "events/canvas/canvas_form.hpp"

#include <boost/json/object.hpp>

#include "base/time.hpp"

namespace handin::events::canvas {
namespace {

namespace json = boost::json;
using domain::AttachmentKind;
using domain::Event;

constexpr std::int64_t kIdsPerShard = 10'000'000'000'000;  // 1.4
constexpr std::size_t kUrlLimit = 250;  // code points; a longer one goes to the body (2.4)

std::string global_id(const Event& event, std::int64_t local) {
    return std::to_string(event.shard * kIdsPerShard + local);
}

json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value time_or_null(const std::optional<Time>& time) {
    return time ? json::value(iso_seconds(*time)) : json::value(nullptr);
}

// What Canvas calls a role in a course.
std::string_view role_name(domain::Role role) {
    switch (role) {
        case domain::Role::student:
            return "StudentEnrollment";
        case domain::Role::teacher:
            return "TeacherEnrollment";
        case domain::Role::ta:
        case domain::Role::aide:
            return "TaEnrollment";
        case domain::Role::designer:
            return "DesignerEnrollment";
        case domain::Role::administrator:
        case domain::Role::district_administrator:
        case domain::Role::staff:
            return "AccountAdmin";
        case domain::Role::observer:
        case domain::Role::parent:
        case domain::Role::guardian:
        case domain::Role::member:
            return "ObserverEnrollment";
    }
    return "ObserverEnrollment";
}

json::object metadata(const Event& event, std::string_view name) {
    json::object object;
    const auto account = global_id(event, event.account_number);
    object["event_name"] = json::string_view(name.data(), name.size());
    object["event_time"] = iso_millis(event.at);
    object["producer"] = "canvas";
    object["root_account_id"] = account;
    object["root_account_uuid"] = event.account_token;
    object["root_account_lti_guid"] = event.account_lti_guid;
    if (event.actor) {
        object["user_id"] = global_id(event, event.actor->number);
        object["user_login"] = event.actor->login;
        object["user_account_id"] = account;
        object["user_sis_id"] = text_or_null(event.actor->sis_id);
        object["time_zone"] = event.actor->time_zone;
    }
    if (event.integration_number)
        object["developer_key_id"] = global_id(event, *event.integration_number);
    object["context_type"] = "Course";
    object["context_id"] = global_id(event, event.class_number);
    object["context_account_id"] = account;
    object["context_sis_source_id"] = text_or_null(event.class_sis_id);
    if (event.actor) {
        const auto role = role_name(event.actor->role);
        object["context_role"] = json::string_view(role.data(), role.size());
    }
    const auto& request = event.request;
    object["request_id"] = request.request_id;
    object["session_id"] = request.session_id;
    object["hostname"] = request.hostname;
    object["http_method"] = request.http_method;
    object["url"] = request.url;
    object["referrer"] = text_or_null(request.referrer);
    object["user_agent"] = request.user_agent;
    object["client_ip"] = request.client_ip;
    return object;
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

void put_content(const domain::SubmissionFacts& facts, json::object& body) {
    body["body"] = facts.text ? json::value(truncated(*facts.text)) : json::value(nullptr);
    body["url"] = nullptr;
    if (!facts.url) return;
    const auto url = first_code_points(*facts.url, kUrlLimit);
    body["url"] = json::string_view(url.data(), url.size());
    if (url.size() < facts.url->size() && !facts.text) body["body"] = truncated(*facts.url);
}

json::object submission_body(const Event& event) {
    const auto& facts = event.after;
    json::object body;
    body["submission_id"] =
        global_id(event, domain::submission_number(event.assignment_number, event.person_number));
    body["assignment_id"] = global_id(event, event.assignment_number);
    body["user_id"] = global_id(event, event.person_number);
    body["lti_user_id"] = text_or_null(event.person_lti_id);
    body["lti_assignment_id"] = event.assignment_id.str();
    body["group_id"] = nullptr;
    body["attempt"] = facts.attempts;
    body["submission_type"] = submission_type(facts.kind);
    put_content(facts, body);
    body["grade"] = nullptr;
    body["score"] = nullptr;
    body["submitted_at"] = time_or_null(facts.submitted_at);
    body["graded_at"] = nullptr;
    body["updated_at"] = iso_seconds(facts.updated_at);
    body["posted_at"] = nullptr;
    body["late"] = facts.late;
    body["missing"] = facts.missing;
    body["workflow_state"] = "submitted";
    return body;
}

}  // namespace

std::optional<json::value> render(const Event& event) {
    switch (event.kind) {
        case Event::Kind::submission_created:
            return json::object{{"metadata", metadata(event, "submission_created")},
                                {"body", submission_body(event)}};
        // Canvas knows no taking back; an unsubmitted row has no submission event (2.2).
        case Event::Kind::submission_reclaimed:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace handin::events::canvas
