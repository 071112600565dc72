// What a statement gave. Step, then read a row's columns in order.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

extern "C" struct pg_result;

namespace handin::store::postgres {

struct ClearResult {
    void operator()(pg_result* result) const noexcept;
};
using Result = std::unique_ptr<pg_result, ClearResult>;

class Rows {
 public:
    explicit Rows(Result result) : result_(std::move(result)) {}

    bool next();
    std::size_t size() const;

    std::int64_t integer();
    double real();
    bool flag();
    std::string text();
    std::string blob();
    Uuid id();
    // A column that must have just so many.
    template <std::size_t N>
    std::array<std::uint8_t, N> bytes() {
        std::array<std::uint8_t, N> value;
        const auto found = fixed(N);
        found.copy(reinterpret_cast<char*>(value.data()), N);
        return value;
    }
    Digest256 digest256() { return bytes<32>(); }
    Digest160 digest160() { return bytes<20>(); }
    Time time() { return from_micros(integer()); }
    // The column is NULL: then it is passed over.
    bool null();
    std::optional<Time> optional_time();
    std::optional<Uuid> optional_id();
    template <class Enum>
    Enum enumeration() {
        return static_cast<Enum>(integer());
    }

 private:
    std::string_view column();
    std::string_view fixed(std::size_t size);

    Result result_;
    int row_ = -1;
    int column_ = 0;
};

}  // namespace handin::store::postgres
