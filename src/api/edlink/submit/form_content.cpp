#include "api/edlink/submit/form_content.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/encoding.hpp"

namespace handin::edlink {
namespace {

constexpr SubmitBodyOptions kOptions{.in_form = true};
// Unknown fields that a warning names, as in JSON: enough to see a pattern.
constexpr std::size_t kMostUnexpected = 20;
// Of all fields and files together, what the texts of a JSON body may have: titles end up in rows.
constexpr std::size_t kMostNameBytes = 96 * 1024;
constexpr std::size_t kShownBytes = 64;  // of a field's name: a client recognises its own

enum class PartKind { json, file, field };

// FormData gives a Blob the file name "blob" (https://xhr.spec.whatwg.org/#create-an-entry), so
// that is how a browser's script sends JSON with its type.
PartKind kind_of(const http::PartHead& part) {
    constexpr std::array<std::string_view, 3> json_names{"attachments", "json", "body"};
    const bool json_blob = part.filename == "blob" && part.media_type == "application/json";
    const bool json_name = std::ranges::find(json_names, part.name) != json_names.end();
    if (json_name && (!part.filename || json_blob)) return PartKind::json;
    const bool plain = part.media_type.empty() || part.media_type == "text/plain";
    return part.filename || !plain ? PartKind::file : PartKind::field;
}

Failure invalid(std::string message) {
    return fail("INVALID_REQUEST_BODY", std::move(message));
}

Failure invalid(const http::MultipartProblem& problem) {
    return invalid(problem.message + ".");
}

Failure too_many() {
    return invalid("attachments: at most " + std::to_string(kOptions.max_attachments) +
                   " are taken");
}

std::string shown(std::string_view name) {
    return well_formed_utf8(name.substr(0, kShownBytes));
}

std::string at(std::size_t index) {
    return "attachments[" + std::to_string(index) + "]";
}

}  // namespace

task<std::expected<SubmitContent, Failure>> FormContent::read() {
    for (;;) {
        const auto part = co_await reader_.next_part();
        if (!part) co_return std::unexpected(invalid(part.error()));
        if (!*part) co_return assemble();
        if (auto refused = co_await take(*part)) co_return std::unexpected(std::move(*refused));
    }
}

task<FormContent::Refused> FormContent::take(const http::PartHead* part) {
    switch (kind_of(*part)) {
        case PartKind::json:
            co_return co_await take_json(part);
        case PartKind::file:
            co_return co_await take_file(part);
        case PartKind::field:
            break;
    }
    if (unexpected_.size() < kMostUnexpected) unexpected_.push_back(shown(part->name));
    co_return std::nullopt;
}

task<FormContent::Refused> FormContent::take_file(const http::PartHead* part) {
    if (!part->filename || part->filename->empty()) co_return co_await skip_nameless(part);
    if (files_.size() == kOptions.max_attachments) co_return too_many();
    name_bytes_ += part->name.size() + part->filename->size();
    if (name_bytes_ > kMostNameBytes)
        co_return invalid(shown(part->name) +
                          ": the names of all fields and files together have at most " +
                          std::to_string(kMostNameBytes) + " bytes.");
    auto& file = files_.emplace_back(part->name, *part->filename, 0, intake_.incoming());
    for (;;) {
        const auto bytes = co_await reader_.read();
        if (!bytes) co_return invalid(bytes.error());
        if (bytes->empty()) co_return std::nullopt;
        co_await file.content.write(*bytes);
        file.bytes += bytes->size();
    }
}

// A browser sends a file field that was left empty with an empty name and without bytes.
task<FormContent::Refused> FormContent::skip_nameless(const http::PartHead* part) {
    const auto bytes = co_await reader_.read();
    if (!bytes) co_return invalid(bytes.error());
    if (part->filename && bytes->empty()) co_return std::nullopt;
    co_return fail("MISSING_REQUIRED_FIELD",
                   shown(part->name) + ": a file needs a filename in its Content-Disposition.");
}

task<FormContent::Refused> FormContent::take_json(const http::PartHead* part) {
    if (json_) co_return invalid(part->name + ": only one part may be JSON.");
    json_.emplace(intake_, kOptions);
    while (!json_->problem()) {
        const auto bytes = co_await reader_.read();
        if (!bytes) co_return invalid(bytes.error());
        if (bytes->empty()) {
            json_->finish();
            break;
        }
        co_await json_->feed(*bytes);
    }
    if (const auto& problem = json_->problem())
        co_return invalid((problem->field.empty() ? part->name : problem->field) + ": " +
                          problem->message);
    co_return std::nullopt;
}

std::expected<SubmitContent, Failure> FormContent::assemble() {
    SubmitContent content;
    if (json_) content = json_->take();
    content.has_list = true;  // an empty form has an empty list
    for (std::size_t i = 0; i < content.fields.size(); ++i)
        if (content.fields[i].part && content.fields[i].type == "file") resolve(content, i);
    for (auto& file : files_) {
        if (file.used) continue;
        if (content.fields.size() == kOptions.max_attachments) return std::unexpected(too_many());
        content.fields.push_back({.type = "file",
                                  .title = std::move(file.filename),
                                  .has_data = true,
                                  .data_bytes = file.bytes});
        content.attachments.push_back(std::move(file.content));
    }
    std::ranges::move(unexpected_, std::back_inserter(content.unexpected));
    return content;
}

// Gives the attachment the first file of the field that it names and that no other has.
void FormContent::resolve(SubmitContent& content, std::size_t index) {
    auto& fields = content.fields[index];
    const auto error = [&](std::string_view message) {
        content.errors.push_back({"INVALID_REQUEST_BODY", (at(index) + ".part: ").append(message)});
    };
    if (fields.has_data) return error("a file has either data or part.");
    const auto file = std::ranges::find_if(
        files_, [&](const File& one) { return !one.used && one.field == *fields.part; });
    if (file == files_.end()) return error("there is no (further) file part of that name.");
    file->used = true;
    content.attachments[index] = std::move(file->content);
    fields.has_data = true;
    fields.data_bytes = file->bytes;
    if (!fields.title) fields.title = std::move(file->filename);
}

}  // namespace handin::edlink
