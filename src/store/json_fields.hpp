// Reading the JSON that rows hold, member by member. A member that is missing or of another type
// throws std::logic_error (Boost.JSON's own), one whose text is damaged std::runtime_error.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::store::fields {

namespace json = boost::json;

inline json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

inline bool has(const json::object& object, std::string_view key) {
    return object.contains(view(key));
}

inline std::string text_of(const json::object& object, std::string_view key) {
    return std::string(object.at(view(key)).as_string());
}

inline std::int64_t integer_of(const json::object& object, std::string_view key) {
    return object.at(view(key)).to_number<std::int64_t>();
}

inline Time time_of(const json::object& object, std::string_view key) {
    return from_micros(integer_of(object, key));
}

template <class Enum>
Enum enum_of(const json::object& object, std::string_view key) {
    return static_cast<Enum>(integer_of(object, key));
}

inline Uuid id_of(const json::object& object, std::string_view key) {
    const auto id = Uuid::parse(object.at(view(key)).as_string());
    if (!id) throw std::runtime_error("a stored value has a damaged id");
    return *id;
}

// Numbers with fractions are kept as text: JSON readers may lose their last bit.
inline std::string exact(double value) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

inline double real_of(const json::object& object, std::string_view key) {
    const auto text = text_of(object, key);
    double value = 0;
    const auto* end = text.data() + text.size();
    if (const auto [at, error] = std::from_chars(text.data(), end, value);
        error != std::errc() || at != end)
        throw std::runtime_error("a stored value has a damaged number");
    return value;
}

// What is not there was not known yet when the line was written, or is as usual.
inline bool flag_of(const json::object& object, std::string_view key, bool usual = false) {
    return has(object, key) ? object.at(view(key)).as_bool() : usual;
}

template <class Read>
auto optional_of(const json::object& object, std::string_view key, Read read)
    -> std::optional<decltype(read(object, key))> {
    if (!has(object, key)) return std::nullopt;
    return read(object, key);
}

inline const json::object& object_of(const json::object& object, std::string_view key) {
    return object.at(view(key)).as_object();
}

}  // namespace handin::store::fields
