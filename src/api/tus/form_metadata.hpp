// What a form says of its files in a part of JSON:
// {"files":[{"part":"essay","filename":"Essay.pdf","content_type":"application/pdf"}]}
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handin::tus {

struct FileFacts {
    std::string part;  // the field that the file is in
    std::optional<std::string> filename;
    std::optional<std::string> media_type;
    bool operator==(const FileFacts&) const = default;
};
// The error is a sentence for the client's programmer.
std::expected<std::vector<FileFacts>, std::string> parse_form_metadata(std::string_view text);

}  // namespace handin::tus
