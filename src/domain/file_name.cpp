#include "domain/file_name.hpp"

#include <vector>

#include "domain/text.hpp"

namespace handin::domain {
namespace {

constexpr std::string_view kEscapedSpace = "%20";

bool is_kept(char c) {
    const char low = lower_case(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("_-!',. ").contains(c);
}

// Runs of white space become one space, and what is not kept goes.
std::string plain(std::string_view name) {
    std::string result;
    bool space = false;
    while (!name.empty()) {
        const bool escaped = name.starts_with(kEscapedSpace);
        const bool spaced = escaped || is_space(name.front());
        if (spaced && !space) result += ' ';
        if (!spaced && is_kept(name.front())) result += name.front();
        space = spaced;
        name.remove_prefix(escaped ? kEscapedSpace.size() : 1);
    }
    return result;
}

std::vector<std::string_view> pieces_of(std::string_view name) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto dot = name.find('.');
        if (const auto piece = trimmed(name.substr(0, dot)); !piece.empty())
            pieces.push_back(piece);
        if (dot == std::string_view::npos) return pieces;
        name.remove_prefix(dot + 1);
    }
}

}  // namespace

std::string sanitised_name(std::string_view name) {
    const auto cleaned = plain(name);
    const auto pieces = pieces_of(cleaned);
    if (pieces.empty()) return "download.unknowntype";
    if (pieces.size() == 1) {
        const std::string only(pieces.front());
        return cleaned.starts_with('.') ? "download." + only : only + ".unknowntype";
    }
    std::string joined(pieces.front());
    for (std::size_t i = 1; i < pieces.size(); ++i)
        joined.append(".").append(pieces[i]);
    return joined;
}

}  // namespace handin::domain
