#include "blob/media_type.hpp"

#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace handin::blob {
namespace {

constexpr std::size_t kLookedAt = 4096;  // bytes
constexpr std::string_view kUnsure = "application/octet-stream";
constexpr std::string_view kPlain = "text/plain";

struct Known {
    std::string_view key;  // an extension in lower case, or the first bytes
    std::string_view type;
};

// Asking libmagic costs 0.1 to 3 ms, so what is handed in all day is recognised before.
constexpr auto kSignatures = std::to_array<Known>({
    {"%PDF-", "application/pdf"},
    {"\x89PNG\r\n\x1a\n", "image/png"},
    {"\xff\xd8\xff", "image/jpeg"},
    {"GIF87a", "image/gif"},
    {"GIF89a", "image/gif"},
    {"{\\rtf", "application/rtf"},
    {"%!PS", "application/postscript"},
});

constexpr std::string_view kZip("PK\x03\x04", 4);
constexpr auto kInZip = std::to_array<Known>({
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"docm", "application/vnd.ms-word.document.macroEnabled.12"},
    {"xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"},
    {"pptm", "application/vnd.ms-powerpoint.presentation.macroEnabled.12"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"odg", "application/vnd.oasis.opendocument.graphics"},
    {"epub", "application/epub+zip"},
    {"jar", "application/java-archive"},
    {"pages", "application/vnd.apple.pages"},
    {"numbers", "application/vnd.apple.numbers"},
    {"key", "application/vnd.apple.keynote"},
    {"zip", "application/zip"},
});

constexpr std::string_view kOle("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8);
constexpr auto kInOle = std::to_array<Known>({
    {"doc", "application/msword"},
    {"xls", "application/vnd.ms-excel"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"msg", "application/vnd.ms-outlook"},
});

constexpr auto kInText = std::to_array<Known>({
    {"txt", kPlain},
    {"text", kPlain},
    {"log", kPlain},
    {"csv", "text/csv"},
    {"tsv", "text/tab-separated-values"},
    {"md", "text/markdown"},
    {"markdown", "text/markdown"},
    {"html", "text/html"},
    {"htm", "text/html"},
    {"css", "text/css"},
    {"xml", "text/xml"},
    {"svg", "image/svg+xml"},
    {"json", "application/json"},
    {"ipynb", "application/x-ipynb+json"},
    {"yaml", "application/yaml"},
    {"yml", "application/yaml"},
    {"toml", "application/toml"},
    {"tex", "text/x-tex"},
    {"bib", "text/x-bibtex"},
    {"sql", "application/sql"},
    {"c", "text/x-c"},
    {"h", "text/x-c"},
    {"cc", "text/x-c++"},
    {"cpp", "text/x-c++"},
    {"cxx", "text/x-c++"},
    {"hh", "text/x-c++"},
    {"hpp", "text/x-c++"},
    {"cs", "text/x-csharp"},
    {"go", "text/x-go"},
    {"hs", "text/x-haskell"},
    {"java", "text/x-java"},
    {"js", "text/javascript"},
    {"mjs", "text/javascript"},
    {"kt", "text/x-kotlin"},
    {"m", "text/x-matlab"},
    {"ml", "text/x-ocaml"},
    {"php", "text/x-php"},
    {"pl", "text/x-perl"},
    {"py", "text/x-python"},
    {"r", "text/x-r"},
    {"rb", "text/x-ruby"},
    {"rs", "text/x-rust"},
    {"scala", "text/x-scala"},
    {"sh", "text/x-shellscript"},
    {"swift", "text/x-swift"},
    {"ts", "text/x-typescript"},
});

std::string_view by_extension(std::span<const Known> table, std::string_view extension) {
    const auto found = std::ranges::find(table, extension, &Known::key);
    return found == table.end() ? std::string_view() : found->type;
}

std::string extension_of(std::string_view filename) {
    const auto dot = filename.rfind('.');
    if (dot == std::string_view::npos) return {};
    std::string extension(filename.substr(dot + 1, 16));
    for (char& c : extension)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return extension;
}

bool is_utf16(std::string_view bytes) {
    return bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
}

// In an ASCII-based encoding, that is.
bool is_text(std::string_view bytes) {
    static constexpr std::string_view blank = "\t\n\v\f\r\x1b";
    return std::ranges::all_of(bytes, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte >= 0x20 && byte != 0x7f) || blank.contains(c);
    });
}

std::string ask_libmagic(std::string_view bytes, int flags) {
    struct Close {
        void operator()(magic_t cookie) const { magic_close(cookie); }
    };
    // A cookie is not for two threads at once. Loading maps the database: a few milliseconds.
    thread_local const auto cookie = [] {
        std::unique_ptr<magic_set, Close> made(magic_open(MAGIC_MIME_TYPE));
        if (made && magic_load(made.get(), nullptr) != 0) made.reset();
        return made;
    }();
    if (!cookie) return std::string(kUnsure);
    magic_setflags(cookie.get(),
                   MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | flags);
    const char* type = magic_buffer(cookie.get(), bytes.data(), bytes.size());
    return type == nullptr ? std::string(kUnsure) : std::string(type);
}

std::string sniff(std::string_view bytes, const std::string& extension) {
    for (const auto& [start, type] : kSignatures)
        if (bytes.starts_with(start)) return std::string(type);

    std::string_view type;
    if (bytes.starts_with(kZip)) type = by_extension(kInZip, extension);
    if (bytes.starts_with(kOle)) type = by_extension(kInOle, extension);
    if (!type.empty()) return std::string(type);

    const auto kind_of_text = by_extension(kInText, extension);
    const bool text = is_text(bytes);  // also if there are none
    if (text && !kind_of_text.empty()) return std::string(kind_of_text);
    if (bytes.empty()) return std::string(kUnsure);

    // Its hundreds of patterns for text take milliseconds and see C in many an essay.
    auto asked = ask_libmagic(bytes, text || is_utf16(bytes) ? MAGIC_NO_CHECK_SOFT : 0);
    if (asked == "application/csv") return "text/csv";
    if (asked.starts_with("text/") && !kind_of_text.empty()) return std::string(kind_of_text);
    // Not a type but a remark, as inode/x-empty is, or an error.
    if (asked.find('/') == std::string::npos || asked.starts_with("inode/"))
        return std::string(kUnsure);
    return asked;
}

}  // namespace

std::string sniff_media_type(std::string_view first_bytes, std::string_view filename) noexcept try {
    return sniff(first_bytes.substr(0, kLookedAt), extension_of(filename));
} catch (...) {
    return std::string(kUnsure);
}

}  // namespace handin::blob
