#include "events/canvas/canvas_form.hpp"

#include <boost/json/object.hpp>

#include "base/time.hpp"
#include "events/canvas/bodies.hpp"

namespace handin::events::canvas {
namespace {

namespace json = boost::json;
using domain::Event;

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

}  // namespace

std::optional<json::value> render(const Event& event) {
    const auto form = [&](std::string_view name, json::object body) {
        return json::object{{"metadata", metadata(event, name)}, {"body", std::move(body)}};
    };
    switch (event.kind) {
        case Event::Kind::submission_created:
            return form("submission_created", submission_body(event));
        case Event::Kind::submission_updated:
            return form("submission_updated", submission_body(event));
        case Event::Kind::grade_changed:
            return form("grade_change", grade_body(event));
        case Event::Kind::submission_commented:
            return form("submission_comment_created", comment_body(event));
        case Event::Kind::assignment_created:
            return form("assignment_created", assignment_body(event));
        case Event::Kind::assignment_updated:
            return form("assignment_updated", assignment_body(event));
        // Canvas knows no taking back; an unsubmitted row has no submission event (2.2).
        case Event::Kind::submission_reclaimed:
        // Nor giving back: that the grade is shown is told by grade_change.
        case Event::Kind::submission_returned:
        // Dates of a student's own are overrides there, which have numbers that ours do not (2.7).
        case Event::Kind::dates_changed:
            return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace handin::events::canvas
