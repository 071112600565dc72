// A submission_created with a value of its own in every field.
#pragma once

#include "domain/event.hpp"
#include "support/school.hpp"

namespace handin::test {

inline domain::Event sample_event() {
    domain::Event event;
    event.id = id_of("event");
    event.kind = domain::Event::Kind::submission_created;
    event.at = kNow + std::chrono::microseconds(1'234'567);
    event.account_id = id_of("account");
    event.shard = 2107;
    event.account_number = 1;
    event.account_token = "VicYj3cu5BIFpoZhDVU4DZumnlBrWi1grgJEzADs";
    event.account_lti_guid = "VicYj3cu5BIFpoZhDVU4DZumnlBrWi1grgJEzADs.school.example";
    event.origin = domain::Origin::edlink;
    event.request = {.request_id = "1dd9dc6f-2fb0-4c19-a6c5-7ee1bf3ed295",
                     .session_id = "ef686f8ed684abf78cbfa1f6a58112b5",
                     .hostname = "school.example",
                     .http_method = "POST",
                     .url = "https://school.example/api/v2/submit?a=b",
                     .referrer = "https://school.example/before",
                     .user_agent = "essay-app/1.0",
                     .client_ip = "192.0.2.7"};
    event.actor = domain::ActorFacts{.number = 14,
                                     .login = "inewton",
                                     .sis_id = "456-T45",
                                     .time_zone = "America/Denver",
                                     .role = domain::Role::student};
    event.integration_number = 396;
    event.class_id = id_of("class");
    event.class_number = 565;
    event.class_sis_id = "2017.100.101.101-1";
    event.assignment_id = *Uuid::parse("a1b2c3c4-0000-4000-8000-a9b8c7d6e5f4");
    event.assignment_number = 1234;
    event.submission_id = id_of("submission");
    event.submission_version = 12;
    event.person_id = id_of("person");
    event.person_number = 14012;
    event.person_lti_id = "a1b2c3c4a1b2c3c4a1b2c3c4a1b2c3c4a1b2c3c4";
    event.before.updated_at = kNow - std::chrono::hours(1);
    event.after = {.attempts = 12,
                   .reclaimed = false,
                   .submitted_at = kNow - std::chrono::milliseconds(1),
                   .updated_at = event.at,
                   .late = true,
                   .missing = false,
                   .kind = domain::AttachmentKind::text,
                   .text = "Test \"Submission\" Data, línea",
                   .url = "https://test.submission.net"};
    return event;
}

}  // namespace handin::test
