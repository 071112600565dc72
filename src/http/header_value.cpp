#include "http/header_value.hpp"

#include <algorithm>

namespace handin::http {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string lower(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

// Takes a quoted string off the front of `text`, which begins with its quote.
std::optional<std::string> take_quoted(std::string_view& text) {
    std::string value;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return value;
        }
        const bool escapes =
            text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
        if (escapes) ++i;
        value += text[i];
    }
    return std::nullopt;
}

std::optional<std::string> take_value(std::string_view& text) {
    if (text.starts_with('"')) return take_quoted(text);
    const auto end = std::min(text.find_first_of("; \t\""), text.size());
    std::string value(text.substr(0, end));
    text.remove_prefix(end);
    return value;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

const std::string* HeaderValue::parameter(std::string_view name) const {
    const auto found =
        std::ranges::find(parameters, name, [](const auto& pair) -> auto& { return pair.first; });
    return found == parameters.end() ? nullptr : &found->second;
}

std::optional<HeaderValue> parse_header_value(std::string_view text) {
    const auto end = std::min(text.find(';'), text.size());
    HeaderValue result{.value = lower(trimmed(text.substr(0, end))), .parameters = {}};
    text = trimmed(text.substr(end));
    while (!text.empty()) {
        if (!text.starts_with(';')) return std::nullopt;
        text = trimmed(text.substr(1));
        if (text.empty() || text.starts_with(';')) continue;  // "a; ;b=c;" is harmless
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        auto name = lower(trimmed(text.substr(0, equals)));
        if (name.empty() || name.find_first_of(";\" \t") != std::string::npos) return std::nullopt;
        text = trimmed(text.substr(equals + 1));
        auto value = take_value(text);
        if (!value || result.parameter(name)) return std::nullopt;
        result.parameters.emplace_back(std::move(name), std::move(*value));
        text = trimmed(text);
    }
    return result;
}

}  // namespace handin::http
