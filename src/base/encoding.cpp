#include "base/encoding.hpp"

#include <algorithm>
#include <array>

namespace handin {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Bytes of the well-formed sequence (Unicode table 3-7) that the text starts with; 0: there is
// none.
std::size_t utf8_sequence(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first < 0xc2   ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length == 0 || text.size() < length) return 0;
    // Not longer than needed, no surrogate, nothing above U+10FFFF.
    const unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte(i) & 0xc0U) != 0x80U) return 0;
    return length;
}

}  // namespace

std::string hex(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (auto byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 0x0fU];
    }
    return text;
}

std::optional<std::string> hex_decode(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    if (text.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t at = 0; at < text.size(); at += 2) {
        const auto high = digits.find(text[at]);
        const auto low = digits.find(text[at + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
        bytes += static_cast<char>(high << 4U | low);
    }
    return bytes;
}

std::string base64url(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (auto byte : bytes) {
        bits = (bits << 8U) | byte;
        count += 8;
        while (count >= 6) {
            count -= 6;
            text += kAlphabet[(bits >> count) & 0x3fU];
        }
    }
    if (count > 0) text += kAlphabet[(bits << (6 - count)) & 0x3fU];
    return text;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    static constexpr auto table = [] {
        std::array<std::int8_t, 256> values{};
        values.fill(-1);
        for (std::size_t i = 0; i < kAlphabet.size(); ++i)
            values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::int8_t>(i);
        return values;
    }();
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (char c : text) {
        const auto value = table[static_cast<unsigned char>(c)];
        if (value < 0) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            bytes += static_cast<char>((bits >> count) & 0xffU);
        }
    }
    // Bits that no byte took must be zero, or one value had several texts (RFC 4648 3.5).
    if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;
    return bytes;
}

std::string base64(std::span<const std::uint8_t> bytes) {
    auto text = base64url(bytes);
    for (char& c : text) {
        if (c == '-') c = '+';
        if (c == '_') c = '/';
    }
    text.append((4 - text.size() % 4) % 4, '=');
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.ends_with('=')) {
        if (text.size() % 4 != 0) return std::nullopt;
        text.remove_suffix(text.ends_with("==") ? 2 : 1);
    }
    std::string other(text);
    for (char& c : other) {
        if (c == '-' || c == '_') return std::nullopt;
        if (c == '+') c = '-';
        if (c == '/') c = '_';
    }
    return base64url_decode(other);
}

std::string well_formed_utf8(std::string_view text) {
    std::string good;
    good.reserve(text.size());
    while (!text.empty()) {
        const auto length = utf8_sequence(text);
        if (length == 0)
            good += "\uFFFD";
        else
            good += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return good;
}

}  // namespace handin
