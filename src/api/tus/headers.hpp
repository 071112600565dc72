// The header fields of the tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/uuid.hpp"
#include "service/upload_receiver.hpp"

namespace handin::tus {

// A whole number of bytes: digits only, at most 2^63 - 1.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

// Upload-Metadata: "filename d29yay50eHQ=,filetype dGV4dC9wbGFpbg==,is_final".
struct Metadata {
    std::string filename;    // of filename, or name; may be empty
    std::string media_type;  // of filetype, or type; may be empty
    bool operator==(const Metadata&) const = default;
};
// The error is a sentence for the client's programmer.
std::expected<Metadata, std::string> parse_metadata(std::string_view text);

// Upload-Checksum: "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=".
inline constexpr std::string_view kChecksumAlgorithms = "sha1,sha256,md5";
std::expected<service::ExpectedChecksum, std::string> parse_checksum(std::string_view text);

// Upload-Concat: "partial", or "final;/api/handin/v1/uploads/ID https://host/…/ID".
struct Concat {
    bool final = false;
    std::vector<Uuid> parts;  // of a final one; at least one
    bool operator==(const Concat&) const = default;
};
std::expected<Concat, std::string> parse_concat(std::string_view text);

// A file name that can be kept and shown: UTF-8 without control characters, of at most 1 KiB.
bool is_good_name(std::string_view name);
// A media type that can be kept and shown: the same, of at most 255 bytes.
bool is_good_type(std::string_view type);

}  // namespace handin::tus
