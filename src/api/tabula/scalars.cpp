#include "api/tabula/scalars.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <limits>

namespace handin::tabula {
namespace {

constexpr std::int64_t kLeast = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

std::unexpected<BodyProblem> wrong(std::string_view name, std::string_view wanted) {
    return std::unexpected(std::string(name) + ": " + std::string(wanted) + " is expected.");
}

}  // namespace

std::expected<json::object, BodyProblem> parse_object(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse({text.data(), text.size()}, error);
    if (error) return std::unexpected("The JSON cannot be read: " + error.message() + ".");
    if (!value.is_object()) return std::unexpected("The JSON must be an object.");
    return std::move(value.get_object());
}

std::expected<std::optional<std::int64_t>, BodyProblem> integer_in(std::string_view name,
                                                                   const json::value& value) {
    constexpr std::string_view wanted = "a whole number";
    if (value.is_null()) return std::nullopt;
    std::int64_t number = 0;
    if (value.is_int64()) {
        number = value.get_int64();
    } else if (value.is_double()) {
        const auto whole = std::trunc(value.get_double());
        if (!(whole >= static_cast<double>(kLeast) && whole <= static_cast<double>(kMost)))
            return wrong(name, wanted);
        number = static_cast<std::int64_t>(whole);
    } else if (const auto* text = value.if_string()) {
        if (text->empty()) return std::nullopt;
        const auto* end = text->data() + text->size();
        if (const auto [at, error] = std::from_chars(text->data(), end, number);
            error != std::errc() || at != end)
            return wrong(name, wanted);
    } else {
        return wrong(name, wanted);
    }
    if (number < kLeast || number > kMost) return wrong(name, wanted);
    return number;
}

std::expected<std::optional<bool>, BodyProblem> flag_in(std::string_view name,
                                                        const json::value& value) {
    if (value.is_null()) return std::nullopt;
    if (value.is_bool()) return value.get_bool();
    if (value.is_int64()) return value.get_int64() != 0;
    if (const auto* text = value.if_string()) {
        if (text->empty()) return std::nullopt;
        if (*text == "true" || *text == "True") return true;
        if (*text == "false" || *text == "False") return false;
    }
    return wrong(name, "true or false");
}

std::expected<std::optional<std::string>, BodyProblem> text_in(std::string_view name,
                                                               const json::value& value) {
    if (value.is_null()) return std::nullopt;
    if (const auto* text = value.if_string()) return std::string(*text);
    if (value.is_bool() || value.is_number()) return json::serialize(value);
    return wrong(name, "a text");
}

}  // namespace handin::tabula
