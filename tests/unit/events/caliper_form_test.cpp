// Caliper 1.1 as Canvas does it, and the checks that its published schemas leave out (caliper.md 1
// to 3 and 5.1).
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <regex>

#include "events/form.hpp"
#include "events/sample_event.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;

const Time kSent = kNow + std::chrono::minutes(1);

json::object shown(const domain::Event& event, const char* name = "submission_created") {
    const auto found = events::find_form("caliper")->show(event);
    EXPECT_TRUE(found);
    EXPECT_EQ(found->name, name);
    return found->payload;
}

// 5.1: nothing null or empty, and every time with milliseconds, also inside extensions.
void check_values(const json::value& value, const std::string& where) {
    static const std::regex like_time(R"(^\d{4}-\d\d-\d\dT.*)");
    static const std::regex time(R"(^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$)");
    EXPECT_FALSE(value.is_null()) << where;
    if (const auto* text = value.if_string()) {
        const std::string it(text->c_str());
        EXPECT_FALSE(it.empty()) << where;
        if (std::regex_match(it, like_time)) EXPECT_TRUE(std::regex_match(it, time)) << it;
    }
    if (const auto* array = value.if_array()) {
        EXPECT_FALSE(array->empty()) << where;
        for (const auto& each : *array)
            check_values(each, where + "[]");
    }
    if (const auto* object = value.if_object()) {
        EXPECT_FALSE(object->empty()) << where;
        for (const auto& [key, each] : *object)
            check_values(each, where + '.' + std::string(key));
        // 4.2: an entity's id is an IRI
        if (object->contains("type")) {
            static const std::regex iri(R"(^[a-z][a-z0-9+.-]*:.+)");
            const auto* id = object->if_contains("id");
            if (id != nullptr && where.find("extensions") == std::string::npos)
                EXPECT_TRUE(std::regex_match(std::string(id->as_string().c_str()), iri)) << where;
        }
    }
}

std::set<std::string> keys_of(const json::value& value) {
    std::set<std::string> keys;
    for (const auto& each : value.as_object())
        keys.emplace(each.key());
    return keys;
}

using Keys = std::set<std::string>;

TEST(CaliperFormTest, SubmissionCreated) {
    const auto event = sample_event();
    const auto envelope = shown(event);
    EXPECT_EQ(keys_of(envelope), (Keys{"sensor", "sendTime", "dataVersion", "data"}));
    EXPECT_EQ(envelope.at("sensor"), "http://school.example/");
    // The same whenever it is made: after a power cut it is made again.
    EXPECT_EQ(envelope.at("sendTime"), iso_millis(event.at).c_str());
    EXPECT_EQ(envelope.at("dataVersion"), "http://purl.imsglobal.org/ctx/caliper/v1p1");
    ASSERT_EQ(envelope.at("data").as_array().size(), 1U);

    const auto& it = envelope.at("data").at(0);
    EXPECT_EQ(keys_of(it),
              (Keys{"@context", "id", "type", "action", "eventTime", "actor", "edApp", "referrer",
                    "group", "membership", "session", "extensions", "object"}));
    static const std::regex uuid4(
        "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$");
    EXPECT_TRUE(std::regex_match(std::string(it.at("id").as_string().c_str()), uuid4));
    EXPECT_EQ(it.at("type"), "AssignableEvent");
    EXPECT_EQ(it.at("action"), "Submitted");
    EXPECT_EQ(it.at("eventTime"), iso_millis(event.at).c_str());
    EXPECT_EQ(it.at("actor").at("id"), "urn:instructure:canvas:user:21070000000000014");
    EXPECT_EQ(it.at("actor").at("extensions").at("com.instructure.canvas").at("user_login"),
              "inewton");
    EXPECT_EQ(it.at("membership").at("id"),
              "urn:instructure:canvas:course:21070000000000565:Learner:21070000000000014");
    EXPECT_EQ(it.at("membership").at("roles"), json::array{"Learner"});
    EXPECT_EQ(it.at("session").at("id"),
              "urn:instructure:canvas:session:ef686f8ed684abf78cbfa1f6a58112b5");
    EXPECT_EQ(it.at("extensions").at("com.instructure.canvas").at("version"), "1.0.0");

    const auto& object = it.at("object");
    EXPECT_EQ(object.at("type"), "Attempt");
    EXPECT_EQ(object.at("id"), "urn:instructure:canvas:submission:21070001234014012");
    EXPECT_EQ(object.at("count"), 12);
    EXPECT_EQ(object.at("assignee").at("id"), "urn:instructure:canvas:user:21070000000014012");
    EXPECT_EQ(object.at("assignable").at("id"),
              "urn:instructure:canvas:assignment:21070000000001234");
    EXPECT_EQ(object.at("extensions").at("com.instructure.canvas").at("submission_type"),
              "online_text_entry");
    check_values(json::value(envelope), "");
}

TEST(CaliperFormTest, LeavesOutWhatThereIsNot) {
    auto event = sample_event();
    event.actor.reset();
    event.request = {};
    event.request.hostname = "school.example";
    event.after.text.reset();
    event.after.url.reset();
    event.after.kind.reset();
    event.after.submitted_at.reset();
    const auto envelope = shown(event);
    const auto& it = envelope.at("data").at(0);
    for (const auto* name : {"membership", "session", "referrer"})
        EXPECT_FALSE(it.as_object().contains(name)) << name;
    // 2.1: nobody acted, so it is said to be whose work it is
    EXPECT_EQ(it.at("actor").at("id"), "urn:instructure:canvas:user:21070000000014012");
    check_values(json::value(envelope), "");
}

