// What came in is one of the kinds of attachment, complete and within bounds (edlink.md 3.3).
#include <algorithm>

#include "api/edlink/submit/content.hpp"
#include "base/encoding.hpp"

namespace handin::edlink {
namespace {

using domain::AttachmentKind;

// Of all texts of an attempt together: what Canvas allows for one.
constexpr std::uint64_t kMostTextBytes = 512 * 1024;

// Others will click on it, so nothing but the web. Not RFC 3986: people paste letters of every
// script, and browsers take them.
bool is_web_url(std::string_view url) {
    const auto colon = url.find("://");
    if (colon == std::string_view::npos) return false;
    std::string scheme(url.substr(0, colon));
    std::ranges::transform(scheme, scheme.begin(), lower);
    if (scheme != "http" && scheme != "https") return false;
    const auto rest = url.substr(colon + 3);
    const bool printable = std::ranges::all_of(
        rest, [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
    return printable && !rest.empty() &&
           std::string_view("/?#@:").find(rest.front()) == std::string_view::npos;
}

// Adds what is wrong with one attachment, or fills `incoming` in.
class Classifier {
 public:
    Classifier(std::vector<Notice>& errors, std::vector<Notice>& warnings)
        : errors_(errors), warnings_(warnings) {}

    void classify(std::size_t index, const AttachmentFields& fields,
                  service::IncomingAttachment& incoming) {
        path_ = "attachments[" + std::to_string(index) + "].";
        if (!fields.type) return missing("type");
        if (*fields.type == "file") {
            file(fields, incoming);
        } else if (*fields.type == "link") {
            link(fields, incoming);
        } else if (*fields.type == "text") {
            text(fields, incoming);
        } else {
            error("INVALID_SUBMISSION_TYPE", "type",
                  "'" + *fields.type + "' cannot be handed in; expected file, link or text.");
            return;
        }
        incoming.title = fields.title.value_or("");
        incoming.description = fields.description.value_or("");
    }

 private:
    void file(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.kind = AttachmentKind::file;
        if (fields.upload_id) return upload(fields, incoming);
        if (!fields.title || fields.title->empty()) missing("title");
        if (!fields.has_data && !fields.part) missing("data");
        if (fields.title && fields.title->find('\0') != std::string::npos)
            error("INVALID_REQUEST_BODY", "title", "a file name cannot hold a NUL character.");
        if (fields.size && fields.has_data &&
            *fields.size != static_cast<std::int64_t>(fields.data_bytes))
            warnings_.push_back(
                {"FILE_SIZE_IGNORED", path_ + "size is " + std::to_string(*fields.size) +
                                          ", but data has " + std::to_string(fields.data_bytes) +
                                          " bytes; size is ignored."});
        unused(fields.has_text, "text");
        unused(fields.url.has_value(), "url");
    }

    // A file that was sent before (docs/uploads.md); without a title it has the upload's name.
    void upload(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.upload_id = Uuid::parse(*fields.upload_id);
        if (!incoming.upload_id)
            error("INVALID_REQUEST_BODY", "upload_id", "expected the id of an upload.");
        if (fields.has_data || fields.part)
            error("INVALID_REQUEST_BODY", fields.has_data ? "data" : "part",
                  "a file has one of data, part and upload_id.");
        if (fields.title && fields.title->find('\0') != std::string::npos)
            error("INVALID_REQUEST_BODY", "title", "a file name cannot hold a NUL character.");
        unused(fields.has_text, "text");
        unused(fields.url.has_value(), "url");
    }

    void link(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.kind = AttachmentKind::link;
        if (!fields.url || fields.url->empty()) return missing("url");
        if (!is_web_url(*fields.url))
            error("INVALID_REQUEST_BODY", "url", "expected an http:// or https:// URL.");
        incoming.url = *fields.url;
        unused(fields.has_data, "data");
        unused(fields.part.has_value(), "part");
        unused(fields.has_text, "text");
        unused(fields.upload_id.has_value(), "upload_id");
    }

    void text(const AttachmentFields& fields, service::IncomingAttachment& incoming) {
        incoming.kind = AttachmentKind::text;
        if (!fields.has_text || fields.text_bytes == 0) missing("text");
        unused(fields.has_data, "data");
        unused(fields.part.has_value(), "part");
        unused(fields.url.has_value(), "url");
        unused(fields.upload_id.has_value(), "upload_id");
    }

    void error(std::string_view code, std::string_view field, const std::string& message) {
        errors_.push_back({std::string(code), path_ + std::string(field) + ": " + message});
    }
    void missing(std::string_view field) {
        error("MISSING_REQUIRED_FIELD", field, "this field is required.");
    }
    void unused(bool present, std::string_view field) {
        if (present)
            warnings_.push_back({"FOUND_UNEXPECTED_FIELD",
                                 path_ + std::string(field) + " is ignored for this type."});
    }

    std::vector<Notice>& errors_;
    std::vector<Notice>& warnings_;
    std::string path_;
};

}  // namespace

std::vector<Notice> classify(SubmitContent& content, std::vector<Notice>& warnings) {
    auto errors = std::move(content.errors);
    if (content.fields.empty())
        errors.push_back({"MISSING_REQUIRED_FIELD", content.has_list
                                                        ? "attachments: at least one is required."
                                                        : "attachments: this field is required."});
    std::uint64_t text_bytes = 0;
    for (const auto& fields : content.fields)
        text_bytes += fields.text_bytes;
    if (text_bytes > kMostTextBytes)
        errors.push_back({"INVALID_REQUEST_BODY",
                          "attachments: the texts of an attempt have at most 524288 bytes."});
    Classifier classifier(errors, warnings);
    for (std::size_t i = 0; i < content.fields.size(); ++i)
        classifier.classify(i, content.fields[i], content.attachments[i]);
    for (const auto& field : content.unexpected)
        warnings.push_back(
            {"FOUND_UNEXPECTED_FIELD", field + " is not a field of a submit; it is ignored."});
    return errors;
}

}  // namespace handin::edlink
