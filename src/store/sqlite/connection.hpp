// One SQLite connection with its prepared statements. Not shared between threads.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.hpp"
#include "base/time.hpp"
#include "base/uuid.hpp"

namespace handin::store::sqlite {

// A prepared statement in use: bind in order, step, read in order. Resets itself at the end.
class Query {
 public:
    explicit Query(SQLite::Statement& statement) : statement_(&statement) {}
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    // What is bound by reference must outlive the Query.
    Query& bind(std::int64_t value);
    Query& bind(double value);
    Query& bind(bool value) { return bind(std::int64_t{value}); }
    Query& bind(const std::string& text);
    Query& bind_blob(std::string_view bytes);
    Query& bind(const Uuid& id);
    template <std::size_t N>
    Query& bind(const std::array<std::uint8_t, N>& bytes) {
        return bind_blob({reinterpret_cast<const char*>(bytes.data()), N});
    }
    Query& bind(Time time) { return bind(to_micros(time)); }
    Query& bind_null();
    template <class T>
    Query& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind_null();
    }

    bool next() {
        column_ = 0;
        return statement_->executeStep();
    }
    // Runs a statement that gives no rows; how many it changed.
    int run() { return statement_->exec(); }

    std::int64_t integer();
    double real();
    bool flag() { return integer() != 0; }
    std::string text();
    std::string blob();
    Uuid id();
    // A column that must have just so many.
    template <std::size_t N>
    std::array<std::uint8_t, N> bytes() {
        std::array<std::uint8_t, N> value{};
        copy_fixed(value);
        return value;
    }
    Digest256 digest256() { return bytes<32>(); }
    Digest160 digest160() { return bytes<20>(); }
    Time time() { return from_micros(integer()); }
    // The column is NULL: then it is passed over.
    bool null();
    std::optional<Time> optional_time();
    std::optional<Uuid> optional_id();

 private:
    void copy_fixed(std::span<std::uint8_t> out);
    SQLite::Column column() { return statement_->getColumn(column_++); }

    SQLite::Statement* statement_;
    int parameter_ = 1;
    int column_ = 0;
};

enum class Access { read_write, read_only };

class Connection {
 public:
    Connection(const std::filesystem::path& file, Access access);

    // `sql` must be a literal: statements are kept by its address.
    Query query(const char* sql) { return Query(statement(sql)); }
    void exec(const char* sql) {
        statement(sql).exec();
        statement(sql).reset();
    }
    // The same, whatever becomes of it.
    void try_exec(const char* sql) noexcept;
    SQLite::Database& database() { return database_; }

    // Whether a write failed with this (extended) result for want of room: SQLite has a code of its
    // own for a full disk, but a used-up quota is one of many errors of writing to it.
    bool full(int result);

 private:
    SQLite::Statement& statement(const char* sql);

    SQLite::Database database_;
    std::unordered_map<const char*, std::unique_ptr<SQLite::Statement>> statements_;
};

}  // namespace handin::store::sqlite
