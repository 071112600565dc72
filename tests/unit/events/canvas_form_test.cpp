// The Canvas form (canvas-live-events.md 1.2 to 1.7 and 2.4).
#include "events/canvas/canvas_form.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "base/encoding.hpp"
#include "events/sample_event.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;
using domain::AttachmentKind;
using domain::Event;
using domain::Role;
using events::canvas::render;

json::value parse_file(const std::filesystem::path& file) {
    std::ifstream in(file);
    return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
}

// As a subscriber gets it: through text and back.
json::object rendered(const Event& event) {
    const auto value = render(event);
    EXPECT_TRUE(value);
    return json::parse(json::serialize(*value)).as_object();
}
json::object metadata(const Event& event) {
    return rendered(event).at("metadata").as_object();
}
json::object body(const Event& event) {
    return rendered(event).at("body").as_object();
}

std::set<std::string> keys(const json::object& object) {
    std::set<std::string> names;
    for (const auto& [key, value] : object)
        names.emplace(key);
    return names;
}

TEST(CanvasForm, IsAsItEverWas) {
    const auto golden =
        parse_file(HANDIN_SOURCE_DIR "/tests/unit/events/submission_created.json").as_object();
    const auto event = rendered(sample_event());
    EXPECT_EQ(keys(event), keys(golden));
    for (const auto* part : {"metadata", "body"}) {
        const auto& ours = event.at(part).as_object();
        const auto& expected = golden.at(part).as_object();
        EXPECT_EQ(keys(ours), keys(expected));
        for (const auto& [key, value] : expected)
            if (ours.contains(key)) {
                EXPECT_EQ(json::serialize(ours.at(key)), json::serialize(value)) << key;
            }
    }
}

std::string form(const json::value& value) {
    if (!value.is_string()) return std::string(json::to_string(value.kind()));
    const std::string text(value.as_string());
    static const std::pair<const char*, std::regex> forms[] = {
        {"digits", std::regex("[1-9][0-9]+")},
        {"time", std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z)")},
    };
    for (const auto& [name, pattern] : forms)
        if (std::regex_match(text, pattern)) return name;
    return "text";
}

// The published example: a grade passback, so a request without a user (1.3).
TEST(CanvasForm, HasTheFormOfThePublishedExample) {
    const auto* folder = std::getenv("HANDIN_EXAMPLES");
    if (folder == nullptr) GTEST_SKIP() << "HANDIN_EXAMPLES names no folder of published examples";
    const auto file = std::filesystem::path(folder) / "canvas-submission_created.json";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
    const auto example = parse_file(file).as_object();
    auto event = sample_event();
    event.actor.reset();
    event.integration_number.reset();
    event.request.referrer.clear();  // null in the example
    const auto ours = rendered(event);
    EXPECT_EQ(keys(ours), keys(example));

    auto more = keys(ours.at("metadata").as_object());
    for (const auto& [key, value] : example.at("metadata").as_object()) {
        EXPECT_EQ(more.erase(key), 1U) << key;
        EXPECT_EQ(form(ours.at("metadata").at(key)), form(value)) << key;
    }
    // 1.3: newer source has the course's context in submission events
    EXPECT_EQ(more, (std::set<std::string>{"context_type", "context_id", "context_account_id",
                                           "context_sis_source_id"}));

    // 2.4: null where there is nothing yet: no grades, no groups
    const std::set<std::string> null_in_ours{"grade", "graded_at", "group_id", "score"};
    more = keys(ours.at("body").as_object());
    for (const auto& [key, value] : example.at("body").as_object()) {
        EXPECT_EQ(more.erase(key), 1U) << key;
        EXPECT_EQ(form(ours.at("body").at(key)),
                  null_in_ours.contains(std::string(key)) ? "null" : form(value))
            << key;
    }
    EXPECT_EQ(more, std::set<std::string>{"posted_at"});  // 2.10: the source sends it
}

