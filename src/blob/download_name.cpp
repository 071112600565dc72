#include <algorithm>

#include "base/encoding.hpp"
#include "blob/media_type.hpp"

namespace handin::blob {
namespace {

// What file systems take for a name.
constexpr std::size_t kNameBytes = 255;
constexpr std::size_t kExtensionBytes = 16;

constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

// Control characters of ASCII and Latin-1, and those that reorder the text around them: with
// U+202E the name essay<U+202E>fdp.exe shows as essayexe.pdf.
bool is_dangerous(std::string_view character) {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1)
        return first < 0x20 || first == 0x7f || first == '/' || first == '\\';
    if (character.size() == 2)
        return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    constexpr std::string_view unwanted[] = {
        "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",
        "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\ufeff",
    };
    return std::ranges::find(unwanted, character) != std::end(unwanted);
}

// The characters of well-formed UTF-8, one after the other.
class Characters {
 public:
    explicit Characters(std::string_view text) : rest_(text) {}
    std::string_view next() {  // empty at the end
        std::size_t length = rest_.empty() ? 0 : 1;
        while (length < rest_.size() && continues_character(rest_[length]))
            ++length;
        const auto character = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return character;
    }

 private:
    std::string_view rest_;
};

// Cuts out of the middle, so that the extension stays.
std::string shortened(std::string name) {
    if (name.size() <= kNameBytes) return name;
    const auto dot = name.rfind('.');
    std::string extension;
    if (dot != std::string::npos && name.size() - dot <= kExtensionBytes)
        extension = name.substr(dot);
    auto cut = kNameBytes - extension.size();
    while (cut > 0 && continues_character(name[cut]))
        --cut;
    return name.substr(0, cut) + extension;
}

// The title as people should see it.
std::string shown_name(std::string_view title) {
    const auto text = well_formed_utf8(title);
    std::string name;
    Characters characters(text);
    for (auto character = characters.next(); !character.empty(); character = characters.next()) {
        if (is_dangerous(character))
            name += '_';
        else
            name += character;
    }
    name = shortened(std::move(name));
    return name.empty() ? "file" : name;
}

}  // namespace

std::string safe_filename(std::string_view title) {
    constexpr std::string_view allowed = " !#$&'()+,-.=@[]^_`{}~";
    const auto shown = shown_name(title);
    std::string name;
    Characters characters(shown);
    for (auto character = characters.next(); !character.empty(); character = characters.next()) {
        const char c = character.front();
        name += is_alphanumeric(c) || allowed.contains(c) ? c : '_';
    }
    if (name.front() == '.') name.front() = '_';                      // hidden, or the folder above
    if (name.back() == '.' || name.back() == ' ') name.back() = '_';  // Windows drops these
    return name;
}

std::string download_disposition(std::string_view title) {
    constexpr std::string_view plain = "!#$&+-.^_`|~";  // attr-char of RFC 8187 3.2.1
    std::string value = "attachment; filename=\"" + safe_filename(title) + "\"; filename*=UTF-8''";
    for (const char c : shown_name(title)) {
        if (is_alphanumeric(c) || plain.contains(c)) {
            value += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        value += '%';
        value += kHexDigits[byte >> 4U];
        value += kHexDigits[byte & 0x0fU];
    }
    return value;
}

}  // namespace handin::blob
