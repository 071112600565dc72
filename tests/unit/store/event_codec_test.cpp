// Events as the outbox keeps them.
#include "store/event_codec.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/encoding.hpp"
#include "store/event_samples.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;
using domain::Event;
using store::decode_event;
using store::encode;

RC_GTEST_PROP(EventCodec, RoundTrips, ()) {
    Event event;
    fill(event);
    RC_ASSERT(static_cast<bool>(same(decode_event(encode(event)), event)));
}

TEST(EventCodec, RoundTripsNothingAndEverything) {
    EXPECT_TRUE(same(decode_event(encode(Event{})), Event{}));
    EXPECT_TRUE(same(decode_event(encode(full_event())), full_event()));
    EXPECT_TRUE(same(decode_event(encode(graded_event())), graded_event()));
    EXPECT_TRUE(same(decode_event(encode(assignment_event())), assignment_event()));
}

TEST(EventCodec, RoundTripsALongText) {
    Event event;
    event.after.text.emplace();
    for (int i = 0; i < 8193; ++i)
        *event.after.text += "𝄞";
    EXPECT_TRUE(same(decode_event(encode(event)), event));
}

// Version 1, frozen: outboxes are full of lines like these. A field may be added, if lines without
// it can still be read; none may change its name or meaning.
TEST(EventCodec, StaysReadable) {
    EXPECT_TRUE(same(decode_event(kFullEvent), full_event()));
    EXPECT_TRUE(same(decode_event(kBareEvent), bare_event()));
}

TEST(EventCodec, WritesVersionOne) {
    EXPECT_EQ(encode(full_event()), kFullEvent);
    EXPECT_EQ(encode(bare_event()), kBareEvent);
}

// So that a binary that does not know the kind stops at it.
TEST(EventCodec, WritesVersionTwoForItsKinds) {
    EXPECT_EQ(encode(graded_event()), frozen_graded_event());
    EXPECT_TRUE(same(decode_event(frozen_graded_event()), graded_event()));
}

TEST(EventCodec, WritesVersionThreeForItsKinds) {
    EXPECT_EQ(encode(assignment_event()), frozen_assignment_event());
    EXPECT_TRUE(same(decode_event(frozen_assignment_event()), assignment_event()));
}

// Headers may hold any bytes, but nothing that cannot be read back may enter the outbox.
TEST(EventCodec, MakesStringsWellFormed) {
    const struct {
        std::string written, read;
    } cases[] = {{"J\xfcrgen's app", "J\uFFFDrgen's app"},
                 {"\xe2\x82", "\uFFFD\uFFFD"},
                 {"cut \xf0\x9d", "cut \uFFFD\uFFFD"},
                 {"\xed\xa0\x80", "\uFFFD\uFFFD\uFFFD"},  // a surrogate
                 {"\xc0\x80", "\uFFFD\uFFFD"},
                 {"€ stays \xff", "€ stays \uFFFD"}};
    for (const auto& [written, read] : cases) {
        Event event;
        event.request = {written, written, written, written, written, written, written, written};
        event.actor.emplace(1, written, written, written);
        event.after.text = event.after.url = written;
        event.class_sis_id = written;
        event.person_lti_id = written;
        const auto back = decode_event(encode(event));
        EXPECT_EQ(back.request.user_agent, read);
        EXPECT_EQ(back.request.referrer, read);
        EXPECT_EQ(back.request.url, read);
        EXPECT_EQ(back.request.hostname, read);
        EXPECT_EQ(back.actor->login, read);
        EXPECT_EQ(back.after.text, read);
        EXPECT_EQ(back.after.url, read);
        EXPECT_EQ(back.class_sis_id, read);
        EXPECT_EQ(back.person_lti_id, read);
    }
}

TEST(EventCodec, RefusesWhatNoVersionHasWritten) {
    const auto altered = [](auto change) {
        auto object = json::parse(kFullEvent).as_object();
        change(object);
        return json::serialize(object);
    };
    using Object = json::object;
    const std::pair<const char*, std::string> cases[] = {
        {"nothing", ""},
        {"no JSON", "submission_created"},
        {"cut short", std::string(kFullEvent.substr(0, kFullEvent.size() - 1))},
        {"no object", "[]"},
        {"empty", "{}"},
        {"newer", altered([](Object& o) { o["v"] = 4; })},
        {"no version", altered([](Object& o) { o.erase("v"); })},
        {"damaged id", altered([](Object& o) { o["submission_id"] = "123"; })},
        {"id of another type", altered([](Object& o) { o["submission_id"] = 123; })},
        {"no time", altered([](Object& o) { o.erase("at"); })},
        {"time as text", altered([](Object& o) { o["at"] = "now"; })},
        {"score as number", altered([](Object& o) { o["after"].as_object()["score"] = 1; })},
        {"no score", altered([](Object& o) { o["after"].as_object()["score"] = "1x"; })},
        {"no request", altered([](Object& o) { o.erase("request"); })},
        {"no after", altered([](Object& o) { o.erase("after"); })},
        {"flag as number", altered([](Object& o) { o["after"].as_object()["late"] = 1; })},
        {"part of an actor", altered([](Object& o) { o["actor"].as_object().erase("login"); })},
    };
    for (const auto& [name, text] : cases)
        EXPECT_THROW((void)decode_event(text), std::runtime_error) << name;
}

TEST(EventCodec, PassesOverWhatALaterVersionAdded) {
    auto object = json::parse(kFullEvent).as_object();
    object["added"] = json::object{{"later", true}};
    EXPECT_TRUE(same(decode_event(json::serialize(object)), full_event()));
}

}  // namespace
}  // namespace handin::test
