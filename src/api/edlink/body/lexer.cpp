#include "api/edlink/body/lexer.hpp"

#include <cstdint>

namespace handin::edlink::detail {

const char* Lexer::run(const char* p, const char* const end, std::uint64_t offset,
                       std::size_t skip) {
    const char* const begin = p;
    while (p != end) {
        if (in_string_) {
            p = run_string(p, end);
            if (broken_) return p;
            continue;
        }
        const char c = *p++;
        switch (c) {
            case '"':
                in_string_ = true;
                string_ = offset + static_cast<std::uint64_t>(p - begin) - 1;
                in_scalar_ = false;
                break;
            case '[':
            case '{':
                in_scalar_ = false;
                if (skip == 0) return p;
                ++skip;
                break;
            case ']':
            case '}':
                in_scalar_ = false;
                if (skip > 0) --skip;
                break;
            case ',':
            case ':':
            case ' ':
            case '\n':
            case '\r':
            case '\t':
                in_scalar_ = false;
                break;
            default:
                if (!in_scalar_) scalar_ = offset + static_cast<std::uint64_t>(p - begin) - 1;
                in_scalar_ = true;
        }
    }
    return p;
}

const char* Lexer::run_string(const char* p, const char* end) {
    for (; p != end; ++p) {
        const auto c = static_cast<unsigned char>(*p);
        if (continuation_ > 0) {
            // The parser takes the bytes of a sequence before it looks at them, a quote too.
            if ((c & 0xC0U) != 0x80U) {
                broken_ = true;
                return p;
            }
            --continuation_;
        } else if (escaped_) {
            escaped_ = false;
        } else if (c == '\\') {
            escaped_ = true;
        } else if (c == '"') {
            in_string_ = false;
            return p + 1;
        } else if (c >= 0xC0U) {
            continuation_ = c >= 0xF0U ? 3 : c >= 0xE0U ? 2 : 1;
        }
    }
    return p;
}

std::uint64_t Lexer::place(std::uint64_t offset) const {
    if (in_string_) return string_;
    return in_scalar_ ? scalar_ : offset;
}

}  // namespace handin::edlink::detail
