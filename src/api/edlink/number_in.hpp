// Numbers in bodies (edlink.md 2.3).
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "domain/number_text.hpp"

namespace handin::edlink {

// A number, or the same as text; nullopt for anything else, also for more than kMostPoints.
inline std::optional<double> number_in(const boost::json::value& value) {
    std::optional<double> number;
    if (value.is_number())
        number = value.to_number<double>();
    else if (value.is_string())
        number = domain::number_from(std::string_view(value.get_string()));
    const bool sane = number && *number >= -domain::kMostPoints && *number <= domain::kMostPoints;
    return sane ? number : std::nullopt;
}

}  // namespace handin::edlink
