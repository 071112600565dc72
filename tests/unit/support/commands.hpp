// Commands as the dialects make them, with attachments of every kind.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "domain/command.hpp"
#include "support/school.hpp"

namespace handin::test {

using Attachments = std::vector<domain::NewAttachment>;

inline domain::NewAttachment with_bytes(domain::AttachmentKind kind, std::string bytes) {
    FileHash hash;
    hash.update(as_bytes(bytes));
    const auto digests = hash.finish();
    domain::NewAttachment made;
    made.attachment.id = uuid_v7(kNow);
    made.attachment.kind = kind;
    made.attachment.title = "a title";
    made.attachment.bytes = {.storage_id = uuid_v7(kNow),
                             .size = bytes.size(),
                             .sha256 = digests.sha256,
                             .sha1 = digests.sha1};
    made.row_bytes = std::move(bytes);
    return made;
}

inline domain::NewAttachment a_file(std::string bytes = "hello\n") {
    return with_bytes(domain::AttachmentKind::file, std::move(bytes));
}

inline domain::NewAttachment a_text(const std::string& text = "an essay") {
    auto made = with_bytes(domain::AttachmentKind::text, text);
    made.text_start = text;
    return made;
}

inline domain::NewAttachment a_link(std::string url = "https://example.org/work") {
    domain::NewAttachment made;
    made.attachment.id = uuid_v7(kNow);
    made.attachment.kind = domain::AttachmentKind::link;
    made.attachment.url = std::move(url);
    return made;
}

inline Attachments list(domain::NewAttachment one) {
    Attachments attachments;
    attachments.push_back(std::move(one));
    return attachments;
}

template <class... More>
Attachments list(domain::NewAttachment one, More... more) {
    auto attachments = list(std::move(one));
    (attachments.push_back(std::move(more)), ...);
    return attachments;
}

inline domain::ReplayKey key_of(std::string_view name) {
    domain::ReplayKey key{};
    const auto id = id_of(name);
    std::copy_n(id.bytes.begin(), key.size(), key.begin());
    return key;
}

inline domain::RequestFacts request_facts() {
    return {.request_id = "9a1c0f0e-6c9d-4d65-9d6c-1d0a4a2f7f11",
            .session_id = "5e55",
            .hostname = "handin.test",
            .http_method = "POST",
            .url = "http://handin.test/submit",
            .referrer = "",
            .user_agent = "test/1",
            .client_ip = "192.0.2.7"};
}

// One's own work for the school's first assignment.
inline domain::Submit submit_of(const School& school, const Uuid& person,
                                Attachments attachments = list(a_file())) {
    return {.actor = school.actor(person),
            .origin = domain::Origin::edlink,
            .class_id = school.class_id,
            .assignment_id = school.assignment_id,
            .person_id = person,
            .attempt_id = uuid_v7(kNow),
            .event_id = uuid_v7(kNow),
            .attachments = std::move(attachments),
            .received_at = kNow,
            .submitted_at = {},
            .replay_key = {},
            .request = request_facts()};
}

inline domain::Reclaim reclaim_of(const School& school, const Uuid& person) {
    return {.actor = school.actor(person),
            .origin = domain::Origin::edlink,
            .class_id = school.class_id,
            .assignment_id = school.assignment_id,
            .person_id = person,
            .event_id = uuid_v7(kNow),
            .received_at = kNow,
            .replay_key = {},
            .request = request_facts()};
}

// By the teacher; says nothing yet.
inline domain::MarkSubmission mark_of(const School& school, const Uuid& person) {
    return {.actor = school.actor(school.teacher),
            .origin = domain::Origin::edlink,
            .class_id = school.class_id,
            .assignment_id = school.assignment_id,
            .person_id = person,
            .event_id = uuid_v7(kNow),
            .received_at = kNow,
            .replay_key = {},
            .request = request_facts()};
}

inline domain::CommentOnSubmission comment_of(const School& school, const Uuid& author,
                                              const Uuid& person, std::string text) {
    return {.actor = school.actor(author),
            .origin = domain::Origin::canvas,
            .class_id = school.class_id,
            .assignment_id = school.assignment_id,
            .person_id = person,
            .event_id = uuid_v7(kNow),
            .received_at = kNow,
            .replay_key = {},
            .request = request_facts(),
            .comment = {.id = uuid_v7(kNow), .text = std::move(text)}};
}

}  // namespace handin::test
