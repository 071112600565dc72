// A submit as multipart/form-data, which browsers and curl can send without a list of numbers: any
// number of file parts, each an attachment, and at most one part of JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/edlink/submit/json_content.hpp"
#include "http/multipart.hpp"

namespace handin::edlink {

class FormContent {
 public:
    // `intake` outlives it.
    FormContent(http::MultipartReader reader, service::Intake& intake)
        : intake_(intake), reader_(std::move(reader)) {}

    // Once. The attachments of the JSON come first, then the files that it does not name.
    task<std::expected<SubmitContent, Failure>> read();

 private:
    struct File {
        std::string field;
        std::string filename;
        std::uint64_t bytes = 0;
        service::IncomingAttachment content;
        bool used = false;  // by an attachment of the JSON
    };
    using Refused = std::optional<Failure>;

    task<Refused> take(const http::PartHead* part);
    task<Refused> take_file(const http::PartHead* part);
    task<Refused> take_json(const http::PartHead* part);
    task<Refused> skip_nameless(const http::PartHead* part);
    std::expected<SubmitContent, Failure> assemble();
    void resolve(SubmitContent& content, std::size_t index);

    service::Intake& intake_;
    http::MultipartReader reader_;
    std::optional<JsonContent> json_;
    std::vector<File> files_;
    std::size_t name_bytes_ = 0;  // of their fields and filenames
    std::vector<std::string> unexpected_;
};

}  // namespace handin::edlink
