// CloudEvents 1.0 (cloudevents.io: spec 1.0.2 and its JSON event format).
#include <gtest/gtest.h>

#include "events/form.hpp"
#include "events/sample_event.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;

std::set<std::string> keys_of(const json::object& object) {
    std::set<std::string> keys;
    for (const auto& each : object)
        keys.emplace(each.key());
    return keys;
}

TEST(CloudEventsFormTest, WrapsTheCanvasForm) {
    const auto event = sample_event();
    const auto shown = events::find_form("cloudevents")->show(event);
    ASSERT_TRUE(shown);
    EXPECT_EQ(shown->name, "submission_created");
    const auto& it = shown->payload;
    EXPECT_EQ(keys_of(it),
              (std::set<std::string>{"specversion", "id", "source", "type", "subject", "time",
                                     "datacontenttype", "partitionkey", "data"}));
    EXPECT_EQ(it.at("specversion"), "1.0");
    EXPECT_EQ(it.at("id"), event.id.str().c_str());
    EXPECT_EQ(it.at("source"), ("urn:handin:account:" + event.account_id.str()).c_str());
    EXPECT_EQ(it.at("type"), "handin.submission_created");
    EXPECT_EQ(it.at("subject"), event.submission_id.str().c_str());
    EXPECT_EQ(it.at("partitionkey"), it.at("subject"));
    EXPECT_EQ(it.at("time"), iso_millis(event.at).c_str());
    EXPECT_EQ(it.at("datacontenttype"), "application/json");
    EXPECT_EQ(it.at("data"), events::find_form("canvas")->show(event)->payload);
    EXPECT_EQ(events::find_form("cloudevents")->content_type(), "application/cloudevents+json");
}

// What Canvas has no words for, has none here.
TEST(CloudEventsFormTest, PassesOverWhatCanvasDoes) {
    auto event = sample_event();
    event.kind = domain::Event::Kind::submission_reclaimed;
    EXPECT_FALSE(events::find_form("cloudevents")->show(event));
}

TEST(CloudEventsFormTest, ASampleIsAnEventToo) {
    const auto sample = events::find_form("cloudevents")->sample(kNow);
    for (const auto* required : {"specversion", "id", "source", "type"})
        EXPECT_FALSE(sample.at(required).as_string().empty());
    EXPECT_FALSE(sample.contains("subject"));
}

}  // namespace
}  // namespace handin::test
