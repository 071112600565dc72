#include "store/event_codec.hpp"

#include <boost/json/parse.hpp>
#include <stdexcept>

#include "base/json_writer.hpp"
#include "store/json_fields.hpp"

namespace handin::store {
namespace {

namespace json = boost::json;
using namespace fields;
using domain::Event;
using domain::SubmissionFacts;

// A field may be added without a new version, if lines without it can still be read. What an older
// binary must not take for something else has a new one: versions 2 and 3 have more
// kinds of events.
constexpr int kVersion = 1, kMarkingVersion = 2, kNewestVersion = 3;

int version_of(const Event& event) {
    if (event.of_assignment()) return kNewestVersion;
    return event.kind > Event::Kind::submission_reclaimed ? kMarkingVersion : kVersion;
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
    if (facts.graded) object.flag("graded", true);
    if (facts.grading_complete) object.flag("grading_complete", true);
    if (facts.excused) object.flag("excused", true);
    if (facts.score) object.plain("score", exact(*facts.score));
    if (!facts.grade.empty()) object.text("grade", facts.grade);
    if (facts.graded_at) object.number("graded_at", to_micros(*facts.graded_at));
    if (facts.grader_number) object.number("grader_number", *facts.grader_number);
    if (facts.posted_at) object.number("posted_at", to_micros(*facts.posted_at));
}

void put(ObjectWriter& object, const domain::GradeFacts& grade) {
    object.text("assignment_title", grade.assignment_title);
    if (grade.points_possible) object.plain("points_possible", exact(*grade.points_possible));
    object.text("person_sis_id", grade.person_sis_id);
}

void put(ObjectWriter& object, const domain::CommentFacts& comment) {
    object.number("number", comment.number);
    if (comment.author_number) object.number("author_number", *comment.author_number);
    object.number("created_at", to_micros(comment.created_at));
    object.text("text", comment.text);
}

void put(ObjectWriter& object, const domain::AssignmentFacts& facts) {
    const auto time = [&](std::string_view name, const std::optional<Time>& at) {
        if (at) object.number(name, to_micros(*at));
    };
    object.text("title", facts.title);
    object.text("description", facts.description);
    time("open_at", facts.open_at);
    time("due_at", facts.due_at);
    time("close_at", facts.close_at);
    if (facts.points_possible) object.plain("points_possible", exact(*facts.points_possible));
    object.number("kinds", facts.kinds);
    object.flag("anonymous", facts.anonymous);
    object.flag("published", facts.published);
    object.flag("deleted", facts.deleted);
    object.number("updated_at", to_micros(facts.updated_at));
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
    facts.graded = flag_of(object, "graded");
    facts.grading_complete = flag_of(object, "grading_complete");
    facts.excused = flag_of(object, "excused");
    if (object.contains("score")) facts.score = real_of(object, "score");
    if (object.contains("grade")) facts.grade = text_of(object, "grade");
    if (object.contains("graded_at"))
        facts.graded_at = from_micros(integer_of(object, "graded_at"));
    if (object.contains("grader_number")) facts.grader_number = integer_of(object, "grader_number");
    if (object.contains("posted_at"))
        facts.posted_at = from_micros(integer_of(object, "posted_at"));
    return facts;
}

domain::GradeFacts take_grade(const json::object& object) {
    domain::GradeFacts grade;
    grade.assignment_title = text_of(object, "assignment_title");
    if (object.contains("points_possible"))
        grade.points_possible = real_of(object, "points_possible");
    grade.person_sis_id = text_of(object, "person_sis_id");
    return grade;
}

domain::CommentFacts take_comment(const json::object& object) {
    domain::CommentFacts comment;
    comment.number = integer_of(object, "number");
    if (object.contains("author_number"))
        comment.author_number = integer_of(object, "author_number");
    comment.created_at = from_micros(integer_of(object, "created_at"));
    comment.text = text_of(object, "text");
    return comment;
}

domain::AssignmentFacts take_assignment(const json::object& object) {
    return {.title = text_of(object, "title"),
            .description = text_of(object, "description"),
            .open_at = optional_of(object, "open_at", time_of),
            .due_at = optional_of(object, "due_at", time_of),
            .close_at = optional_of(object, "close_at", time_of),
            .points_possible = optional_of(object, "points_possible", real_of),
            .kinds = static_cast<std::uint32_t>(integer_of(object, "kinds")),
            .anonymous = flag_of(object, "anonymous"),
            .published = flag_of(object, "published"),
            .deleted = flag_of(object, "deleted"),
            .updated_at = time_of(object, "updated_at")};
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
    object.number("v", version_of(event));
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
    if (event.group_number) object.number("group_number", *event.group_number);
    put(object, out, "before", event.before);
    put(object, out, "after", event.after);
    if (event.grade) put(object, out, "grade", *event.grade);
    if (event.comment) put(object, out, "comment", *event.comment);
    if (event.assignment) put(object, out, "assignment", *event.assignment);
    object.end();
    return out;
}

Event decode_event(std::string_view text) try {
    const auto value = json::parse(view(text));
    const auto& object = value.as_object();
    if (const auto v = integer_of(object, "v"); v < kVersion || v > kNewestVersion)
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
    if (object.contains("group_number")) event.group_number = integer_of(object, "group_number");
    event.before = take_facts(object.at("before").as_object());
    event.after = take_facts(object.at("after").as_object());
    if (object.contains("grade")) event.grade = take_grade(object.at("grade").as_object());
    if (object.contains("comment")) event.comment = take_comment(object.at("comment").as_object());
    if (object.contains("assignment"))
        event.assignment = take_assignment(object.at("assignment").as_object());
    return event;
} catch (const std::logic_error& error) {  // how Boost.JSON tells of a missing or a wrong value
    throw std::runtime_error(std::string("an event in the outbox is damaged: ") + error.what());
}

StoredEvent stored_event(std::int64_t sequence, std::string_view text) {
    try {
        return {.sequence = sequence, .event = decode_event(text)};
    } catch (const std::runtime_error& error) {
        return {.sequence = sequence, .event = {}, .trouble = error.what()};
    }
}

}  // namespace handin::store
