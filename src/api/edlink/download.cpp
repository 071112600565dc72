// Files on their way out (edlink.md 4.1, rows 18 and 19).
#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/file_source.hpp"
#include "base/encoding.hpp"
#include "blob/media_type.hpp"

namespace handin::edlink {
namespace {

// Students' files are never shown by our origin: always saved, never run.
void add_headers(http::Response& response, const domain::Attachment& file) {
    response.headers.emplace_back("Content-Disposition", blob::download_disposition(file.title));
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
    response.headers.emplace_back("Cache-Control", "private, no-cache");
    response.headers.emplace_back("ETag", '"' + hex(file.bytes.sha256) + '"');
}

task<http::Response> sent(service::Download file) {
    http::Response response;
    add_headers(response, file.attachment);
    const auto& title = file.attachment.title;
    if (file.attachment.bytes.in_row) {
        response.content_type = blob::sniff_media_type(file.row_bytes, title);
        response.body = std::move(file.row_bytes);
        co_return response;
    }
    const auto first = co_await file.reader->next();
    response.content_type = blob::sniff_media_type(first, title);
    response.source_length = file.attachment.bytes.size;
    response.source = std::make_unique<api::FileSource>(std::move(file.reader), first);
    co_return response;
}

}  // namespace

task<http::Response> Edlink::download(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto file_id = id_in(*call, "file_id");
    if (!file_id) co_return failure(*call, file_id.error());
    std::optional<Uuid> assignment_id;
    std::optional<Uuid> submission_id;
    if (!call->request.parameter("assignment_id").empty()) {
        const auto assignment = id_in(*call, "assignment_id");
        if (!assignment) co_return failure(*call, assignment.error());
        const auto submission = id_in(*call, "submission_id");
        if (!submission) co_return failure(*call, submission.error());
        assignment_id = *assignment;
        submission_id = *submission;
    }
    auto file = co_await services_.coursework.file(call->actor, *class_id, assignment_id,
                                                   submission_id, *file_id);
    if (!file) co_return failure(*call, fail(call->request, domain::Refusals{file.error()}));

    co_return co_await sent(std::move(*file));
}

// What was uploaded, or what a student has handed in (edlink.md 4.2).
task<http::Response> Edlink::download_file(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto file_id = id_in(*call, "file_id");
    if (!file_id) co_return failure(*call, file_id.error());
    const auto klass = co_await services_.coursework.klass(call->actor, *class_id);
    if (!klass) co_return failure(*call, fail(call->request, {klass.error()}));
    auto uploaded = co_await services_.uploads.open(call->actor, *file_id);
    if (!uploaded) co_return co_await download(call);
    co_return co_await sent(std::move(*uploaded));
}

}  // namespace handin::edlink
