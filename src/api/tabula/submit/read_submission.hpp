// The body of a submission: JSON, or a form with a part of JSON and files, which are staged as they
// arrive (tabula.md 3.3).
#pragma once

#include <deque>
#include <expected>

#include "api/tabula/reply.hpp"
#include "api/tabula/submit/submission_body.hpp"
#include "service/intake.hpp"

namespace handin::tabula {

struct SubmissionContent {
    SubmissionBody body;
    std::deque<service::IncomingAttachment> files;  // sent along, with sanitised names
};

// `intake` outlives the call. With `discard` files are read and dropped, and not beyond the JSON:
// only what is wrong with that is wanted. The error is the answer. Throws what Body::read() and
// IncomingAttachment::write() throw.
task<std::expected<SubmissionContent, http::Response>> read_submission(http::Request request,
                                                                       service::Intake* intake,
                                                                       bool discard);

// Whether the body is of a kind that is read at all; else the answer.
std::expected<void, http::Response> check_media_type(const http::Request& request);

}  // namespace handin::tabula
