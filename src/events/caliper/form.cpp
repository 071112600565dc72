#include "events/caliper/form.hpp"

#include <boost/json/array.hpp>

#include "base/hash.hpp"
#include "events/canvas/canvas_form.hpp"

namespace handin::events::caliper {
namespace {

namespace json = boost::json;
using domain::AttachmentKind;
using domain::Event;
using domain::Role;

constexpr const char* kContext = "http://purl.imsglobal.org/ctx/caliper/v1p1";
constexpr const char* kExtension = "com.instructure.canvas";
constexpr std::int64_t kIdsPerShard = 10'000'000'000'000;  // canvas-live-events.md 1.4

std::string global_id(const Event& event, std::int64_t local) {
    return std::to_string(event.shard * kIdsPerShard + local);
}

std::string urn(std::string_view kind, const std::string& id) {
    return "urn:instructure:canvas:" + std::string(kind) + ':' + id;
}

// 4.1: version 4. Derived, so that it is the same whenever the event is told.
std::string event_urn(const Uuid& id) {
    const auto digest = sha256(id.str());
    Uuid random;
    std::copy_n(digest.begin(), random.bytes.size(), random.bytes.begin());
    random.bytes[6] = static_cast<std::uint8_t>((random.bytes[6] & 0x0fU) | 0x40U);
    random.bytes[8] = static_cast<std::uint8_t>((random.bytes[8] & 0x3fU) | 0x80U);
    return "urn:uuid:" + random.str();
}

// 4.1: what is empty is left out.
void put(json::object& object, std::string_view name, const std::string& text) {
    if (!text.empty()) object[json::string_view(name.data(), name.size())] = text;
}

json::object entity(std::string id, const char* type) {
    return {{"id", std::move(id)}, {"type", type}};
}

json::object extended(json::object object, json::object extension) {
    object["extensions"] = json::object{{kExtension, std::move(extension)}};
    return object;
}

json::object application(const Event& event) {
    return entity("http://" + event.request.hostname + '/', "SoftwareApplication");
}

json::object person(const std::string& id) {
    return entity(urn("user", id), "Person");
}

json::object course(const Event& event) {
    return entity(urn("course", global_id(event, event.class_number)), "CourseOffering");
}

// 2.1: who acted; without a user, the one whose work it is.
json::object actor(const Event& event) {
    const auto id = global_id(event, event.actor ? event.actor->number : event.person_number);
    json::object extension;
    if (event.actor) {
        put(extension, "user_login", event.actor->login);
        put(extension, "user_sis_id", event.actor->sis_id);
    }
    put(extension, "root_account_id", global_id(event, event.account_number));
    put(extension, "root_account_lti_guid", event.account_lti_guid);
    put(extension, "root_account_uuid", event.account_token);
    put(extension, "entity_id", id);
    return extended(person(id), std::move(extension));
}

// 2.2
const char* role_name(Role role) {
    switch (role) {
        case Role::student:
            return "Learner";
        case Role::teacher:
            return "Instructor";
        case Role::ta:
        case Role::aide:
            return "Instructor#TeachingAssistant";
        case Role::designer:
            return "ContentDeveloper";
        case Role::administrator:
        case Role::district_administrator:
        case Role::staff:
            return "Administrator";
        case Role::observer:
        case Role::parent:
        case Role::guardian:
        case Role::member:
            return "Mentor";
    }
    return "Mentor";
}

json::object membership(const Event& event) {
    const auto id = global_id(event, event.actor->number);
    const std::string role = role_name(event.actor->role);
    auto object = entity(
        urn("course", global_id(event, event.class_number)) + ':' + role + ':' + id, "Membership");
    object["member"] = person(id);
    object["organization"] = course(event);
    object["roles"] = json::array{role};
    return object;
}

const char* submission_type(AttachmentKind kind) {
    switch (kind) {
        case AttachmentKind::file:
            return "online_upload";
        case AttachmentKind::text:
            return "online_text_entry";
        case AttachmentKind::link:
            return "online_url";
    }
    return "";
}

std::string submission_id(const Event& event) {
    return global_id(event,
                     domain::submission_number(event.assignment_number, event.person_number));
}

json::object attempt(const Event& event, json::object extension) {
    const auto id = submission_id(event);
    auto object = entity(urn("submission", id), "Attempt");
    object["assignee"] = person(global_id(event, event.person_number));
    object["assignable"] = entity(urn("assignment", global_id(event, event.assignment_number)),
                                  "AssignableDigitalResource");
    put(extension, "entity_id", id);
    return extended(std::move(object), std::move(extension));
}

// 3.1 and 3.2
json::object handed_in(const Event& event) {
    const auto& facts = event.after;
    json::object extension;
    if (facts.kind) put(extension, "submission_type", submission_type(*facts.kind));
    if (facts.url) put(extension, "url", *facts.url);
    auto object = attempt(event, std::move(extension));
    if (event.kind == Event::Kind::submission_updated)
        object["dateModified"] = iso_millis(Time(whole_seconds(facts.updated_at)));
    else if (facts.submitted_at)
        object["dateCreated"] = iso_millis(Time(whole_seconds(*facts.submitted_at)));
    if (facts.attempts > 0) object["count"] = facts.attempts;
    if (facts.text) put(object, "body", canvas::truncated(*facts.text));
    return object;
}

// 3.4
json::object assignment(const Event& event) {
    const auto facts = event.assignment.value_or(domain::AssignmentFacts{});
    const auto id = global_id(event, event.assignment_number);
    auto object = entity(urn("assignment", id), "AssignableDigitalResource");
    put(object, "name", canvas::truncated(facts.title));
    put(object, "description", canvas::truncated(facts.description));
    const auto put_time = [](json::object& into, const char* name, const std::optional<Time>& at) {
        if (at) into[name] = iso_millis(Time(whole_seconds(*at)));
    };
    const bool created = event.kind == Event::Kind::assignment_created;
    put_time(object, created ? "dateCreated" : "dateModified", facts.updated_at);
    put_time(object, "dateToShow", facts.open_at);
    put_time(object, "dateToSubmit", facts.due_at);
    if (facts.points_possible) object["maxScore"] = *facts.points_possible;
    json::object extension;
    put_time(extension, "lock_at", facts.close_at);
    if (!created) {
        const char* const state = facts.published ? "published" : "unpublished";
        extension["workflow_state"] = facts.deleted ? "deleted" : state;
    }
    put(extension, "entity_id", id);
    return extended(std::move(object), std::move(extension));
}

json::object grade_extension(const Event& event) {
    json::object extension;
    put(extension, "grade", event.after.grade);
    return extension;
}

// 3.3
json::object graded(const Event& event) {
    auto object = attempt(event, grade_extension(event));
    if (event.grade && !event.grade->person_sis_id.empty())
        object["assignee"] = extended(person(global_id(event, event.person_number)),
                                      {{"sis_id", event.grade->person_sis_id}});
    return object;
}

json::object score(const Event& event, const json::object& actor) {
    auto object = entity(urn("submission", submission_id(event)), "Score");
    object["attempt"] = attempt(event, grade_extension(event));
    if (event.grade && event.grade->points_possible)
        object["maxScore"] = *event.grade->points_possible;
    if (event.after.score) object["scoreGiven"] = *event.after.score;
    object["scoredBy"] = actor.at("id");
    auto extension = grade_extension(event);
    put(extension, "entity_id", submission_id(event));
    return extended(std::move(object), std::move(extension));
}

// 2.3
json::object request_facts(const Event& event) {
    const auto& request = event.request;
    json::object facts;
    put(facts, "hostname", request.hostname);
    put(facts, "request_id", request.request_id);
    put(facts, "user_agent", request.user_agent);
    put(facts, "client_ip", request.client_ip);
    put(facts, "request_url", request.url);
    facts["version"] = "1.0.0";
    return facts;
}

// `at`: when it happened, for the bytes must be the same whenever they are made; Canvas says when
// it sends them.
json::object envelope(std::string sensor, json::object event, Time at) {
    return {{"sensor", std::move(sensor)},
            {"sendTime", iso_millis(at)},
            {"dataVersion", kContext},
            {"data", json::array{std::move(event)}}};
}

// 2: what all events have, but for what happened.
json::object skeleton(const Event& event, const char* type, const char* action) {
    json::object object{
        {"@context", kContext},       {"id", event_urn(event.id)},         {"type", type},
        {"action", action},           {"eventTime", iso_millis(event.at)}, {"actor", actor(event)},
        {"edApp", application(event)}};
    put(object, "referrer", event.request.referrer);
    object["group"] =
        extended(course(event),
                 {{"context_type", "Course"}, {"entity_id", global_id(event, event.class_number)}});
    if (event.actor) object["membership"] = membership(event);
    if (!event.request.session_id.empty())
        object["session"] = entity(urn("session", event.request.session_id), "Session");
    return extended(std::move(object), request_facts(event));
}

}  // namespace

std::optional<Shown> CaliperForm::show(const Event& event) const {
    using Kind = Event::Kind;
    auto sensor = "http://" + event.request.hostname + '/';
    if (event.kind == Kind::submission_created || event.kind == Kind::submission_updated) {
        const bool created = event.kind == Kind::submission_created;
        auto object = created ? skeleton(event, "AssignableEvent", "Submitted")
                              : skeleton(event, "Event", "Modified");
        object["object"] = handed_in(event);
        return Shown{created ? "submission_created" : "submission_updated",
                     envelope(std::move(sensor), std::move(object), event.at)};
    }
    if (event.kind == Kind::grade_changed) {
        auto object = skeleton(event, "GradeEvent", "Graded");
        // 2.1: of a grader no more than the id; without one it was a process.
        const auto actor =
            event.actor ? person(global_id(event, event.actor->number)) : application(event);
        object["actor"] = actor;
        object["object"] = graded(event);
        object["generated"] = score(event, actor);
        return Shown{"grade_change", envelope(std::move(sensor), std::move(object), event.at)};
    }
    if (event.of_assignment()) {
        const bool created = event.kind == Kind::assignment_created;
        auto object = skeleton(event, "Event", created ? "Created" : "Modified");
        if (!event.actor) object["actor"] = application(event);
        object["object"] = assignment(event);
        return Shown{created ? "assignment_created" : "assignment_updated",
                     envelope(std::move(sensor), std::move(object), event.at)};
    }
    return std::nullopt;  // 3: no form is documented
}

// An event of the Basic profile: somebody has looked at something.
json::object CaliperForm::sample(Time now) const {
    const auto application = entity("urn:handin:test", "SoftwareApplication");
    return envelope("urn:handin:test",
                    {{"@context", kContext},
                     {"id", event_urn(uuid_v7(now))},
                     {"type", "Event"},
                     {"actor", application},
                     {"action", "Used"},
                     {"object", application},
                     {"eventTime", iso_millis(now)}},
                    now);
}

}  // namespace handin::events::caliper
