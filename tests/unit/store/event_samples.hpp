// Events to try the codec on: two that are frozen with their encoding, and arbitrary ones.
#pragma once

#include <rapidcheck.h>

#include <boost/pfr.hpp>
#include <string>
#include <string_view>
#include <type_traits>

#include "domain/event.hpp"
#include "support/same.hpp"
#include "support/school.hpp"

namespace handin::test {

inline domain::Event bare_event() {
    domain::Event event;
    event.id = *Uuid::parse("01000000-0000-7000-8000-000000000001");
    event.kind = domain::Event::Kind::submission_reclaimed;
    event.at = from_micros(1'740'992'400'000'001);
    return event;
}

inline domain::Event full_event() {
    domain::Event event;
    event.id = *Uuid::parse("01000000-0000-7000-8000-000000000002");
    event.kind = domain::Event::Kind::submission_created;
    event.at = from_micros(1'740'992'400'123'456);
    event.account_id = *Uuid::parse("01000000-0000-7000-8000-000000000003");
    event.shard = 2107;
    event.account_number = 4;
    event.account_token = "token";
    event.account_lti_guid = "guid";
    event.origin = domain::Origin::canvas;
    event.request = {.request_id = "request",
                     .session_id = "session",
                     .hostname = "host",
                     .http_method = "POST",
                     .url = "http://host/path?a=\"b\"",
                     .referrer = "referrer",
                     .user_agent = "agent",
                     .client_ip = "192.0.2.1"};
    event.actor = domain::ActorFacts{.number = 5,
                                     .login = "login",
                                     .sis_id = "sis",
                                     .time_zone = "Europe/London",
                                     .role = domain::Role::ta};
    event.integration_number = 6;
    event.class_id = *Uuid::parse("01000000-0000-7000-8000-000000000007");
    event.class_number = 8;
    event.class_sis_id = "class";
    event.assignment_id = *Uuid::parse("01000000-0000-7000-8000-000000000009");
    event.assignment_number = 10;
    event.submission_id = *Uuid::parse("01000000-0000-7000-8000-00000000000b");
    event.submission_version = 12;
    event.person_id = *Uuid::parse("01000000-0000-7000-8000-00000000000d");
    event.person_number = 14;
    event.person_lti_id = "lti";
    event.before = {.attempts = 1,
                    .reclaimed = true,
                    .submitted_at = from_micros(15),
                    .updated_at = from_micros(16),
                    .late = false,
                    .missing = true,
                    .kind = {},
                    .text = {},
                    .url = {}};
    event.after = {.attempts = 2,
                   .reclaimed = false,
                   .submitted_at = from_micros(17),
                   .updated_at = from_micros(18),
                   .late = true,
                   .missing = false,
                   .kind = domain::AttachmentKind::text,
                   .text = "línea\n\"uno\"",
                   .url = "http://u"};
    return event;
}

inline domain::Event graded_event() {
    auto event = full_event();
    event.kind = domain::Event::Kind::grade_changed;
    event.group_number = 19;
    event.before.score = 0.1;
    event.after.graded = true;
    event.after.grading_complete = true;
    event.after.excused = true;
    event.after.score = 85.25;
    event.after.grade = "B+";
    event.after.graded_at = from_micros(20);
    event.after.grader_number = 21;
    event.after.posted_at = from_micros(22);
    event.grade = domain::GradeFacts{
        .assignment_title = "title", .points_possible = 100, .person_sis_id = "person"};
    event.comment = domain::CommentFacts{
        .number = 23, .author_number = 24, .created_at = from_micros(25), .text = "well done"};
    return event;
}

inline domain::Event assignment_event() {
    auto event = bare_event();
    event.kind = domain::Event::Kind::assignment_updated;
    event.assignment = domain::AssignmentFacts{.title = "title",
                                               .description = "<p>",
                                               .open_at = from_micros(1),
                                               .due_at = from_micros(2),
                                               .close_at = from_micros(3),
                                               .points_possible = 4.5,
                                               .kinds = 5,
                                               .anonymous = true,
                                               .published = false,
                                               .deleted = true,
                                               .updated_at = from_micros(6)};
    return event;
}

inline constexpr std::string_view kBareEvent =
    R"({"v":1,"id":"01000000-0000-7000-8000-000000000001","kind":1,)"
    R"("at":1740992400000001,"account_id":"00000000-0000-0000-0000-000000000000",)"
    R"("shard":1,"account_number":1,"account_token":"","account_lti_guid":"",)"
    R"("origin":0,"request":{"id":"","session":"","host":"","method":"","url":"",)"
    R"("referrer":"","agent":"","ip":""},)"
    R"("class_id":"00000000-0000-0000-0000-000000000000","class_number":0,)"
    R"("class_sis_id":"","assignment_id":"00000000-0000-0000-0000-000000000000",)"
    R"("assignment_number":0,"submission_id":"00000000-0000-0000-0000-000000000000",)"
    R"("submission_version":0,"person_id":"00000000-0000-0000-0000-000000000000",)"
    R"("person_number":0,"person_lti_id":"","before":{"attempts":0,"reclaimed":false,)"
    R"("updated_at":0,"late":false,"missing":false},"after":{"attempts":0,)"
    R"("reclaimed":false,"updated_at":0,"late":false,"missing":false}})";
inline constexpr std::string_view kFullEvent =
    R"({"v":1,"id":"01000000-0000-7000-8000-000000000002","kind":0,)"
    R"("at":1740992400123456,"account_id":"01000000-0000-7000-8000-000000000003",)"
    R"("shard":2107,"account_number":4,"account_token":"token",)"
    R"("account_lti_guid":"guid","origin":3,"request":{"id":"request",)"
    R"("session":"session","host":"host","method":"POST",)"
    R"("url":"http://host/path?a=\"b\"","referrer":"referrer","agent":"agent",)"
    R"("ip":"192.0.2.1"},"actor":{"number":5,"login":"login","sis_id":"sis",)"
    R"("time_zone":"Europe/London","role":2},"integration_number":6,)"
    R"("class_id":"01000000-0000-7000-8000-000000000007","class_number":8,)"
    R"("class_sis_id":"class","assignment_id":"01000000-0000-7000-8000-000000000009",)"
    R"("assignment_number":10,"submission_id":"01000000-0000-7000-8000-00000000000b",)"
    R"("submission_version":12,"person_id":"01000000-0000-7000-8000-00000000000d",)"
    R"("person_number":14,"person_lti_id":"lti","before":{"attempts":1,)"
    R"("reclaimed":true,"submitted_at":15,"updated_at":16,"late":false,"missing":true},)"
    R"("after":{"attempts":2,"reclaimed":false,"submitted_at":17,"updated_at":18,)"
    R"("late":true,"missing":false,"kind":2,"text":"línea\n\"uno\"","url":"http://u"}})";

