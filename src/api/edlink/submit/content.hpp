// What the body of a submit holds, as JSON (edlink.md 5) or as a form (docs/edlink.md).
#pragma once

#include <deque>
#include <expected>
#include <string>
#include <vector>

#include "api/edlink/body/submit_body.hpp"
#include "api/edlink/reply.hpp"
#include "base/task.hpp"
#include "http/request.hpp"
#include "service/intake.hpp"

namespace handin::edlink {

// Attachment i is fields[i], and its bytes are staged in attachments[i].
struct SubmitContent {
    std::vector<AttachmentFields> fields;
    std::deque<service::IncomingAttachment> attachments;
    bool has_list = false;                // tells a missing list from an empty one
    std::vector<std::string> unexpected;  // fields that mean nothing here
    std::vector<Notice> errors;           // that did not keep the rest from being read
};

// Reads the body to its end, or to the first problem that ends it. Throws service::Overloaded if
// the disk does not take the bytes, and what http::Body::read() throws.
task<std::expected<SubmitContent, Failure>> read_submit(http::Request request,
                                                        service::Intake* intake);

// Everything that is wrong with the attachments; what is right goes from the fields into the
// attachments, and what is odd into the warnings.
std::vector<Notice> classify(SubmitContent& content, std::vector<Notice>& warnings);

}  // namespace handin::edlink
