// What a JSON text takes in memory once it is parsed as a whole: many times its length, if it is
// made of small values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace handin::edlink {

// At most about so many bytes: the text itself, what is made of it, and for each value a place in
// its list, and one while the list grows.
inline std::size_t dom_bytes(std::string_view text) {
    constexpr std::size_t copies = 2;
    constexpr std::size_t value_bytes = 64;
    const auto values = std::ranges::count_if(
        text, [](char byte) { return byte == ',' || byte == '[' || byte == '{'; });
    return copies * text.size() + value_bytes * static_cast<std::size_t>(values);
}

}  // namespace handin::edlink
