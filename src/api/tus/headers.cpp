#include "api/tus/headers.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/encoding.hpp"

namespace handin::tus {
namespace {

constexpr std::size_t kLongestName = 1024;   // bytes; file systems allow 255 or 1020
constexpr std::size_t kLongestType = 255;    // RFC 6838 4.2: 127 and 127
constexpr std::size_t kMostMetadata = 8192;  // bytes; it is kept as it was sent

std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ') || text.starts_with('\t'))
        text.remove_prefix(1);
    while (text.ends_with(' ') || text.ends_with('\t'))
        text.remove_suffix(1);
    return text;
}

// The text before the first separator; the rest stays.
std::string_view take_until(std::string_view& text, char separator) {
    const auto end = std::min(text.find(separator), text.size());
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

bool is_key(std::string_view key) {
    return !key.empty() &&
           std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~' && c != ','; });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// The id at the end of the URL of an upload, absolute or not.
std::optional<Uuid> upload_in(std::string_view url) {
    const auto slash = url.rfind('/');
    if (slash == std::string_view::npos || !url.substr(0, slash).ends_with("/uploads"))
        return std::nullopt;
    return Uuid::parse(url.substr(slash + 1));
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end || value > most) return std::nullopt;
    return value;
}

bool is_good_name(std::string_view name) {
    return name.size() <= kLongestName && !has_control(name) && well_formed_utf8(name) == name;
}

bool is_good_type(std::string_view type) {
    return type.size() <= kLongestType && !has_control(type) && well_formed_utf8(type) == type;
}

std::expected<Metadata, std::string> parse_metadata(std::string_view text) {
    if (text.size() > kMostMetadata)
        return std::unexpected("Upload-Metadata has at most 8192 bytes.");
    Metadata metadata;
    std::string name;  // of name and type, which some clients send instead
    std::string type;
    const std::array<std::pair<std::string_view, std::string*>, 4> known{
        {{"filename", &metadata.filename},
         {"filetype", &metadata.media_type},
         {"name", &name},
         {"type", &type}}};
    std::vector<std::string_view> keys;
    while (!trimmed(text).empty()) {
        auto pair = trimmed(take_until(text, ','));
        const auto key = take_until(pair, ' ');
        if (!is_key(key)) return std::unexpected("Upload-Metadata: a key is ASCII and not empty.");
        if (std::ranges::find(keys, key) != keys.end())
            return std::unexpected("Upload-Metadata: " + std::string(key) + " is there twice.");
        keys.push_back(key);
        const auto value = base64_decode(pair);
        if (!value)
            return std::unexpected("Upload-Metadata: the value of " + std::string(key) +
                                   " is not Base64.");
        const auto field = std::ranges::find(known, key, [](const auto& k) { return k.first; });
        if (field != known.end()) *field->second = *value;
    }
    if (metadata.filename.empty()) metadata.filename = std::move(name);
    if (metadata.media_type.empty()) metadata.media_type = std::move(type);
    if (!is_good_name(metadata.filename))
        return std::unexpected(
            "Upload-Metadata: a filename is UTF-8 without control characters, 1024 bytes at most.");
    if (!is_good_type(metadata.media_type))
        return std::unexpected("Upload-Metadata: filetype is no media type.");
    return metadata;
}

std::expected<service::ExpectedChecksum, std::string> parse_checksum(std::string_view text) {
    using enum Checksum::Algorithm;
    struct Known {
        std::string_view name;
        Checksum::Algorithm algorithm;
        std::size_t bytes;
    };
    constexpr std::array<Known, 3> known{
        {{"sha1", sha1, 20}, {"sha256", sha256, 32}, {"md5", md5, 16}}};
    auto rest = trimmed(text);
    const auto name = take_until(rest, ' ');
    const auto algorithm = std::ranges::find(known, name, &Known::name);
    if (algorithm == known.end())
        return std::unexpected("Upload-Checksum: the algorithms are " +
                               std::string(kChecksumAlgorithms) + ".");
    auto digest = base64_decode(rest);
    if (!digest || digest->size() != algorithm->bytes)
        return std::unexpected("Upload-Checksum: expected the Base64 of " +
                               std::to_string(algorithm->bytes) + " bytes.");
    return service::ExpectedChecksum{algorithm->algorithm, std::move(*digest)};
}

std::expected<Concat, std::string> parse_concat(std::string_view text) {
    if (text == "partial") return Concat{};
    constexpr std::string_view prefix = "final;";
    if (!text.starts_with(prefix))
        return std::unexpected("Upload-Concat: expected partial, or final; and URLs.");
    Concat concat{.final = true, .parts = {}};
    auto rest = trimmed(text.substr(prefix.size()));
    while (!rest.empty()) {
        const auto url = take_until(rest, ' ');
        if (url.empty()) continue;
        const auto id = upload_in(url);
        if (!id) return std::unexpected("Upload-Concat: that is no URL of an upload.");
        concat.parts.push_back(*id);
    }
    if (concat.parts.empty()) return std::unexpected("Upload-Concat: a final upload needs parts.");
    return concat;
}

}  // namespace handin::tus
