#include "api/tus/form.hpp"

#include <algorithm>

#include "api/tus/headers.hpp"
#include "api/tus/reply.hpp"
#include "base/encoding.hpp"

namespace handin::tus {
namespace {

constexpr std::string_view kNameField = "filename";
constexpr std::string_view kMetadata = "metadata";
constexpr std::size_t kMostText = 64 * 1024;  // of metadata: 100 files with the longest names fit
constexpr std::size_t kMostIgnored = 20;      // that are told: enough to see a pattern
constexpr std::size_t kShownBytes = 64;       // of a name: a client recognises its own
constexpr std::size_t kLongestType = 255;     // RFC 6838 4.2: 127 and 127
constexpr std::size_t kBoundaryLine = 80;     // RFC 2046 5.1.1: 70, dashes and ends of lines

http::Response bad(std::string message) {
    return failure(400, "bad_request", message);
}

http::Response malformed(const http::MultipartProblem& problem) {
    return bad(problem.message + ".");
}

std::string shown(std::string_view name) {
    return well_formed_utf8(name.substr(0, kShownBytes));
}

// FormData gives a Blob the file name "blob" (https://xhr.spec.whatwg.org/#create-an-entry), so
// that is how a browser's script sends JSON with its type.
bool is_metadata(const http::PartHead& part) {
    return part.name == kMetadata &&
           (!part.filename || (part.filename == "blob" && part.media_type == "application/json"));
}

bool is_file(const http::PartHead& part) {
    return part.filename || !(part.media_type.empty() || part.media_type == "text/plain");
}

}  // namespace

std::uint64_t UploadForm::most_around(const http::MultipartLimits& limits) {
    return limits.around_bytes + kMostText + limits.parts * (limits.head_bytes + kBoundaryLine);
}

task<std::expected<UploadForm::Content, http::Response>> UploadForm::read() {
    for (;;) {
        const auto part = co_await reader_.next_part();
        if (!part) co_return std::unexpected(malformed(part.error()));
        if (!*part) break;
        if (auto refused = co_await take(*part)) co_return std::unexpected(std::move(*refused));
    }
    if (content_.files.empty()) co_return std::unexpected(bad("The form has no file."));
    if (auto refused = name_files()) co_return std::unexpected(std::move(*refused));
    co_return std::move(content_);
}

task<UploadForm::Refused> UploadForm::take(const http::PartHead* part) {
    const bool metadata = is_metadata(*part);
    if (!metadata && is_file(*part)) co_return co_await take_file(part);
    if (!metadata && part->name != kNameField) {
        if (content_.ignored.size() < kMostIgnored) content_.ignored.push_back(shown(part->name));
        co_return std::nullopt;
    }
    if (metadata ? metadata_.has_value() : filename_.has_value())
        co_return bad(part->name + ": only one part may have that name.");
    auto text = co_await take_text(part->name);
    if (!text) co_return std::move(text.error());
    if (metadata) {
        auto said = parse_form_metadata(*text);
        if (!said) co_return bad("metadata: " + said.error());
        metadata_ = std::move(*said);
    } else {
        filename_ = std::move(*text);
    }
    co_return std::nullopt;
}

task<UploadForm::Refused> UploadForm::take_file(const http::PartHead* part) {
    service::NewUpload about;
    about.filename = part->filename.value_or("");
    about.media_type = part->media_type.substr(0, kLongestType);
    auto field = part->name;
    const auto too_much = [&](std::string_view code, std::string_view what) {
        const auto& name = about.filename.empty() ? field : about.filename;
        return failure(413, code, shown(name).append(": ").append(what));
    };
    const bool full = content_.files.size() == room_.uploads;
    auto incoming = uploads_.incoming();
    for (;;) {
        const auto bytes = co_await reader_.read();
        if (!bytes) co_return malformed(bytes.error());
        // A browser sends a file field that was left empty with an empty name and without bytes.
        if (bytes->empty() && incoming.size == 0 && about.filename.empty()) co_return std::nullopt;
        if (full) co_return too_much("quota_exceeded", "there is no room for so many uploads.");
        if (bytes->empty()) break;
        const auto size = incoming.size + bytes->size();
        bytes_ += bytes->size();
        if (size > uploads_.limits().bytes)
            co_return too_much(
                "too_large",
                "an upload has at most " + std::to_string(uploads_.limits().bytes) + " bytes.");
        if (size > room_.bytes_one || bytes_ > room_.bytes)
            co_return too_much("quota_exceeded", "there is no room for so many bytes.");
        co_await uploads_.write(&incoming, *bytes);
    }
    fields_.push_back(std::move(field));
    content_.files.push_back(co_await uploads_.finish(std::move(about), std::move(incoming)));
    co_return std::nullopt;
}

task<std::expected<std::string, http::Response>> UploadForm::take_text(std::string name) {
    std::string text;
    for (;;) {
        const auto bytes = co_await reader_.read();
        if (!bytes) co_return std::unexpected(malformed(bytes.error()));
        if (bytes->empty()) co_return text;
        if (text.size() + bytes->size() > kMostText)
            co_return std::unexpected(
                bad(name + ": at most " + std::to_string(kMostText) + " bytes are taken."));
        text += *bytes;
    }
}

// Each entry of the metadata is about the first file of its field that no entry before it is about.
UploadForm::Refused UploadForm::name_files() {
    auto& files = content_.files;
    std::vector<bool> named(files.size());
    for (std::size_t i = 0; metadata_ && i < metadata_->size(); ++i) {
        auto& said = (*metadata_)[i];
        std::size_t at = 0;
        while (at < files.size() && (named[at] || fields_[at] != said.part))
            ++at;
        if (at == files.size())
            return bad("metadata.files[" + std::to_string(i) +
                       "].part: there is no (further) file part of that name.");
        named[at] = true;
        if (said.filename) files[at].about.filename = std::move(*said.filename);
        if (said.media_type) files[at].about.media_type = std::move(*said.media_type);
    }
    if (filename_) {
        if (files.size() != 1 || metadata_)
            return bad("filename: that is for a form of one file and without metadata.");
        files.front().about.filename = std::move(*filename_);
    }
    for (const auto& [about, incoming, stored] : files) {
        if (!is_good_name(about.filename))
            return bad(shown(about.filename) +
                       ": a filename is UTF-8 without control characters, 1024 bytes at most.");
        if (!is_good_type(about.media_type))
            return bad(shown(about.filename) + ": content_type is no media type.");
    }
    return std::nullopt;
}

}  // namespace handin::tus
