#include "base/json_writer.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace handin {
namespace {

bool is_plain(char c) {
    return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view special = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    out += '\\';
    if (const auto at = special.find(c); at != std::string_view::npos) {
        out += letters[at];
    } else {
        out += "u00";
        const auto code = static_cast<std::uint8_t>(c);
        out += hex({&code, 1});
    }
}

}  // namespace

// Nearly everything needs neither repair nor escapes.
void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    if (std::ranges::all_of(text, is_plain)) {
        out += text;
    } else {
        for (const char c : well_formed_utf8(text)) {
            if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20)
                append_escaped(out, c);
            else
                out += c;
        }
    }
    out += '"';
}

}  // namespace handin
