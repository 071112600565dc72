#include "store/postgres/rows.hpp"

#include <libpq-fe.h>

#include <bit>
#include <stdexcept>

#include "store/postgres/text.hpp"

namespace handin::store::postgres {

void ClearResult::operator()(pg_result* result) const noexcept {
    PQclear(result);
}

bool Rows::next() {
    column_ = 0;
    return ++row_ < PQntuples(result_.get());
}

std::size_t Rows::size() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
}

std::string_view Rows::column() {
    const int column = column_++;
    return {PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
}

std::string_view Rows::fixed(std::size_t size) {
    const auto value = column();
    if (value.size() != size) throw std::runtime_error("a fixed-size column is damaged");
    return value;
}

std::int64_t Rows::integer() {
    std::uint64_t value = 0;
    for (const char c : fixed(8))
        value = value << 8U | static_cast<unsigned char>(c);
    return static_cast<std::int64_t>(value);
}

double Rows::real() {
    return std::bit_cast<double>(integer());
}

bool Rows::flag() {
    return fixed(1)[0] != 0;
}

std::string Rows::text() {
    return plain(column());
}

std::string Rows::blob() {
    return std::string(column());
}

Uuid Rows::id() {
    return {bytes<16>()};
}

bool Rows::null() {
    if (PQgetisnull(result_.get(), row_, column_) == 0) return false;
    ++column_;
    return true;
}

std::optional<Time> Rows::optional_time() {
    return null() ? std::nullopt : std::optional(time());
}

std::optional<Uuid> Rows::optional_id() {
    return null() ? std::nullopt : std::optional(id());
}

}  // namespace handin::store::postgres