// What version 2 adds to kFullEvent, from where it begins.
inline constexpr std::string_view kGradedEventEnd =
    R"("person_lti_id":"lti","group_number":19,"before":{"attempts":1,)"
    R"("reclaimed":true,"submitted_at":15,"updated_at":16,"late":false,"missing":true,)"
    R"("score":"0.1"},"after":{"attempts":2,"reclaimed":false,"submitted_at":17,)"
    R"("updated_at":18,"late":true,"missing":false,"kind":2,"text":"línea\n\"uno\"",)"
    R"("url":"http://u","graded":true,"grading_complete":true,"excused":true,)"
    R"("score":"85.25","grade":"B+","graded_at":20,"grader_number":21,"posted_at":22},)"
    R"("grade":{"assignment_title":"title","points_possible":"100",)"
    R"("person_sis_id":"person"},"comment":{"number":23,"author_number":24,)"
    R"("created_at":25,"text":"well done"}})";

inline std::string frozen_graded_event() {
    std::string text(kFullEvent.substr(0, kFullEvent.find(R"("person_lti_id")")));
    text.replace(text.find(R"("v":1)"), 5, R"("v":2)");
    text.replace(text.find(R"("kind":0)"), 8, R"("kind":3)");
    return text + std::string(kGradedEventEnd);
}

inline std::string frozen_assignment_event() {
    std::string text(kBareEvent.substr(0, kBareEvent.size() - 1));
    text.replace(text.find(R"("v":1)"), 5, R"("v":3)");
    text.replace(text.find(R"("kind":1)"), 8, R"("kind":8)");
    return text + R"(,"assignment":{"title":"title","description":"<p>","open_at":1,"due_at":2,)"
                  R"("close_at":3,"points_possible":"4.5","kinds":5,"anonymous":true,)"
                  R"("published":false,"deleted":true,"updated_at":6}})";
}

// Text as nobody would write it: quotes, NUL, control characters, code points of every length.
inline std::string arbitrary_text() {
    static const char* const kPieces[] = {"a", "\"", "\\", "\n", "\t",     "\x01",   "\x7f", "é",
                                          "€", "𝄞",  "/",  "<",  "\u2028", "\uFEFF", "'",    " "};
    std::string text;
    for (const auto piece : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-1, 16)))
        text += piece < 0 ? std::string(1, '\0') : kPieces[piece];
    return text;
}

template <class Enum>
inline constexpr int kValues = 0;  // how many there are
template <>
inline constexpr int kValues<domain::Event::Kind> = 9;
template <>
inline constexpr int kValues<domain::Origin> = 5;
template <>
inline constexpr int kValues<domain::Role> = 12;
template <>
inline constexpr int kValues<domain::AttachmentKind> = 3;

// Fills any plain value, field by field, so also fields that are added one day.
template <class T>
void fill(T& value) {
    if constexpr (std::is_same_v<T, std::string>) {
        value = arbitrary_text();
    } else if constexpr (detail::is_optional<T>) {
        value.reset();
        if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
    } else if constexpr (std::is_same_v<T, Time>) {
        value = from_micros(*rc::gen::arbitrary<std::int64_t>());
    } else if constexpr (std::is_same_v<T, Uuid>) {
        value.bytes = *rc::gen::arbitrary<std::array<std::uint8_t, 16>>();
    } else if constexpr (std::is_enum_v<T>) {
        static_assert(kValues<T> > 0, "say how many values it has");
        value = static_cast<T>(*rc::gen::inRange(0, kValues<T>));
    } else if constexpr (std::is_arithmetic_v<T>) {
        value = *rc::gen::arbitrary<T>();
    } else {
        boost::pfr::for_each_field(value, [](auto& field) { fill(field); });
    }
}

}  // namespace handin::test
