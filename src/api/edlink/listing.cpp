#include "api/edlink/listing.hpp"

#include <boost/json/array.hpp>

namespace handin::edlink {
namespace {

constexpr std::size_t kBytesOfValue = 8;  // with the commas around it

}  // namespace

std::size_t bytes_of(const json::object& object) {
    std::size_t bytes = kBytesOfValue;
    for (const auto& [name, value] : object)
        bytes += name.size() + bytes_of(value);
    return bytes;
}

std::size_t bytes_of(const json::value& value) {
    if (const auto* text = value.if_string()) return kBytesOfValue + text->size();
    if (const auto* object = value.if_object()) return bytes_of(*object);
    std::size_t bytes = kBytesOfValue;
    if (const auto* list = value.if_array())
        for (const auto& each : *list)
            bytes += bytes_of(each);
    return bytes;
}

}  // namespace handin::edlink
