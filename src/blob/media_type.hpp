// What a file is, and what to call it when it is handed out.
#pragma once

#include <string>
#include <string_view>

namespace handin::blob {

// The media type, without parameters, from the first bytes of a file (4 KiB are looked at) and its
// name. The bytes decide; the extension tells apart what they cannot: office formats in zip and OLE
// containers, and kinds of text. application/octet-stream if unsure. Never throws. Takes
// microseconds for what is common and up to half a millisecond otherwise; does not block.
std::string sniff_media_type(std::string_view first_bytes, std::string_view filename) noexcept;

// A Content-Disposition value that saves rather than shows (RFC 6266, RFC 8187). `title` may be any
// bytes; the value is ASCII without control characters and never longer than about 1 KiB.
std::string download_disposition(std::string_view title);

// The title in letters that any file system and header takes: ASCII without quotes, separators,
// percent signs and control characters, not starting with a dot, never empty, with its extension.
std::string safe_filename(std::string_view title);

}  // namespace handin::blob
