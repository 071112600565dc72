#include "store/sqlite/site_tables.hpp"

#include <algorithm>
#include <stdexcept>

#include "store/sqlite/migrate.hpp"

namespace handin::store::sqlite {
namespace {

constexpr const char* kNames =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    " ORDER BY name";
constexpr const char* kColumns = "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY name";
constexpr const char* kNote = "SELECT value FROM setting WHERE name = ?";
constexpr const char* kSetNote = "INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)";

ColumnKind kind_of(const std::string& type) {
    if (type == "INTEGER") return ColumnKind::integer;
    if (type == "REAL") return ColumnKind::real;
    if (type == "TEXT") return ColumnKind::text;
    if (type == "BLOB") return ColumnKind::bytes;
    throw std::logic_error("columns of type " + type + " cannot be moved");
}

std::string joined(const Table& table, const char* before, const char* after) {
    std::string text;
    for (const auto& column : table.columns)
        text += (text.empty() ? "" : ", ") + (before + column.name) + after;
    return text;
}

// Names are those of the schema, never from outside.
std::string select_of(const Table& table, bool from_the_first) {
    std::string key;
    std::string places;
    for (const auto index : table.key) {
        key += (key.empty() ? "\"" : ", \"") + table.columns[index].name + '"';
        places += places.empty() ? "?" : ", ?";
    }
    return "SELECT " + joined(table, "\"", "\"") + " FROM \"" + table.name + "\" WHERE " +
           (from_the_first ? "1" : '(' + key + ") > (" + places + ')') +
           (table.name == "setting" ? " AND name <> '" + std::string(kMoveSetting) + '\'' : "") +
           " ORDER BY " + key + " LIMIT ?";
}

std::string insert_of(const Table& table) {
    std::string places;
    for (std::size_t i = 0; i < table.columns.size(); ++i)
        places += places.empty() ? "?" : ", ?";
    return "INSERT INTO \"" + table.name + "\" (" + joined(table, "\"", "\"") + ") VALUES (" +
           places + ')';
}

struct Bind {
    Query& query;
    void operator()(std::monostate) const { query.bind_null(); }
    void operator()(std::int64_t value) const { query.bind(value); }
    void operator()(double value) const { query.bind(value); }
    void operator()(const std::string& value) const { query.bind(value); }
    void operator()(const Blob& value) const { query.bind_blob(value.bytes); }
};

void bind(Query& query, const Row& values) {
    for (const auto& value : values)
        std::visit(Bind{query}, value);
}

Value value_of(Query& query, ColumnKind kind) {
    if (query.null()) return {};
    switch (kind) {
        case ColumnKind::integer:
            return query.integer();
        case ColumnKind::real:
            return query.real();
        case ColumnKind::text:
            return query.text();
        case ColumnKind::bytes:
            return Blob{query.blob()};
    }
    return {};
}

}  // namespace

SiteTables::SiteTables(const std::filesystem::path& file, Use use) {
    if (use == Use::source && !std::filesystem::exists(file))
        throw std::runtime_error("there is no database " + file.string());
    try {
        if (use != Use::copy) lock_.emplace(file.string() + ".lock", "this database");
        db_.emplace(file, Access::read_write);
        db_->database().exec("PRAGMA wal_autocheckpoint = 1000");
        if (use != Use::source) migrate(*db_);
        if (schema_of(*db_) != static_cast<int>(schema::migrations().size()))
            throw std::runtime_error(
                file.string() + " is of an older handin: start this one on it once, and stop it");
    } catch (const SQLite::Exception& error) {
        throw std::runtime_error(file.string() + ": " + error.what());
    }
}

std::vector<Table> SiteTables::tables() {
    std::vector<Table> tables;
    auto names = db_->query(kNames);
    while (names.next())
        tables.push_back({.name = names.text(), .columns = {}, .key = {}});
    for (auto& table : tables) {
        std::map<std::int64_t, std::size_t> key;
        auto columns = db_->query(kColumns);
        columns.bind(table.name);
        while (columns.next()) {
            auto name = columns.text();
            const auto kind = kind_of(columns.text());
            if (const auto place = columns.integer(); place > 0)
                key.emplace(place, table.columns.size());
            table.columns.push_back({std::move(name), kind});
        }
        for (const auto& [place, index] : key)
            table.key.push_back(index);
    }
    return tables;
}

std::vector<Row> SiteTables::read(const Table& table, const Row& after, std::size_t limit) {
    auto query = db_->query(kept(select_of(table, after.empty())));
    bind(query, after);
    query.bind(static_cast<std::int64_t>(limit));
    std::vector<Row> rows;
    while (query.next()) {
        auto& row = rows.emplace_back();
        for (const auto& column : table.columns)
            row.push_back(value_of(query, column.kind));
    }
    return rows;
}

void SiteTables::write(const Table& table, std::span<const Row> rows, const std::string& note) {
    SQLite::Transaction transaction(db_->database(), SQLite::TransactionBehavior::IMMEDIATE);
    const auto* insert = kept(insert_of(table));
    for (const auto& row : rows) {
        auto query = db_->query(insert);
        bind(query, row);
        query.run();
    }
    const std::string name = kMoveSetting;
    db_->query(kSetNote).bind(name).bind(note).run();
    transaction.commit();
}

std::optional<std::string> SiteTables::note() {
    const std::string name = kMoveSetting;
    auto query = db_->query(kNote);
    query.bind(name);
    return query.next() ? std::optional(query.text()) : std::nullopt;
}

}  // namespace handin::store::sqlite
