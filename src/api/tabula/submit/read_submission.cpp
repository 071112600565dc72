#include "api/tabula/submit/read_submission.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "api/tabula/render.hpp"
#include "domain/file_name.hpp"
#include "domain/file_rules.hpp"
#include "http/header_value.hpp"
#include "http/multipart.hpp"

namespace handin::tabula {
namespace {

using Read = std::expected<SubmissionContent, http::Response>;

std::unexpected<http::Response> bad(std::string_view message) {
    return std::unexpected(failure(400, message));
}

bool is_json(std::string_view content_type) {
    const auto value = http::parse_header_value(content_type);
    return value && value->value == "application/json";
}

class Form {
 public:
    Form(http::MultipartReader reader, service::Intake& intake, bool discard)
        : reader_(std::move(reader)), intake_(intake), discard_(discard) {}

    task<Read> read();

 private:
    using Refused = std::optional<http::Response>;

    task<Refused> take(const http::PartHead* part);
    task<Refused> take_json();
    task<Refused> take_file(std::string filename);

    http::MultipartReader reader_;
    service::Intake& intake_;
    bool discard_;
    bool has_json_ = false;
    SubmissionContent content_;
};

task<Read> Form::read() {
    while (!(discard_ && has_json_)) {
        const auto part = co_await reader_.next_part();
        if (!part) co_return bad(part.error().message + ".");
        if (*part == nullptr) break;
        if (auto refused = co_await take(*part)) co_return std::unexpected(std::move(*refused));
    }
    if (!has_json_) co_return bad("The form has no part 'submission'.");
    co_return std::move(content_);
}

task<Form::Refused> Form::take(const http::PartHead* part) {
    if (part->name == "submission") co_return co_await take_json();
    // Without a filename it is no file (tabula.md 3.3).
    if (part->name == "attachments" && part->filename && !discard_)
        co_return co_await take_file(*part->filename);
    co_return std::nullopt;  // what is left of it is skipped
}

task<Form::Refused> Form::take_json() {
    if (has_json_) co_return failure(400, "The form has more than one part 'submission'.");
    std::string text;
    for (;;) {
        const auto bytes = co_await reader_.read();
        if (!bytes) co_return failure(400, bytes.error().message + ".");
        if (bytes->empty()) break;
        text += *bytes;
        if (text.size() > kLongestSubmissionBody)
            co_return failure(413, "The part 'submission' is too long.");
    }
    auto body = parse_submission(text);
    if (!body) co_return failure(400, body.error());
    content_.body = std::move(*body);
    has_json_ = true;
    co_return std::nullopt;
}

task<Form::Refused> Form::take_file(std::string filename) {
    if (content_.files.size() == kMostFiles)
        co_return failure(400, "A submission has at most 100 files.");
    auto& file = content_.files.emplace_back(intake_.incoming());
    std::uint64_t size = 0;
    for (;;) {
        const auto bytes = co_await reader_.read();
        if (!bytes) co_return failure(400, bytes.error().message + ".");
        if (bytes->empty()) break;
        co_await file.write(*bytes);
        size += bytes->size();
    }
    if (domain::is_litter(filename, size))
        content_.files.pop_back();
    else
        file.title = domain::sanitised_name(filename);
    co_return std::nullopt;
}

task<Read> read_json(http::Request request) {
    const auto text = co_await http::read_all(request, kLongestSubmissionBody);
    if (!text) co_return std::unexpected(failure(413, "The body is too long."));
    auto body = parse_submission(*text);
    if (!body) co_return bad(body.error());
    co_return SubmissionContent{std::move(*body), {}};
}

}  // namespace

std::expected<void, http::Response> check_media_type(const http::Request& request) {
    const auto type = request.header("Content-Type");
    if (is_json(type) || http::is_form_data(type)) return {};
    return std::unexpected(
        failure(415, "Send application/json, or multipart/form-data with the files."));
}

task<std::expected<SubmissionContent, http::Response>> read_submission(http::Request request,
                                                                       service::Intake* intake,
                                                                       bool discard) {
    if (!http::is_form_data(request.header("Content-Type"))) co_return co_await read_json(request);
    auto reader = http::MultipartReader::open(request);
    if (!reader) co_return bad(reader.error().message + ".");
    Form form(std::move(*reader), *intake, discard);
    co_return co_await form.read();
}

}  // namespace handin::tabula
