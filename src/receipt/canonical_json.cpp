#include "receipt/canonical_json.hpp"

namespace handin::receipt {

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
