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

// 3.1
json::object attempt(const Event& event) {
    const auto& facts = event.after;
    const auto id =
        global_id(event, domain::submission_number(event.assignment_number, event.person_number));
    auto object = entity(urn("submission", id), "Attempt");
    if (facts.submitted_at)
        object["dateCreated"] = iso_millis(Time(whole_seconds(*facts.submitted_at)));
    object["count"] = facts.attempts;
    if (facts.text) put(object, "body", canvas::truncated(*facts.text));
    object["assignee"] = person(global_id(event, event.person_number));
    object["assignable"] = entity(urn("assignment", global_id(event, event.assignment_number)),
                                  "AssignableDigitalResource");
    json::object extension;
    if (facts.kind) put(extension, "submission_type", submission_type(*facts.kind));
    if (facts.url) put(extension, "url", *facts.url);
    put(extension, "entity_id", id);
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

json::object envelope(std::string sensor, json::object event, Time now) {
    return {{"sensor", std::move(sensor)},
            {"sendTime", iso_millis(now)},
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

std::optional<Shown> CaliperForm::show(const Event& event, Time now) const {
    if (event.kind != Event::Kind::submission_created) return std::nullopt;
    auto object = skeleton(event, "AssignableEvent", "Submitted");
    object["object"] = attempt(event);
    auto sensor = "http://" + event.request.hostname + '/';
    return Shown{"submission_created", envelope(std::move(sensor), std::move(object), now)};
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
