#include "store/event_codec.hpp"

#include <algorithm>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "base/encoding.hpp"

namespace handin::store {
namespace {

namespace json = boost::json;
using domain::Event;
using domain::SubmissionFacts;

constexpr int kVersion = 1;

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

// Headers may hold any bytes, but an event with a string that is not UTF-8 could never be read
// back.
json::string utf8(std::string_view text, const json::storage_ptr& memory) {
    const bool plain = std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
    return plain ? json::string(view(text), memory) : json::string(well_formed_utf8(text), memory);
}

template <class Enum>
int number_of(Enum value) {
    return static_cast<int>(value);
}

json::object put(const SubmissionFacts& facts, const json::storage_ptr& memory) {
    json::object object(9, memory);
    object["attempts"] = facts.attempts;
    object["reclaimed"] = facts.reclaimed;
    if (facts.submitted_at) object["submitted_at"] = to_micros(*facts.submitted_at);
    object["updated_at"] = to_micros(facts.updated_at);
    object["late"] = facts.late;
    object["missing"] = facts.missing;
    if (facts.kind) object["kind"] = number_of(*facts.kind);
    if (facts.text) object["text"] = utf8(*facts.text, memory);
    if (facts.url) object["url"] = utf8(*facts.url, memory);
    return object;
}

json::object put(const domain::RequestFacts& request, const json::storage_ptr& memory) {
    json::object object(8, memory);
    object["id"] = utf8(request.request_id, memory);
    object["session"] = utf8(request.session_id, memory);
    object["host"] = utf8(request.hostname, memory);
    object["method"] = utf8(request.http_method, memory);
    object["url"] = utf8(request.url, memory);
    object["referrer"] = utf8(request.referrer, memory);
    object["agent"] = utf8(request.user_agent, memory);
    object["ip"] = utf8(request.client_ip, memory);
    return object;
}

json::object put(const domain::ActorFacts& actor, const json::storage_ptr& memory) {
    json::object object(5, memory);
    object["number"] = actor.number;
    object["login"] = utf8(actor.login, memory);
    object["sis_id"] = utf8(actor.sis_id, memory);
    object["time_zone"] = utf8(actor.time_zone, memory);
    object["role"] = number_of(actor.role);
    return object;
}

std::string text_of(const json::object& object, std::string_view key) {
    return std::string(object.at(view(key)).as_string());
}

std::int64_t integer_of(const json::object& object, std::string_view key) {
    return object.at(view(key)).to_number<std::int64_t>();
}

Uuid id_of(const json::object& object, std::string_view key) {
    const auto id = Uuid::parse(object.at(view(key)).as_string());
    if (!id) throw std::runtime_error("an event in the outbox has a damaged id");
    return *id;
}

template <class Enum>
Enum enum_of(const json::object& object, std::string_view key) {
    return static_cast<Enum>(integer_of(object, key));
}

SubmissionFacts take_facts(const json::object& object) {
    SubmissionFacts facts;
    facts.attempts = static_cast<std::uint32_t>(integer_of(object, "attempts"));
    facts.reclaimed = object.at("reclaimed").as_bool();
    if (object.contains("submitted_at"))
        facts.submitted_at = from_micros(integer_of(object, "submitted_at"));
    facts.updated_at = from_micros(integer_of(object, "updated_at"));
    facts.late = object.at("late").as_bool();
    facts.missing = object.at("missing").as_bool();
    if (object.contains("kind")) facts.kind = enum_of<domain::AttachmentKind>(object, "kind");
    if (object.contains("text")) facts.text = text_of(object, "text");
    if (object.contains("url")) facts.url = text_of(object, "url");
    return facts;
}

domain::RequestFacts take_request(const json::object& object) {
    return {.request_id = text_of(object, "id"),
            .session_id = text_of(object, "session"),
            .hostname = text_of(object, "host"),
            .http_method = text_of(object, "method"),
            .url = text_of(object, "url"),
            .referrer = text_of(object, "referrer"),
            .user_agent = text_of(object, "agent"),
            .client_ip = text_of(object, "ip")};
}

domain::ActorFacts take_actor(const json::object& object) {
    return {.number = integer_of(object, "number"),
            .login = text_of(object, "login"),
            .sis_id = text_of(object, "sis_id"),
            .time_zone = text_of(object, "time_zone"),
            .role = enum_of<domain::Role>(object, "role")};
}

}  // namespace

std::string encode(const Event& event) {
    unsigned char buffer[8192];  // a plain event fits; a long text makes it take from the heap
    json::monotonic_resource memory(buffer);
    const json::storage_ptr where(&memory);
    json::object object(32, where);
    object["v"] = kVersion;
    object["id"] = event.id.str();
    object["kind"] = number_of(event.kind);
    object["at"] = to_micros(event.at);
    object["account_id"] = event.account_id.str();
    object["shard"] = event.shard;
    object["account_number"] = event.account_number;
    object["account_token"] = utf8(event.account_token, where);
    object["account_lti_guid"] = utf8(event.account_lti_guid, where);
    object["origin"] = number_of(event.origin);
    object["request"] = put(event.request, where);
    if (event.actor) object["actor"] = put(*event.actor, where);
    if (event.integration_number) object["integration_number"] = *event.integration_number;
    object["class_id"] = event.class_id.str();
    object["class_number"] = event.class_number;
    object["class_sis_id"] = utf8(event.class_sis_id, where);
    object["assignment_id"] = event.assignment_id.str();
    object["assignment_number"] = event.assignment_number;
    object["submission_id"] = event.submission_id.str();
    object["submission_version"] = event.submission_version;
    object["person_id"] = event.person_id.str();
    object["person_number"] = event.person_number;
    object["person_lti_id"] = utf8(event.person_lti_id, where);
    object["before"] = put(event.before, where);
    object["after"] = put(event.after, where);
    return json::serialize(object);
}

Event decode_event(std::string_view text) try {
    const auto value = json::parse(view(text));
    const auto& object = value.as_object();
    if (integer_of(object, "v") != kVersion)
        throw std::runtime_error("an event in the outbox has a version this binary does not know");
    Event event;
    event.id = id_of(object, "id");
    event.kind = enum_of<Event::Kind>(object, "kind");
    event.at = from_micros(integer_of(object, "at"));
    event.account_id = id_of(object, "account_id");
    event.shard = integer_of(object, "shard");
    event.account_number = integer_of(object, "account_number");
    event.account_token = text_of(object, "account_token");
    event.account_lti_guid = text_of(object, "account_lti_guid");
    event.origin = enum_of<domain::Origin>(object, "origin");
    event.request = take_request(object.at("request").as_object());
    if (object.contains("actor")) event.actor = take_actor(object.at("actor").as_object());
    if (object.contains("integration_number"))
        event.integration_number = integer_of(object, "integration_number");
    event.class_id = id_of(object, "class_id");
    event.class_number = integer_of(object, "class_number");
    event.class_sis_id = text_of(object, "class_sis_id");
    event.assignment_id = id_of(object, "assignment_id");
    event.assignment_number = integer_of(object, "assignment_number");
    event.submission_id = id_of(object, "submission_id");
    event.submission_version = integer_of(object, "submission_version");
    event.person_id = id_of(object, "person_id");
    event.person_number = integer_of(object, "person_number");
    event.person_lti_id = text_of(object, "person_lti_id");
    event.before = take_facts(object.at("before").as_object());
    event.after = take_facts(object.at("after").as_object());
    return event;
} catch (const std::logic_error& error) {  // how Boost.JSON tells of a missing or a wrong value
    throw std::runtime_error(std::string("an event in the outbox is damaged: ") + error.what());
}

}  // namespace handin::store
