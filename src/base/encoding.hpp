#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace handin {

std::string hex(std::span<const std::uint8_t> bytes);
// Lower-case digits only, so that one value has one text.
std::optional<std::string> hex_decode(std::string_view text);
// 0 to 15; -1: not a hexadecimal digit.
constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// ASCII letters only, whatever the locale.
constexpr char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// RFC 4648 5, without padding.
std::string base64url(std::span<const std::uint8_t> bytes);
std::optional<std::string> base64url_decode(std::string_view text);

// RFC 4648 4, with padding.
std::string base64(std::span<const std::uint8_t> bytes);
// The padding may be left out.
std::optional<std::string> base64_decode(std::string_view text);

// The text with each byte that is no part of well-formed UTF-8 replaced by U+FFFD.
std::string well_formed_utf8(std::string_view text);

inline std::span<const std::uint8_t> as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace handin
