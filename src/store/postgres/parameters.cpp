#include "store/postgres/parameters.hpp"

#include "store/postgres/text.hpp"

namespace handin::store::postgres {
namespace wire {
namespace {

template <class T>
void put_big_endian(std::string& out, T value) {
    for (unsigned shift = sizeof(T) * 8; shift > 0; shift -= 8)
        out += static_cast<char>(value >> (shift - 8) & 0xffU);
}

}  // namespace

void put(std::string& out, std::uint32_t value) {
    put_big_endian(out, value);
}

void put(std::string& out, std::uint64_t value) {
    put_big_endian(out, value);
}

void put_text(std::string& out, std::string_view text) {
    const auto kept = armoured(text);
    Codec<Bytes>::write(out, {kept ? std::string_view(*kept) : text});
}

}  // namespace wire

// A value is written with its length before it, as in an array; libpq wants that apart.
void Parameters::end_value() {
    auto& place = places_.back();
    place.begin += 4;
    const bool null = bytes_.size() == place.begin && bytes_[place.begin - 4] == '\xff';
    place.length = null ? -1 : static_cast<int>(bytes_.size() - place.begin);
}

void Parameters::end_array() {
    auto& place = places_.back();
    place.length = static_cast<int>(bytes_.size() - place.begin);
}

// array_send() in the server's arrayfuncs.c: dimensions, whether there may be NULLs, type; then for
// each dimension its size and first index.
void Parameters::array_head(std::uint32_t type, std::size_t rows) {
    wire::put(bytes_, std::uint32_t{rows > 0});
    wire::put(bytes_, std::uint32_t{1});
    wire::put(bytes_, type);
    if (rows == 0) return;
    wire::put(bytes_, static_cast<std::uint32_t>(rows));
    wire::put(bytes_, std::uint32_t{1});
}

std::vector<const char*> Parameters::values() const {
    std::vector<const char*> values;
    values.reserve(places_.size());
    for (const auto& place : places_)
        values.push_back(place.length < 0 ? nullptr : bytes_.data() + place.begin);
    return values;
}

std::vector<int> Parameters::lengths() const {
    std::vector<int> lengths;
    lengths.reserve(places_.size());
    for (const auto& place : places_)
        lengths.push_back(place.length);
    return lengths;
}

}  // namespace handin::store::postgres
