// What an audit asks of a SQLite database, also beside a server.
#pragma once

#include <filesystem>

#include "store/audit_source.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class SqliteAuditSource final : public AuditSource {
 public:
    // Throws SourceError, or std::runtime_error for the operator (no such file, a newer schema).
    explicit SqliteAuditSource(const std::filesystem::path& file);

    std::string name() const override { return file_.string(); }
    bool has_latest_schema() override;
    void check_pages(bool quick, const std::function<void(const std::string&)>& fault) override;
    void begin() override;
    void end() noexcept override { db_.try_exec("ROLLBACK"); }
    std::unique_ptr<AuditCursor> open(AuditQuestion question, std::span<const Uuid> ids) override;
    std::size_t references() const override;
    std::unique_ptr<AuditCursor> open_reference(std::size_t index) override;
    void remember(const ToldEvent& event) override;
    std::function<std::optional<ToldEvent>()> told() override;
    std::optional<domain::Attempt> attempt(const Uuid& id) override;
    std::vector<Uuid> unnamed(std::span<const Uuid> storage_ids) override;

 private:
    std::filesystem::path file_;
    Connection db_;
};

}  // namespace handin::store::sqlite
