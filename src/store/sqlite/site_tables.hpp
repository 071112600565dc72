// A SQLite database as plain tables.
#pragma once

#include <filesystem>
#include <map>
#include <optional>

#include "base/process_lock.hpp"
#include "store/sqlite/connection.hpp"
#include "store/tables.hpp"

namespace handin::store::sqlite {

class SiteTables final : public Tables {
 public:
    enum class Use {
        source,  // must be there, with this binary's schema
        target,  // is made if it is not there
        copy,    // the same, and nobody else can know of it
    };

    // No server may use the database: it is locked. Throws std::runtime_error with a sentence for
    // the operator.
    SiteTables(const std::filesystem::path& file, Use use);

    std::vector<Table> tables() override;
    std::vector<Row> read(const Table& table, const Row& after, std::size_t limit) override;
    void write(const Table& table, std::span<const Row> rows, const std::string& note) override;
    std::optional<std::string> note() override;

 private:
    // Statements are kept by the address of their text.
    const char* kept(const std::string& sql) {
        return texts_.try_emplace(sql, sql).first->second.c_str();
    }

    std::optional<ProcessLock> lock_;
    std::optional<Connection> db_;
    std::map<std::string, std::string> texts_;
};

}  // namespace handin::store::sqlite
