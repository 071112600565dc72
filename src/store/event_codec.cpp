#include "store/event_codec.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <stdexcept>

#include "base/json_writer.hpp"

namespace handin::store {
namespace {

namespace json = boost::json;
using domain::Event;
using domain::SubmissionFacts;

constexpr int kVersion = 1;

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

template <class Enum>
int number_of(Enum value) {
    return static_cast<int>(value);
}

// Headers may hold any bytes: text() repairs what is no UTF-8, or an event could never be read
// back.
void put(ObjectWriter& object, const SubmissionFacts& facts) {
    object.number("attempts", facts.attempts);
    object.flag("reclaimed", facts.reclaimed);
    if (facts.submitted_at) object.number("submitted_at", to_micros(*facts.submitted_at));
    object.number("updated_at", to_micros(facts.updated_at));
    object.flag("late", facts.late);
    object.flag("missing", facts.missing);
    if (facts.kind) object.number("kind", number_of(*facts.kind));
    if (facts.text) object.text("text", *facts.text);
    if (facts.url) object.text("url", *facts.url);
}

void put(ObjectWriter& object, const domain::RequestFacts& request) {
    object.text("id", request.request_id);
    object.text("session", request.session_id);
    object.text("host", request.hostname);
    object.text("method", request.http_method);
    object.text("url", request.url);
    object.text("referrer", request.referrer);
    object.text("agent", request.user_agent);
    object.text("ip", request.client_ip);
}

void put(ObjectWriter& object, const domain::ActorFacts& actor) {
    object.number("number", actor.number);
    object.text("login", actor.login);
    object.text("sis_id", actor.sis_id);
    object.text("time_zone", actor.time_zone);
    object.number("role", number_of(actor.role));
}

template <class Part>
void put(ObjectWriter& object, std::string& out, std::string_view name, const Part& part) {
    object.begin(name);
    ObjectWriter inner(out);
    put(inner, part);
    inner.end();
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
    constexpr std::size_t usual_bytes = 2048;
    std::string out;
    out.reserve(usual_bytes);
    ObjectWriter object(out);
    object.number("v", kVersion);
    object.plain("id", event.id.str());
    object.number("kind", number_of(event.kind));
    object.number("at", to_micros(event.at));
    object.plain("account_id", event.account_id.str());
    object.number("shard", event.shard);
    object.number("account_number", event.account_number);
    object.text("account_token", event.account_token);
    object.text("account_lti_guid", event.account_lti_guid);
    object.number("origin", number_of(event.origin));
    put(object, out, "request", event.request);
    if (event.actor) put(object, out, "actor", *event.actor);
    if (event.integration_number) object.number("integration_number", *event.integration_number);
    object.plain("class_id", event.class_id.str());
    object.number("class_number", event.class_number);
    object.text("class_sis_id", event.class_sis_id);
    object.plain("assignment_id", event.assignment_id.str());
    object.number("assignment_number", event.assignment_number);
    object.plain("submission_id", event.submission_id.str());
    object.number("submission_version", event.submission_version);
    object.plain("person_id", event.person_id.str());
    object.number("person_number", event.person_number);
    object.text("person_lti_id", event.person_lti_id);
    put(object, out, "before", event.before);
    put(object, out, "after", event.after);
    object.end();
    return out;
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
