// What an audit asks of a PostgreSQL database, also beside servers.
#pragma once

#include <map>
#include <string>

#include "store/audit_source.hpp"
#include "store/postgres/reader.hpp"

namespace handin::store::postgres {

class PostgresAuditSource final : public AuditSource {
 public:
    // Throws std::runtime_error for the operator.
    explicit PostgresAuditSource(const std::string& url);

    std::string name() const override { return "the database"; }
    bool has_latest_schema() override;
    // Nothing: pages are PostgreSQL's own matter (data checksums, pg_amcheck).
    void check_pages(bool, const std::function<void(const std::string&)>&) override {}
    void begin() override;
    void end() noexcept override;
    std::unique_ptr<AuditCursor> open(AuditQuestion question, std::span<const Uuid> ids) override;
    std::size_t references() const override;
    std::unique_ptr<AuditCursor> open_reference(std::size_t index) override;
    void remember(const ToldEvent&) override {}  // they are asked for again, and sorted there
    std::function<std::optional<ToldEvent>()> told() override;
    std::optional<domain::Attempt> attempt(const Uuid& id) override;
    std::vector<Uuid> unnamed(std::span<const Uuid> storage_ids) override;

 private:
    class Fetched;
    class Streamed;
    std::vector<Rows> run();
    std::unique_ptr<AuditCursor> stream(const char* sql);
    // Statements are kept by the address of their text.
    const char* kept(std::string sql);

    Connector connector_;
    RowCache cache_;
    RosterWatch watch_;
    PostgresReader reader_;
    std::unique_ptr<Connection> db_;
    bool open_ = false;  // a transaction is, or is to be begun again after a failure
    std::map<std::string, std::string> texts_;
    unsigned cursors_ = 0;  // so many
};

}  // namespace handin::store::postgres
