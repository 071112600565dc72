// Files as parts of one multipart/form-data request, which browsers and `curl -F` send: each is an
// upload, and all of them are kept or none. docs/uploads.md says what else a form may hold.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/tus/form_metadata.hpp"
#include "http/multipart.hpp"
#include "http/response.hpp"
#include "service/uploads.hpp"

namespace handin::tus {

class UploadForm {
 public:
    // `uploads` outlives it. `room`: what the files may take.
    UploadForm(http::MultipartReader reader, service::Uploads& uploads, domain::UploadRoom room)
        : uploads_(uploads), reader_(std::move(reader)), room_(room) {}

    struct Content {
        std::vector<service::Uploads::Arrived> files;  // as they came; durable
        std::vector<std::string> ignored;              // fields that mean nothing here
    };
    // Once. The error is the answer. Throws service::TryLater, and what http::Body::read() throws.
    task<std::expected<Content, http::Response>> read();

    // The body of a form that has so many bytes of files has at most so many more.
    static std::uint64_t most_around(const http::MultipartLimits& limits = {});

 private:
    using Refused = std::optional<http::Response>;

    task<Refused> take(const http::PartHead* part);
    task<Refused> take_file(const http::PartHead* part);
    task<std::expected<std::string, http::Response>> take_text(std::string name);
    Refused name_files();

    service::Uploads& uploads_;
    http::MultipartReader reader_;
    domain::UploadRoom room_;
    Content content_;
    std::vector<std::string> fields_;  // of the files
    std::uint64_t bytes_ = 0;          // of all files
    std::optional<std::vector<FileFacts>> metadata_;
    std::optional<std::string> filename_;  // of the only file
};

}  // namespace handin::tus
