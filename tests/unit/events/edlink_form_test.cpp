// Events as Edlink's webhooks tell them (edlink.md 4.3).
#include <gtest/gtest.h>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "events/form.hpp"
#include "events/sample_event.hpp"
#include "events/sinks/https/webhook_secret.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;
using domain::Event;

const events::Form& form() {
    return *events::find_form("edlink");
}

json::object told(const Event& event) {
    return form().show(event).value().payload.at("$events").as_array().at(0).as_object();
}

TEST(EdlinkForm, TellsEveryKindByIds) {
    auto event = sample_event();
    std::set<std::string> types;
    for (int kind = 0; kind <= static_cast<int>(Event::Kind::submission_commented); ++kind) {
        event.kind = static_cast<Event::Kind>(kind);
        const auto one = told(event);
        types.emplace(one.at("type").as_string());
        const auto& payload = one.at("payload").as_object();
        EXPECT_EQ(payload.at("class_id"), json::string(event.class_id.str()));
        EXPECT_EQ(payload.at("submission_id"), json::string(event.submission_id.str()));
        EXPECT_EQ(payload.at("person_id"), json::string(event.person_id.str()));
        EXPECT_FALSE(payload.contains("deleted"));
    }
    EXPECT_EQ(types.size(), 7U);
    EXPECT_TRUE(types.contains("submission.submitted"));
    EXPECT_TRUE(types.contains("submission.reclaimed"));
}

TEST(EdlinkForm, TellsOfAssignments) {
    auto event = sample_event();
    event.kind = Event::Kind::assignment_updated;
    event.assignment.emplace();
    event.assignment->deleted = true;
    const auto one = told(event);
    EXPECT_EQ(one.at("type"), "assignment.updated");
    EXPECT_EQ(one.at("payload").at("deleted"), true);
    EXPECT_FALSE(one.at("payload").as_object().contains("person_id"));
    EXPECT_EQ(form().show(event)->name, "assignment_updated");
}

TEST(EdlinkForm, IsSignedByAHeader) {
    EXPECT_FALSE(form().in_jws());
    EXPECT_TRUE(events::find_form("canvas")->in_jws());
    EXPECT_TRUE(form().sample(kNow).contains("$events"));
    // printf '1.body' | openssl dgst -sha256 -hmac key
    EXPECT_EQ(events::edlink_signature("key", "1", "body"),
              "t=1,v0=91b5374b153842ad05b2c4eab9349b8321b14703165bd3fb8b034dfb8be98ae5");
}

}  // namespace
}  // namespace handin::test
