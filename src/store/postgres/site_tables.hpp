// A PostgreSQL database as plain tables: those of SQLite's schema. What several writers need
// besides is left out, and made anew in a target.
#pragma once

#include <map>
#include <string>

#include "store/postgres/connection.hpp"
#include "store/tables.hpp"

namespace handin::store::postgres {

class SiteTables final : public Tables {
 public:
    enum class Use {
        source,    // no server may use it
        target,    // the same; the schema is made
        snapshot,  // as it is at this moment, beside servers
    };

    // Throws std::runtime_error with a sentence for the operator.
    SiteTables(const std::string& url, Use use);

    std::vector<Table> tables() override;
    std::vector<Row> read(const Table& table, const Row& after, std::size_t limit) override;
    void write(const Table& table, std::span<const Row> rows, const std::string& note) override;
    std::optional<std::string> note() override;

 private:
    void require_no_server();
    std::vector<Row> read_events(const Row& after, std::size_t limit);
    void queue_events(std::span<const Row> rows);
    const std::vector<std::string>& types_of(const Table& table) const;
    // Statements are kept by the address of their text.
    const char* kept(const std::string& sql) {
        return texts_.try_emplace(sql, sql).first->second.c_str();
    }

    Connection db_;
    std::map<std::string, std::vector<std::string>> types_;  // of the columns, by table
    std::map<std::string, std::string> texts_;
};

}  // namespace handin::store::postgres
