// Whole numbers in requests.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/request.hpp"

namespace handin::admin {

// In [least, most], or nullopt.
inline std::optional<std::int64_t> number_of(std::string_view text, std::int64_t least,
                                             std::int64_t most) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (value < least || value > most) return std::nullopt;
    return value;
}

// `fallback` if the parameter is not there.
inline std::optional<std::int64_t> number_in(const http::Request& request, std::string_view name,
                                             std::int64_t fallback, std::int64_t least,
                                             std::int64_t most) {
    const auto text = request.query(name);
    return text ? number_of(*text, least, most) : fallback;
}

}  // namespace handin::admin
