#include "api/edlink/render.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "api/edlink/plain_text.hpp"

namespace handin::edlink {
namespace {

using domain::AttachmentKind;

json::object identifier(std::string_view type, const std::string& value) {
    return {{"type", json::string_view(type.data(), type.size())}, {"value", value}};
}

void put_time(json::object& object, json::string_view name, const std::optional<Time>& time) {
    if (time) object[name] = iso_seconds(*time);
}

std::string_view name_of(domain::SubmissionState state) {
    switch (state) {
        case domain::SubmissionState::created:
            return "created";
        case domain::SubmissionState::submitted:
            return "submitted";
        case domain::SubmissionState::reclaimed:
            return "reclaimed";
        case domain::SubmissionState::returned:
            return "returned";
    }
    return "created";
}

std::string_view name_of(domain::AssignmentState state) {
    switch (state) {
        case domain::AssignmentState::draft:
            return "draft";
        case domain::AssignmentState::scheduled:
            return "scheduled";
        case domain::AssignmentState::open:
            return "open";
        case domain::AssignmentState::locked:
            return "locked";
    }
    return "locked";
}

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

using domain::Role;
constexpr std::array<std::pair<Role, std::string_view>, 12> kRoleNames{
    {{Role::student, "student"},
     {Role::teacher, "teacher"},
     {Role::ta, "ta"},
     {Role::designer, "designer"},
     {Role::administrator, "administrator"},
     {Role::district_administrator, "district-administrator"},
     {Role::staff, "staff"},
     {Role::aide, "aide"},
     {Role::observer, "observer"},
     {Role::parent, "parent"},
     {Role::guardian, "guardian"},
     {Role::member, "member"}}};

// Boost.JSON writes 10.0 as 1E1, which is right but startles people.
json::value number(double value) {
    const auto whole = static_cast<std::int64_t>(value);
    return static_cast<double>(whole) == value ? json::value(whole) : json::value(value);
}

json::array submission_types(const domain::AttachmentKinds& kinds) {
    json::array types;
    if (kinds.has(AttachmentKind::link)) types.emplace_back("link");
    if (kinds.has(AttachmentKind::file)) types.emplace_back("file");
    if (kinds.has(AttachmentKind::text)) types.emplace_back("text");
    return types;
}

void put_bookkeeping(json::object& object) {
    object["rule_ids"].emplace_array();
    object["references"].emplace_object();
}

// Neither `data` nor `size` comes back for a file (edlink.md 3.3).
void put_attachment(json::object& object, const service::ShownAttachment& shown,
                    const std::string& files_url) {
    const auto& item = shown.attachment;
    const auto id = item.id.str();
    // A text that is not shown reads back as a file, as with some of Edlink's providers
    // (edlink.md 6.1).
    const bool as_file = item.kind == AttachmentKind::text && !shown.text;
    switch (as_file ? AttachmentKind::file : item.kind) {
        case AttachmentKind::file:
            object["type"] = "file";
            object["url"] = files_url + id + "/download";
            object["share_mode"] = "view";
            break;
        case AttachmentKind::link:
            object["type"] = "link";
            object["url"] = item.url;
            break;
        case AttachmentKind::text:
            object["type"] = "text";
            object["text"] = *shown.text;
            break;
    }
    object["id"] = id;
    if (!item.title.empty() || as_file)
        object["title"] = item.title.empty() ? "text.txt" : item.title;
    if (!item.description.empty()) object["description"] = item.description;
    object["identifiers"].emplace_array();
    put_bookkeeping(object);
}

void put_attempt(json::object& object, const service::ShownAttempt& shown,
                 const std::string& files_url) {
    object["created_date"] = iso_seconds(shown.submitted_at);
    auto& attachments = object["attachments"].emplace_array();
    attachments.reserve(shown.attachments.size());
    for (const auto& item : shown.attachments)
        put_attachment(attachments.emplace_back(json::object_kind).as_object(), item, files_url);
    put_bookkeeping(object);
}

// Only what there is (edlink.md 3 "absent rather than null").
void put_grade(json::object& object, const service::ShownSubmission& submission) {
    const auto& marking = submission.facts.marking;
    if (const auto& grade = marking.grade) {
        if (grade->counted.score) object["grade_points"] = number(*grade->counted.score);
        if (!grade->counted.grade.empty()) object["grade"] = grade->counted.grade;
        if (grade->grader) object["grader_id"] = grade->grader->id.str();
    }
    if (submission.grade_comment) object["grade_comment"] = *submission.grade_comment;
    if (marking.dates.due.set) put_time(object, "override_due_date", marking.dates.due.at);
}

std::string_view name_of(domain::GradingType type) {
    switch (type) {
        case domain::GradingType::percent:
            return "percent";
        case domain::GradingType::pass_fail:
            return "pass_fail";
        case domain::GradingType::letter_grade:
        case domain::GradingType::gpa_scale:
            return "letter_grade";
        case domain::GradingType::points:
        case domain::GradingType::not_graded:  // Edlink knows no such thing
            break;
    }
    return "points";
}

json::array materials(const domain::AssignmentDetails& details) {
    json::array array;
    for (const auto& item : details.materials) {
        json::object object{{"type", item.url.empty() ? "text" : "link"}};
        if (item.url.empty())
            object["text"] = item.text;
        else
            object["url"] = item.url;
        if (!item.title.empty()) object["title"] = item.title;
        if (!item.description.empty()) object["description"] = item.description;
        array.push_back(std::move(object));
    }
    return array;
}

json::object properties(const domain::AssignmentDetails& details) {
    const auto own = details.extras.find("edlink");
    return own == details.extras.end() ? json::object() : json::parse(own->second).as_object();
}

void put_details(const domain::Assignment& assignment, json::object& object) {
    const auto& details = assignment.details;
    object["description_plaintext"] = details.plain_description.empty()
                                          ? plain_text(assignment.description)
                                          : details.plain_description;
    auto& sections = object["section_ids"].emplace_array();
    for (const auto& id : details.section_ids)
        sections.emplace_back(id.str());
    const auto put_id = [&](json::string_view name, const std::optional<Uuid>& id) {
        if (id) object[name] = id->str();
    };
    put_id("session_id", details.session_id);
    put_id("category_id", details.category_id);
    put_id("module_id", details.module_id);
    put_id("rubric_id", details.rubric_id);
    put_id("parent_id", details.parent_id);
}

}  // namespace

json::value render(const service::Profile& profile) {
    const auto& person = profile.person;
    json::array roles;
    for (const auto& [role, name] : kRoleNames)
        if (profile.affiliation.roles.has(role)) roles.emplace_back(view(name));
    json::array school_ids;
    for (const auto& id : profile.affiliation.department_ids)
        school_ids.emplace_back(id.str());
    json::array identifiers;
    if (!person.sis_id.empty()) identifiers.push_back(identifier("sis_id", person.sis_id));
    if (!person.university_id.empty())
        identifiers.push_back(identifier("school_id", person.university_id));
    return json::object{{"id", person.id.str()},
                        {"created_date", iso_seconds(person.created_at)},
                        {"updated_date", iso_seconds(person.updated_at)},
                        {"first_name", person.first_name},
                        {"middle_name", nullptr},
                        {"last_name", person.last_name},
                        {"display_name", person.display_name()},
                        {"picture_url", nullptr},
                        {"roles", std::move(roles)},
                        {"email", person.email},
                        {"phone", nullptr},
                        {"locale", nullptr},
                        {"time_zone", person.time_zone},
                        {"graduation_year", nullptr},
                        {"grade_levels", json::array()},
                        {"demographics", json::object()},
                        {"properties", json::object()},
                        {"identifiers", std::move(identifiers)},
                        {"district_id", person.account_id.str()},
                        {"school_ids", std::move(school_ids)},
                        {"product_ids", json::array()}};
}

json::value render(const domain::Class& klass) {
    json::array identifiers;
    if (!klass.sis_id.empty()) identifiers.push_back(identifier("sis_id", klass.sis_id));
    return json::object{{"id", klass.id.str()},
                        {"created_date", iso_seconds(klass.created_at)},
                        {"updated_date", iso_seconds(klass.updated_at)},
                        {"name", klass.name},
                        {"description", klass.description},
                        {"picture_url", nullptr},
                        {"locale", nullptr},
                        {"time_zone", klass.time_zone},
                        {"subjects", json::array()},
                        {"grade_levels", json::array()},
                        {"periods", json::array()},
                        {"state", "active"},
                        {"properties", json::object()},
                        {"identifiers", std::move(identifiers)},
                        {"session_ids", json::array()},
                        {"course_id", nullptr},
                        {"school_id", klass.department_id.str()},
                        {"product_ids", json::array()}};
}

json::value render(const domain::Category& category) {
    const auto whole = [](const std::optional<std::int64_t>& value) {
        return value ? json::value(*value) : json::value();
    };
    return json::object{{"id", category.id.str()},
                        {"created_date", iso_seconds(category.created_at)},
                        {"updated_date", iso_seconds(category.updated_at)},
                        {"title", category.title},
                        {"weight", category.weight ? number(*category.weight) : json::value()},
                        {"drop_lowest", whole(category.drop_lowest)},
                        {"position", whole(category.position)},
                        {"properties", json::object()},
                        {"identifiers", json::array()}};
}

json::value render(const domain::Enrollment& enrollment) {
    const auto role =
        std::ranges::find(kRoleNames, enrollment.role, &std::pair<Role, std::string_view>::first);
    return json::object{{"id", enrollment.id.str()},
                        {"created_date", iso_seconds(enrollment.created_at)},
                        {"updated_date", iso_seconds(enrollment.created_at)},
                        {"start_date", nullptr},
                        {"end_date", nullptr},
                        {"role", view(role->second)},
                        {"primary", nullptr},
                        {"state", "active"},
                        {"properties", json::object()},
                        {"identifiers", json::array()},
                        {"person_id", enrollment.person_id.str()},
                        {"class_id", enrollment.class_id.str()},
                        {"section_id", nullptr},
                        {"final_letter_grade", nullptr},
                        {"final_numeric_grade", nullptr}};
}

json::value render(const domain::Department& department) {
    json::array identifiers;
    if (!department.code.empty()) identifiers.push_back(identifier("sis_id", department.code));
    return json::object{{"id", department.id.str()},
                        {"name", department.name},
                        {"properties", json::object()},
                        {"identifiers", std::move(identifiers)},
                        {"district_id", department.account_id.str()}};
}

json::value render(const domain::Account& account) {
    return json::object{{"id", account.id.str()},
                        {"name", account.name},
                        {"properties", json::object()},
                        {"identifiers", json::array()}};
}

json::value render(const domain::Integration& integration) {
    const auto state = integration.state == domain::Integration::State::active   ? "active"
                       : integration.state == domain::Integration::State::paused ? "paused"
                                                                                 : "disabled";
    return json::object{{"id", integration.id.str()},
                        {"created_date", iso_seconds(integration.created_at)},
                        {"updated_date", iso_seconds(integration.created_at)},
                        {"state", state},
                        {"permissions", json::array()},
                        {"scope", "all"},
                        {"start_date", nullptr},
                        {"end_date", nullptr},
                        {"locked", false},
                        {"application_id", integration.client_id},
                        {"source_id", integration.account_id.str()},
                        {"destination_id", nullptr},
                        {"region_id", nullptr}};
}

// The school's data are this server's own.
json::value render_source(const domain::Account& account) {
    const auto id = account.id.str();
    return json::object{{"id", id},
                        {"state", "active"},
                        {"name", account.name},
                        {"sync_interval", nullptr},
                        {"provider_id", id},
                        {"properties", json::object()},
                        {"team_id", nullptr},
                        {"provider", json::object{{"id", id},
                                                  {"name", "handin"},
                                                  {"application", "handin"},
                                                  {"active", true},
                                                  {"requires_administrator_login", false},
                                                  {"requires_administrator_consent", false},
                                                  {"requires_remote_configuration", false},
                                                  {"allows_data_sync", true}}}};
}

json::value render(const domain::Assignment& assignment, Time now) {
    json::array assignees;
    for (const auto& person : assignment.assignees)
        assignees.emplace_back(person.str());
    json::object object{{"id", assignment.id.str()},
                        {"created_date", iso_seconds(assignment.created_at)},
                        {"updated_date", iso_seconds(assignment.updated_at)},
                        {"title", assignment.title},
                        {"description", assignment.description},
                        {"state", view(name_of(state_of(assignment, now)))},
                        {"attachments", materials(assignment.details)},
                        {"assignee_mode", assignment.everybody ? "all" : "individuals"},
                        {"assignee_ids", std::move(assignees)},
                        {"submission_types", submission_types(assignment.kinds)},
                        {"grading_type", view(name_of(assignment.rules.grading))},
                        {"properties", properties(assignment.details)},
                        {"identifiers", json::array()}};
    put_time(object, "due_date", assignment.due_at);
    put_time(object, "display_date", assignment.display_at);
    put_time(object, "start_date", assignment.open_at);
    put_time(object, "end_date", assignment.close_at);
    if (assignment.points_possible) object["points_possible"] = number(*assignment.points_possible);
    if (assignment.max_attempts) object["max_attempts"] = *assignment.max_attempts;
    put_details(assignment, object);
    return object;
}

json::value render(const service::ShownSubmission& submission, const Where& where,
                   json::storage_ptr memory) {
    const auto& facts = submission.facts;
    const auto id = submission.id.str();
    const auto assignment_id = facts.assignment_id.str();
    const bool graph = where.tree == Tree::graph;
    auto files_url = where.base_url + (graph ? "/api/v2/graph" : "/api/v2/my") + "/classes/" +
                     where.class_id.str();
    if (!graph) files_url += "/assignments/" + assignment_id + "/submissions/" + id;
    files_url += "/files/";
    json::object object(std::move(memory));
    object.reserve(20);
    object["id"] = id;
    if (submission.names_person) object["person_id"] = facts.person_id.str();
    object["assignment_id"] = assignment_id;
    object["state"] = view(name_of(submission.state));
    auto& flags = object["flags"].emplace_array();
    if (submission.flags.late) flags.emplace_back("late");
    if (submission.flags.missing) flags.emplace_back("missing");
    if (submission.flags.excused) flags.emplace_back("excused");
    object["created_date"] = iso_seconds(facts.created_at);
    object["updated_date"] = iso_seconds(facts.updated_at);
    object["extra_attempts"] = facts.marking.extra_attempts;
    put_grade(object, submission);
    auto& attempts = object["attempts"].emplace_array();
    attempts.reserve(submission.attempts.size());
    for (const auto& each : submission.attempts)
        put_attempt(attempts.emplace_back(json::object_kind).as_object(), each, files_url);
    // Graph knows the attachments of the latest attempt (edlink.md 3.1, 8).
    if (graph) {
        auto& latest = object["attachments"].emplace_array();
        if (!attempts.empty()) latest = attempts.back().at("attachments").as_array();
    }
    object["properties"].emplace_object();
    object["identifiers"].emplace_array();
    put_bookkeeping(object);
    return object;
}

}  // namespace handin::edlink
