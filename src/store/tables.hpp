// A database as plain tables of values, the same whichever engine keeps it: for what moves or
// compares whole sites. Tables and columns are those of the schema, whatever migrations add.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace handin::store {

struct Blob {
    std::string bytes;

    bool operator==(const Blob&) const = default;
};

// NULL, an integer (also a truth value), a number, a text, bytes (also an id).
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;
using Row = std::vector<Value>;

enum class ColumnKind : std::uint8_t { integer, real, text, bytes };

struct Column {
    std::string name;
    ColumnKind kind{};

    bool operator==(const Column&) const = default;
};

struct Table {
    std::string name;
    std::vector<Column> columns;   // by name, whatever order the engine has
    std::vector<std::size_t> key;  // indexes of the columns of the primary key, in its order

    bool operator==(const Table&) const = default;
};

// The setting under which a database remembers how far a move into it has come (move.hpp). Belongs
// to no site: read() leaves it out.
inline constexpr auto kMoveSetting = "site_move";

// Everything blocks. Throws std::runtime_error with a sentence for the operator.
class Tables {
 public:
    virtual ~Tables() = default;
    // By name. What one engine has for its own needs is not among them.
    virtual std::vector<Table> tables() = 0;
    // In the order of the key, those after `after` (values of the key; empty: from the first).
    virtual std::vector<Row> read(const Table& table, const Row& after, std::size_t limit) = 0;
    // Adds rows, which come in the order of the key, and notes how far this is, in one transaction.
    virtual void write(const Table& table, std::span<const Row> rows, const std::string& note) = 0;
    virtual std::optional<std::string> note() = 0;
};

}  // namespace handin::store