// 3.2
TEST(CaliperFormTest, SubmissionUpdated) {
    auto event = sample_event();
    event.kind = domain::Event::Kind::submission_updated;
    const auto envelope = shown(event, "submission_updated");
    const auto& it = envelope.at("data").at(0);
    EXPECT_EQ(it.at("type"), "Event");
    EXPECT_EQ(it.at("action"), "Modified");
    EXPECT_TRUE(it.at("object").as_object().contains("dateModified"));
    EXPECT_FALSE(it.at("object").as_object().contains("dateCreated"));
    check_values(json::value(envelope), "");
}

// 3.3
TEST(CaliperFormTest, GradeChange) {
    auto event = sample_event();
    event.kind = domain::Event::Kind::grade_changed;
    event.actor->role = domain::Role::teacher;
    event.after.grade = "B";
    event.after.score = 8.5;
    event.grade = domain::GradeFacts{
        .assignment_title = "Essay", .points_possible = 10, .person_sis_id = "456-T45"};
    auto envelope = shown(event, "grade_change");
    check_values(json::value(envelope), "");
    const auto& it = envelope.at("data").at(0);
    EXPECT_EQ(it.at("type"), "GradeEvent");
    EXPECT_EQ(it.at("action"), "Graded");
    EXPECT_EQ(keys_of(it.at("actor")), (Keys{"id", "type"}));
    EXPECT_EQ(it.at("membership").at("roles"), json::array{"Instructor"});
    EXPECT_EQ(it.at("object").at("extensions").at("com.instructure.canvas").at("grade"), "B");
    const auto& score = it.at("generated");
    EXPECT_EQ(score.at("type"), "Score");
    EXPECT_EQ(score.at("id"), it.at("object").at("id"));
    EXPECT_EQ(score.at("scoreGiven"), 8.5);
    EXPECT_EQ(score.at("maxScore"), 10.0);
    EXPECT_EQ(score.at("scoredBy"), it.at("actor").at("id"));

    // by nobody, and cleared
    event.actor.reset();
    event.after.grade.clear();
    event.after.score.reset();
    envelope = shown(event, "grade_change");
    check_values(json::value(envelope), "");
    const auto& cleared = envelope.at("data").at(0);
    EXPECT_EQ(cleared.at("actor").at("type"), "SoftwareApplication");
    EXPECT_EQ(cleared.at("generated").at("scoredBy"), "http://school.example/");
    EXPECT_FALSE(cleared.as_object().contains("membership"));
    EXPECT_FALSE(cleared.at("generated").as_object().contains("scoreGiven"));
}

TEST(CaliperFormTest, TheSameIdWheneverItIsTold) {
    const auto event = sample_event();
    auto other = event;
    other.id = id_of("another");
    const auto id_in = [](const json::object& envelope) {
        return envelope.at("data").at(0).at("id");
    };
    EXPECT_EQ(id_in(shown(event)), id_in(shown(event)));
    EXPECT_NE(id_in(shown(event)), id_in(shown(other)));
}

// caliper.md 3.4
TEST(CaliperForm, Assignments) {
    auto event = sample_event();
    event.kind = domain::Event::Kind::assignment_created;
    event.assignment = domain::AssignmentFacts{.title = "Essay",
                                               .description = "",
                                               .open_at = from_micros(1'000'000),
                                               .due_at = from_micros(2'000'000),
                                               .close_at = from_micros(4'000'000),
                                               .points_possible = 12.5,
                                               .updated_at = from_micros(3'000'000)};
    const auto* form = events::find_form("caliper");
    const auto data = [&] {
        return form->show(event).value().payload.at("data").as_array().at(0).as_object();
    };
    EXPECT_EQ(form->show(event)->name, "assignment_created");
    EXPECT_EQ(data().at("type"), "Event");
    EXPECT_EQ(data().at("action"), "Created");
    auto object = data().at("object").as_object();
    EXPECT_EQ(object.at("type"), "AssignableDigitalResource");
    EXPECT_EQ(object.at("name"), "Essay");
    EXPECT_FALSE(object.contains("description"));
    EXPECT_EQ(object.at("dateCreated"), "1970-01-01T00:00:03.000Z");
    EXPECT_EQ(object.at("dateToShow"), "1970-01-01T00:00:01.000Z");
    EXPECT_EQ(object.at("dateToSubmit"), "1970-01-01T00:00:02.000Z");
    EXPECT_EQ(object.at("maxScore"), 12.5);
    auto more = object.at("extensions").at("com.instructure.canvas").as_object();
    EXPECT_EQ(more.at("lock_at"), "1970-01-01T00:00:04.000Z");
    EXPECT_FALSE(more.contains("workflow_state"));

    event.kind = domain::Event::Kind::assignment_updated;
    event.assignment->deleted = true;
    event.actor.reset();  // an integration has done it
    EXPECT_EQ(data().at("action"), "Modified");
    EXPECT_EQ(data().at("actor").at("type"), "SoftwareApplication");
    object = data().at("object").as_object();
    EXPECT_TRUE(object.contains("dateModified"));
    more = object.at("extensions").at("com.instructure.canvas").as_object();
    EXPECT_EQ(more.at("workflow_state"), "deleted");
}

// 3: a comment has none either.
TEST(CaliperFormTest, HasNoWordsForSome) {
    using Kind = domain::Event::Kind;
    for (const auto kind : {Kind::submission_reclaimed, Kind::submission_returned,
                            Kind::dates_changed, Kind::submission_commented}) {
        auto event = sample_event();
        event.kind = kind;
        EXPECT_FALSE(events::find_form("caliper")->show(event));
    }
    EXPECT_EQ(events::find_form("morse"), nullptr);
}

TEST(CaliperFormTest, Sample) {
    check_values(json::value(events::find_form("caliper")->sample(kSent)), "");
}

}  // namespace
}  // namespace handin::test
