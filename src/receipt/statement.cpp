#include "receipt/statement.hpp"

#include <utility>

#include "base/encoding.hpp"
#include "base/json_writer.hpp"

namespace handin::receipt {
namespace {

using domain::AttachmentKind;

void append(std::string& out, const domain::Attachment& attachment) {
    ObjectWriter object(out);
    object.plain("kind", kind_name(attachment.kind));
    if (attachment.kind == AttachmentKind::link) {
        object.text("title", attachment.title);
        object.text("url", attachment.url);
    } else {
        object.plain("sha256", hex(attachment.bytes.sha256));
        object.number("size", attachment.bytes.size);
        object.text("title", attachment.title);
    }
    object.end();
}

}  // namespace

std::string_view kind_name(AttachmentKind kind) {
    switch (kind) {
        case AttachmentKind::file:
            return "file";
        case AttachmentKind::link:
            return "link";
        case AttachmentKind::text:
            return "text";
    }
    return "";
}

void append_statement(std::string& out, const Subject& subject, const domain::Attempt& attempt) {
    ObjectWriter object(out);
    object.plain("account_id", subject.account_id.str());
    if (attempt.actor_id)
        object.plain("actor_id", attempt.actor_id->str());
    else
        object.json("actor_id", "null");
    object.plain("assignment_id", subject.assignment_id.str());
    object.begin("attachments");
    char separator = '[';
    for (const auto& attachment : attempt.attachments) {
        out += std::exchange(separator, ',');
        append(out, attachment);
    }
    out += attempt.attachments.empty() ? "[]" : "]";
    object.number("attempt", attempt.number);
    object.plain("attempt_id", attempt.id.str());
    object.plain("class_id", subject.class_id.str());
    object.plain("committed_at", iso_micros(attempt.committed_at));
    object.plain("person_id", subject.person_id.str());
    object.plain("received_at", iso_micros(attempt.received_at));
    object.plain("submission_id", attempt.submission_id.str());
    object.plain("submitted_at", iso_micros(attempt.submitted_at));
    object.end();
}

std::string statement(const Subject& subject, const domain::Attempt& attempt) {
    std::string out;
    append_statement(out, subject, attempt);
    return out;
}

std::string leaf_entry(const domain::Salt& salt, const Subject& subject,
                       const domain::Attempt& attempt) {
    constexpr std::size_t usual_bytes = 1024;
    std::string out;
    out.reserve(usual_bytes);
    out.append(reinterpret_cast<const char*>(salt.data()), salt.size());
    append_statement(out, subject, attempt);
    return out;
}

}  // namespace handin::receipt
