// JSON values as strictly, and as leniently, as Tabula's own reader takes them (tabula.md 1.1).
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace handin::tabula {

namespace json = boost::json;

// What is wrong with a body, for its sender.
using BodyProblem = std::string;

// A whole body; nothing but JSON, and an object.
std::expected<json::object, BodyProblem> parse_object(std::string_view text);

// Nothing for null. 3.7 is 3, "3000" is 3000.
std::expected<std::optional<std::int64_t>, BodyProblem> integer_in(std::string_view name,
                                                                   const json::value& value);
// "true" is true; numbers are true but for 0.
std::expected<std::optional<bool>, BodyProblem> flag_in(std::string_view name,
                                                        const json::value& value);
// Numbers and truth values as they are written.
std::expected<std::optional<std::string>, BodyProblem> text_in(std::string_view name,
                                                               const json::value& value);

}  // namespace handin::tabula
