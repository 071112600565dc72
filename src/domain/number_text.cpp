#include "domain/number_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace handin::domain {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

std::optional<double> number_from(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || !is_digit(digits.back())) return std::nullopt;
    if (!is_digit(digits.front()) && digits.front() != '.') return std::nullopt;
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (std::abs(value) > kMostPoints) return std::nullopt;
    return value;
}

std::string number_text(double value) {
    std::array<char, 512> buffer{};
    const double shown = without_noise(value);
    const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                            shown == 0 ? 0 : shown, std::chars_format::fixed);
    return error == std::errc() ? std::string(buffer.data(), end) : std::string();
}

double without_noise(double value) {
    return std::round(value * 1e6) / 1e6;
}

double to_cents(double value) {
    return std::round(value * 100) / 100;
}

}  // namespace handin::domain