// 2.8
TEST(CanvasForm, Assignments) {
    auto event = sample_event();
    event.kind = Event::Kind::assignment_created;
    event.assignment = domain::AssignmentFacts{.title = "Essay",
                                               .description = "<p>Do it.</p>",
                                               .open_at = from_micros(1'000'000),
                                               .due_at = from_micros(2'000'000),
                                               .close_at = {},
                                               .points_possible = 12.5,
                                               .kinds = 7,
                                               .updated_at = from_micros(3'000'000)};
    EXPECT_EQ(rendered(event).at("metadata").at("event_name"), "assignment_created");
    const auto made = body(event);
    EXPECT_EQ(keys(made), (std::set<std::string>{"anonymous_grading",
                                                 "assignment_group_id",
                                                 "assignment_id",
                                                 "assignment_id_duplicated_from",
                                                 "context_id",
                                                 "context_type",
                                                 "context_uuid",
                                                 "created_on_blueprint_sync",
                                                 "description",
                                                 "domain",
                                                 "domain_duplicated_from",
                                                 "due_at",
                                                 "lock_at",
                                                 "lti_assignment_description",
                                                 "lti_assignment_id",
                                                 "lti_resource_link_id",
                                                 "lti_resource_link_id_duplicated_from",
                                                 "points_possible",
                                                 "resource_map",
                                                 "submission_types",
                                                 "title",
                                                 "unlock_at",
                                                 "updated_at",
                                                 "workflow_state"}));
    EXPECT_EQ(made.at("assignment_id"), body(sample_event()).at("assignment_id"));  // 1.4: global
    EXPECT_EQ(made.at("context_id"), metadata(event).at("context_id"));
    EXPECT_EQ(made.at("title"), "Essay");
    EXPECT_EQ(made.at("unlock_at"), "1970-01-01T00:00:01Z");
    EXPECT_EQ(made.at("due_at"), "1970-01-01T00:00:02Z");
    EXPECT_TRUE(made.at("lock_at").is_null());
    EXPECT_EQ(made.at("points_possible"), 12.5);
    EXPECT_EQ(made.at("submission_types"), "online_text_entry,online_url,online_upload");
    EXPECT_EQ(made.at("workflow_state"), "published");

    event.kind = Event::Kind::assignment_updated;
    event.assignment->published = false;
    event.assignment->kinds = 0;
    EXPECT_EQ(rendered(event).at("metadata").at("event_name"), "assignment_updated");
    EXPECT_EQ(body(event).at("workflow_state"), "unpublished");
    EXPECT_EQ(body(event).at("submission_types"), "none");
    event.assignment->deleted = true;
    EXPECT_EQ(body(event).at("workflow_state"), "deleted");
    event.assignment->description = std::string(9000, 'x');
    EXPECT_EQ(body(event).at("description").as_string().size(), 8192U);  // 1.7
}

// 1.3: who did not act is not named
TEST(CanvasForm, WithoutAnActor) {
    auto event = sample_event();
    event.actor.reset();
    const auto names = keys(metadata(event));
    for (const auto* name :
         {"user_id", "user_login", "user_account_id", "user_sis_id", "time_zone", "context_role"})
        EXPECT_FALSE(names.contains(name)) << name;
    EXPECT_TRUE(names.contains("context_id"));
    EXPECT_TRUE(names.contains("developer_key_id"));
    EXPECT_EQ(body(event).at("user_id"), "21070000000014012");  // whose work it is
}

// 1.2: developer_key_id when an application's token was used
TEST(CanvasForm, WithoutAnApplication) {
    auto event = sample_event();
    event.integration_number.reset();
    EXPECT_FALSE(metadata(event).contains("developer_key_id"));
}

