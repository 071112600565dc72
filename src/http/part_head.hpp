// What the head of one part of a multipart/form-data body says (RFC 7578 4.2 to 4.8).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace handin::http {

// Why a multipart body is refused.
struct MultipartProblem {
    enum class Kind : std::uint8_t {
        malformed,      // not what RFC 7578 and RFC 2046 describe
        not_supported,  // what they allow, or once allowed, and nobody needs
        too_much,       // over one of MultipartLimits
    };

    Kind kind;
    std::string message;  // for the client's programmer; one English sentence without a period
    bool operator==(const MultipartProblem&) const = default;
};

struct PartHead {
    std::string name;  // of the form's field
    // There for a file, and empty if a form's file field was left empty. UTF-8, and the last part
    // of a path only (RFC 7578 4.2): what was sent as ../a/x.txt or C:\x.txt is x.txt.
    std::optional<std::string> filename;
    std::string media_type;  // in lower case, without parameters; empty if not given
    bool operator==(const PartHead&) const = default;
};

// `lines`: the header lines of a part, each ended by CRLF.
std::expected<PartHead, MultipartProblem> parse_part_head(std::string_view lines);

}  // namespace handin::http
