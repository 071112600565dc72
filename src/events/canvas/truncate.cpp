#include <vector>

#include "events/canvas/canvas_form.hpp"

namespace handin::events::canvas {
namespace {

constexpr std::size_t kLimit = 8192;          // code points
constexpr std::size_t kLastCut = kLimit - 3;  // leaves room for "..."

bool starts_code_point(char c) {
    return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
}

}  // namespace

std::string truncated(std::string_view text) {
    std::size_t code_points = 0;
    std::size_t last_space = std::string_view::npos;
    std::size_t last_cut = text.size();
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!starts_code_point(text[at])) continue;
        if (code_points <= kLastCut && text[at] == ' ') last_space = at;
        if (code_points == kLastCut) last_cut = at;
        if (++code_points > kLimit)
            return std::string(text.substr(0, std::min(last_space, last_cut))) + "...";
    }
    return std::string(text);
}

std::string_view first_code_points(std::string_view text, std::size_t count) {
    for (std::size_t at = 0; at < text.size(); ++at)
        if (starts_code_point(text[at]) && count-- == 0) return text.substr(0, at);
    return text;
}

}  // namespace handin::events::canvas