// 1.2, 1.5: null, not absent and not empty
TEST(CanvasForm, NullsWhatIsEmpty) {
    auto event = sample_event();
    event.request.referrer.clear();
    event.actor->sis_id.clear();
    event.class_sis_id.clear();
    event.person_lti_id.clear();
    event.after.submitted_at.reset();
    event.after.kind.reset();
    event.after.text.reset();
    event.after.url.reset();
    const auto meta = metadata(event);
    for (const auto* name : {"referrer", "user_sis_id", "context_sis_source_id"})
        EXPECT_TRUE(meta.at(name).is_null()) << name;
    const auto content = body(event);
    for (const auto* name : {"lti_user_id", "submitted_at", "submission_type", "body", "url",
                             "group_id", "grade", "score", "graded_at", "posted_at"})
        EXPECT_TRUE(content.at(name).is_null()) << name;
}

// 1.4: shard x 10^13 + local, as a string
TEST(CanvasForm, GlobalIds) {
    const struct {
        std::int64_t shard, assignment, person;
        const char *assignment_id, *user_id, *submission_id;
    } cases[] = {
        {1, 1, 1, "10000000000001", "10000000000001", "10000001000001"},
        {2107, 396, 2, "21070000000000396", "21070000000000002", "21070000396000002"},
        {3, 9'999'999, 999'999, "30000009999999", "30000000999999", "39999999999999"},
    };
    for (const auto& c : cases) {
        auto event = sample_event();
        event.shard = c.shard;
        event.assignment_number = c.assignment;
        event.person_number = c.person;
        const auto content = body(event);
        EXPECT_EQ(content.at("assignment_id"), c.assignment_id);
        EXPECT_EQ(content.at("user_id"), c.user_id);
        EXPECT_EQ(content.at("submission_id"), c.submission_id);
    }
}

// 1.6
TEST(CanvasForm, Times) {
    auto event = sample_event();
    event.at = kNow + std::chrono::microseconds(999'999);
    event.after.updated_at = event.at;
    event.after.submitted_at = kNow;
    EXPECT_EQ(metadata(event).at("event_time"), "2025-03-03T09:00:00.999Z");
    EXPECT_EQ(body(event).at("updated_at"), "2025-03-03T09:00:00Z");
    EXPECT_EQ(body(event).at("submitted_at"), "2025-03-03T09:00:00Z");
}

// 2.9
TEST(CanvasForm, SubmissionTypes) {
    const std::pair<AttachmentKind, const char*> cases[] = {
        {AttachmentKind::file, "online_upload"},
        {AttachmentKind::text, "online_text_entry"},
        {AttachmentKind::link, "online_url"},
    };
    for (const auto& [kind, name] : cases) {
        auto event = sample_event();
        event.after.kind = kind;
        EXPECT_EQ(body(event).at("submission_type"), name);
    }
}

// 1.2 context_role: a class of Canvas, or a role's own name
TEST(CanvasForm, Roles) {
    const std::pair<Role, const char*> cases[] = {
        {Role::student, "StudentEnrollment"},
        {Role::teacher, "TeacherEnrollment"},
        {Role::ta, "TaEnrollment"},
        {Role::aide, "TaEnrollment"},
        {Role::designer, "DesignerEnrollment"},
        {Role::observer, "ObserverEnrollment"},
        {Role::parent, "ObserverEnrollment"},
        {Role::guardian, "ObserverEnrollment"},
        {Role::member, "ObserverEnrollment"},
        {Role::administrator, "AccountAdmin"},
        {Role::staff, "AccountAdmin"},
        {Role::district_administrator, "AccountAdmin"},
    };
    for (const auto& [role, name] : cases) {
        auto event = sample_event();
        event.actor->role = role;
        EXPECT_EQ(metadata(event).at("context_role"), name);
    }
}

TEST(CanvasForm, Flags) {
    for (const bool late : {false, true})
        for (const bool missing : {false, true}) {
            auto event = sample_event();
            event.after.late = late;
            event.after.missing = missing;
            EXPECT_EQ(body(event).at("late"), late);
            EXPECT_EQ(body(event).at("missing"), missing);
        }
}

std::string repeated(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

// 2.4: url is null unless it is a link; the full one goes to the body if it exceeds 250 characters
TEST(CanvasForm, LongUrls) {
    const std::string base = "https://a.example/";  // 18 characters
    const auto fits = base + repeated("é", 232);
    const auto long_one = base + repeated("é", 233);
    const auto huge = base + repeated("x", 10'000);
    const struct {
        const char* name;
        std::string url;
        std::optional<std::string> text;
        std::string shown;
        std::optional<std::string> body;
    } cases[] = {
        {"short", base, {}, base, {}},
        {"250 characters", fits, {}, fits, {}},
        {"251 characters", long_one, {}, fits, long_one},
        {"251 characters and a text", long_one, "text", fits, "text"},
        {"longer than a body may be", huge, {}, huge.substr(0, 250), huge.substr(0, 8189) + "..."},
    };
    for (const auto& c : cases) {
        auto event = sample_event();
        event.after.kind = AttachmentKind::link;
        event.after.url = c.url;
        event.after.text = c.text;
        const auto content = body(event);
        EXPECT_EQ(content.at("url"), json::string_view(c.shown)) << c.name;
        EXPECT_EQ(content.at("body"), c.body ? json::value(*c.body) : json::value()) << c.name;
    }
}

// 1.7: the body is cut, nothing else
TEST(CanvasForm, LongTexts) {
    auto event = sample_event();
    event.after.text = repeated("𝄞", 8193);
    event.actor->login = repeated("l", 9000);
    event.request.url = repeated("u", 9000);
    EXPECT_EQ(body(event).at("body"), json::string_view(repeated("𝄞", 8189) + "..."));
    EXPECT_EQ(metadata(event).at("user_login").as_string().size(), 9000U);
    EXPECT_EQ(metadata(event).at("url").as_string().size(), 9000U);
}

Event graded_event(Event::Kind kind) {
    auto event = sample_event();
    event.kind = kind;
    event.group_number = 120120;
    event.before.score = 7;
    event.before.grade = "C";
    event.after.graded = true;
    event.after.grading_complete = true;
    event.after.score = 99.5;
    event.after.grade = "S";
    event.after.graded_at = kNow;
    event.after.grader_number = 47;
    event.after.posted_at = kNow;
    event.grade = domain::GradeFacts{
        .assignment_title = "Essay", .points_possible = 100, .person_sis_id = "sis-1"};
    event.comment = domain::CommentFacts{.number = 19811981,
                                         .author_number = 12345,
                                         .created_at = kNow,
                                         .text = "See the attached files"};
    return event;
}

// The keys of a published example, and the form of every value that ours has, too.
void expect_form_of(const char* name, const Event& event, const std::set<std::string>& more_meta,
                    const std::set<std::string>& more_body,
                    const std::set<std::string>& differs = {}) {
    const auto* folder = std::getenv("HANDIN_EXAMPLES");
    if (folder == nullptr) GTEST_SKIP() << "HANDIN_EXAMPLES names no folder of published examples";
    const auto file = std::filesystem::path(folder) / name;
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
    const auto example = parse_file(file).as_object();
    const auto ours = rendered(event);
    for (const auto& [part, expected_more] :
         {std::pair("metadata", more_meta), std::pair("body", more_body)}) {
        auto more = keys(ours.at(part).as_object());
        for (const auto& [key, value] : example.at(part).as_object()) {
            EXPECT_EQ(more.erase(key), 1U) << key;
            if (!differs.contains(std::string(key)) && ours.at(part).as_object().contains(key)) {
                EXPECT_EQ(form(ours.at(part).at(key)), form(value)) << key;
            }
        }
        EXPECT_EQ(more, expected_more) << part;
    }
}

TEST(CanvasForm, UpdatesHaveTheFormOfThePublishedExample) {
    auto event = graded_event(Event::Kind::submission_updated);
    event.after.url.reset();      // null in the example
    event.person_lti_id.clear();  // the same
    expect_form_of("canvas-submission_updated.json", event, {"developer_key_id"}, {"posted_at"});
    EXPECT_EQ(metadata(event).at("event_name"), "submission_updated");
}

TEST(CanvasForm, CommentsHaveTheFormOfThePublishedExample) {
    const auto event = graded_event(Event::Kind::submission_commented);
    expect_form_of("canvas-submission_comment_created.json", event, {"developer_key_id"}, {});
    EXPECT_EQ(metadata(event).at("event_name"), "submission_comment_created");
}

// 2.4, 4.6
TEST(CanvasForm, GradesInUpdates) {
    auto event = graded_event(Event::Kind::submission_updated);
    auto content = body(event);
    EXPECT_EQ(content.at("score"), 99.5);
    EXPECT_EQ(content.at("grade"), "S");
    EXPECT_EQ(content.at("graded_at"), "2025-03-03T09:00:00Z");
    EXPECT_EQ(content.at("posted_at"), "2025-03-03T09:00:00Z");
    EXPECT_EQ(content.at("workflow_state"), "graded");
    EXPECT_EQ(content.at("group_id"), "120120");  // 1.4: local
    event.after.graded = false;
    event.after.attempts = 0;
    event.after.posted_at.reset();  // hidden grades are told all the same
    content = body(event);
    EXPECT_EQ(content.at("score"), 99.5);
    EXPECT_EQ(content.at("workflow_state"), "submitted");
    EXPECT_TRUE(content.at("attempt").is_null());
}

// 2.5, 1.4: local ids
TEST(CanvasForm, Comments) {
    auto event = graded_event(Event::Kind::submission_commented);
    auto content = body(event);
    EXPECT_EQ(keys(content),
              (std::set<std::string>{"submission_comment_id", "submission_id", "user_id",
                                     "created_at", "attachment_ids", "body"}));
    EXPECT_EQ(content.at("submission_comment_id"), "19811981");
    EXPECT_EQ(content.at("submission_id"), "1234014012");
    EXPECT_EQ(content.at("user_id"), "12345");
    EXPECT_EQ(content.at("created_at"), "2025-03-03T09:00:00.000Z");
    EXPECT_TRUE(content.at("attachment_ids").as_array().empty());
    event.comment->author_number.reset();
    event.comment->text = repeated("x", 8193);
    content = body(event);
    EXPECT_TRUE(content.at("user_id").is_null());
    EXPECT_EQ(content.at("body").as_string().size(), 8192U);
}

// 2.6
TEST(CanvasForm, GradeChanges) {
    auto event = graded_event(Event::Kind::grade_changed);
    EXPECT_EQ(metadata(event).at("event_name"), "grade_change");
    const auto expected = json::parse(R"({
        "submission_id": "21070001234014012", "assignment_id": "21070000000001234",
        "assignment_name": "Essay", "grade": "S", "old_grade": "C", "score": 99.5,
        "old_score": 7.0, "points_possible": 100.0, "old_points_possible": 100.0,
        "grader_id": "21070000000000047", "student_id": "21070000000014012",
        "student_sis_id": "sis-1", "user_id": "21070000000014012", "grading_complete": true,
        "muted": false})");
    EXPECT_EQ(body(event), expected.as_object());

    event.before.score.reset();
    event.before.grade.clear();
    event.after.score.reset();
    event.after.grade.clear();
    event.after.grading_complete = false;
    event.after.grader_number.reset();
    event.after.posted_at.reset();
    const auto content = body(event);
    for (const auto* name : {"grade", "old_grade", "score", "old_score", "grader_id"})
        EXPECT_TRUE(content.at(name).is_null()) << name;
    EXPECT_EQ(content.at("grading_complete"), false);
    EXPECT_EQ(content.at("muted"), true);
}

// 2.2: Canvas has no event for what leaves a submission unsubmitted
TEST(CanvasForm, NoneForWhatCanvasDoesNotKnow) {
    auto event = sample_event();
    for (const auto kind : {Event::Kind::submission_reclaimed, Event::Kind::submission_returned,
                            Event::Kind::dates_changed}) {
        event.kind = kind;
        EXPECT_FALSE(render(event));
    }
}

}  // namespace
}  // namespace handin::test
