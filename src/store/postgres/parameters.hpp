// What a statement is given, in PostgreSQL's binary form: single values, and whole columns as
// arrays for unnest().
#pragma once

#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::store::postgres {

// A bytea; a std::string is a text.
struct Bytes {
    std::string_view bytes;
};

namespace wire {

// pg_type.dat: the types' numbers are part of the protocol.
inline constexpr std::uint32_t kBool = 16, kBytea = 17, kInt8 = 20, kText = 25, kFloat8 = 701,
                               kUuid = 2950;

void put(std::string& out, std::uint32_t value);
void put(std::string& out, std::uint64_t value);
void put_text(std::string& out, std::string_view text);  // with its length

// A value with its length before it, and the number of its type.
template <class T>
struct Codec;

template <class T>
    requires std::integral<T> || std::is_enum_v<T>
struct Codec<T> {
    static constexpr std::uint32_t type = kInt8;
    static void write(std::string& out, T value) {
        put(out, std::uint32_t{8});
        put(out, static_cast<std::uint64_t>(value));
    }
};
template <>
struct Codec<bool> {
    static constexpr std::uint32_t type = kBool;
    static void write(std::string& out, bool value) {
        put(out, std::uint32_t{1});
        out += static_cast<char>(value);
    }
};
template <>
struct Codec<double> {
    static constexpr std::uint32_t type = kFloat8;
    static void write(std::string& out, double value) {
        put(out, std::uint32_t{8});
        put(out, std::bit_cast<std::uint64_t>(value));
    }
};
template <>
struct Codec<Time> {
    static constexpr std::uint32_t type = kInt8;
    static void write(std::string& out, Time value) {
        Codec<std::int64_t>::write(out, to_micros(value));
    }
};
template <>
struct Codec<Bytes> {
    static constexpr std::uint32_t type = kBytea;
    static void write(std::string& out, Bytes value) {
        put(out, static_cast<std::uint32_t>(value.bytes.size()));
        out += value.bytes;
    }
};
template <std::size_t N>
struct Codec<std::array<std::uint8_t, N>> {
    static constexpr std::uint32_t type = kBytea;
    static void write(std::string& out, const std::array<std::uint8_t, N>& value) {
        put(out, std::uint32_t{N});
        out.append(reinterpret_cast<const char*>(value.data()), N);
    }
};
template <>
struct Codec<Uuid> {
    static constexpr std::uint32_t type = kUuid;
    static void write(std::string& out, const Uuid& value) {
        put(out, std::uint32_t{16});
        out.append(reinterpret_cast<const char*>(value.bytes.data()), 16);
    }
};
template <>
struct Codec<std::string> {
    static constexpr std::uint32_t type = kText;
    static void write(std::string& out, const std::string& value) { put_text(out, value); }
};
template <class T>
struct Codec<std::optional<T>> {
    static constexpr std::uint32_t type = Codec<T>::type;
    static void write(std::string& out, const std::optional<T>& value) {
        if (value)
            Codec<T>::write(out, *value);
        else
            put(out, ~std::uint32_t{0});
    }
};

}  // namespace wire

class Parameters {
 public:
    // One value; what is given is copied.
    template <class T>
    Parameters& add(const T& value) {
        begin();
        wire::Codec<T>::write(bytes_, value);
        end_value();
        return *this;
    }

    // What `of` gives for each row, as an array.
    template <class Rows, class Of>
    Parameters& column(const Rows& rows, Of of) {
        using Value = std::remove_cvref_t<std::invoke_result_t<Of&, decltype(*rows.begin())>>;
        using Codec = wire::Codec<Value>;
        begin();
        array_head(Codec::type, rows.size());
        for (const auto& row : rows)
            Codec::write(bytes_, std::invoke(of, row));
        end_array();
        return *this;
    }

    // The values themselves.
    template <class Rows>
    Parameters& column(const Rows& rows) {
        return column(rows, [](const auto& row) -> const auto& { return row; });
    }

    std::size_t size() const { return places_.size(); }
    // For libpq: nullptr for NULL.
    std::vector<const char*> values() const;
    std::vector<int> lengths() const;

 private:
    struct Place {
        std::size_t begin;
        int length;  // bytes; -1: NULL
    };
    void begin() { places_.push_back({.begin = bytes_.size(), .length = 0}); }
    void end_value();
    void end_array();
    void array_head(std::uint32_t type, std::size_t rows);

    std::string bytes_;
    std::vector<Place> places_;
};

}  // namespace handin::store::postgres
