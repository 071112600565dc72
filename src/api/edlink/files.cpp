// Files that a program sends before it hands them in for somebody (edlink.md 4.2).
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "api/edlink/body/submit_body.hpp"
#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"

namespace handin::edlink {
namespace {

// The body is that of one attachment, so it is read as the only one of a submit.
constexpr std::string_view kBefore = R"({"attachments":[)", kAfter = "]}";
constexpr std::string_view kItsPath = "attachments[0]";

std::string told(const Problem& problem) {
    std::string field = problem.field;
    if (field.starts_with(kItsPath)) field.erase(0, kItsPath.size());
    if (field.starts_with('.')) field.erase(0, 1);
    return field.empty() ? problem.message : field + ": " + problem.message;
}

json::object shown(const domain::Upload& upload, const Call& call, const Uuid& class_id) {
    const auto id = upload.id.str();
    return {{"type", "file"},
            {"id", id},
            {"created_date", iso_seconds(upload.created_at)},
            {"updated_date", iso_seconds(upload.created_at)},
            {"title", upload.filename},
            {"size", upload.received},
            {"url", call.request.base_url() + "/api/v2/graph/classes/" + class_id.str() +
                        "/files/" + id + "/download"},
            {"share_mode", "view"},
            {"identifiers", json::array()},
            {"rule_ids", json::array()},
            {"references", json::object()}};
}

class FileBody {
 public:
    explicit FileBody(service::Uploads& uploads) : uploads_(uploads), bytes(uploads.incoming()) {}

    task<void> read(http::Body* body) {
        co_await feed(kBefore);
        while (!parser_.problem()) {
            const auto chunk = co_await body->read();
            if (chunk.empty()) break;
            co_await feed(chunk);
        }
        if (!parser_.problem()) co_await feed(kAfter);
        if (!parser_.problem()) parser_.finish();
    }

    // What is wrong with it; what is odd goes into the warnings.
    std::vector<Notice> problems(std::vector<Notice>& warnings) const {
        if (const auto& problem = parser_.problem())
            return {{"INVALID_REQUEST_BODY", told(*problem)}};
        if (parser_.attachments().size() != 1)
            return {{"INVALID_REQUEST_BODY", "The body must be one JSON object."}};
        const auto& fields = parser_.attachments().front();
        std::vector<Notice> errors;
        if (!fields.title || fields.title->empty())
            errors.push_back({"MISSING_REQUIRED_FIELD", "title: this field is required."});
        if (!fields.has_data)
            errors.push_back({"MISSING_REQUIRED_FIELD", "data: this field is required."});
        if (fields.title && fields.title->find('\0') != std::string::npos)
            errors.push_back(
                {"INVALID_REQUEST_BODY", "title: a file name cannot hold a NUL character."});
        if (fields.size && *fields.size != static_cast<std::int64_t>(fields.data_bytes))
            warnings.push_back(
                {"FILE_SIZE_IGNORED", "size is not the number of bytes in data; it is ignored."});
        for (const auto& field : parser_.unexpected_fields())
            warnings.push_back({"FOUND_UNEXPECTED_FIELD", field + " is ignored."});
        return errors;
    }

    const AttachmentFields& fields() const { return parser_.attachments().front(); }

 private:
    task<void> feed(std::string_view chunk) {
        for (const auto& piece : parser_.feed(chunk))
            if (piece.of == Piece::Of::data) co_await uploads_.write(&bytes, piece.bytes);
    }

    service::Uploads& uploads_;
    SubmitBodyParser parser_{SubmitBodyOptions{}};

 public:
    service::IncomingUpload bytes;
};

}  // namespace

task<http::Response> Edlink::upload_file(Call* call) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    const auto klass = co_await services_.coursework.klass(call->actor, *class_id);
    if (!klass) co_return failure(*call, fail(call->request, {klass.error()}));
    const auto admission = co_await services_.uploads.admit(call->actor, std::nullopt);
    if (!admission) co_return failure(*call, fail(call->request, admission.error()));
    FileBody body(services_.uploads);
    co_await body.read(&call->request.body());
    auto errors = body.problems(call->warnings);
    if (!errors.empty()) co_return failure(*call, {.status = 400, .errors = std::move(errors)});
    std::vector<service::Uploads::Arrived> files;
    files.push_back(co_await services_.uploads.finish(
        {.length = body.bytes.size, .filename = *body.fields().title}, std::move(body.bytes)));
    const auto kept = co_await services_.uploads.keep(call->actor, std::move(files));
    if (!kept) co_return failure(*call, fail(call->request, kept.error()));
    co_return success(*call, shown(kept->front(), *call, *class_id));
}

}  // namespace handin::edlink
