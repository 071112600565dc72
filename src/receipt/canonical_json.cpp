#include "receipt/canonical_json.hpp"

#include <algorithm>

#include "base/encoding.hpp"

namespace handin::receipt {
namespace {

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

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : well_formed_utf8(text)) {
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20)
            append_escaped(out, c);
        else
            out += c;
    }
    out += '"';
}

std::string without_white_space(std::string_view json) {
    std::string out;
    out.reserve(json.size());
    bool in_string = false;
    bool escaped = false;
    for (const char c : json) {
        if (in_string) {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            continue;
        } else {
            in_string = c == '"';
        }
        out += c;
    }
    return out;
}

}  // namespace handin::receipt
