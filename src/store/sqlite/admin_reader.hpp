#pragma once

#include <functional>

#include "store/admin_reader.hpp"
#include "store/reader.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

class SqliteAdminReader final : public AdminReader {
 public:
    // `now`: the connection, in the snapshot; `generation`: of the roster, not above what it sees.
    SqliteAdminReader(std::function<Connection&()> now, std::function<std::uint64_t()> generation)
        : now_(std::move(now)), generation_(std::move(generation)) {}

    std::uint64_t roster_generation() override { return generation_(); }
    std::vector<domain::Account> accounts() override;
    std::vector<domain::Token> tokens(const TokenFilter& filter, const Page& page) override;
    std::optional<domain::Token> token(const Uuid& id) override;
    std::vector<domain::Integration> integrations(const Page& page) override;
    std::optional<domain::Integration> integration(const Uuid& id) override;
    std::vector<domain::ApiUser> api_users(const Page& page) override;
    std::optional<domain::ApiUser> api_user(const Uuid& id) override;
    std::optional<domain::ApiUser> api_user_named(const Uuid& account_id,
                                                  const std::string& username) override;
    std::vector<domain::Grant> grants(const std::optional<Uuid>& holder_id,
                                      const Page& page) override;
    std::optional<domain::Grant> grant(const Uuid& id) override;
    std::vector<domain::AuditEntry> audit(const AuditFilter& filter, const Page& page) override;
    std::vector<domain::Person> people(const Uuid& account_id, PersonName kind,
                                       std::span<const std::string> names) override;
    std::vector<domain::Class> classes(const Uuid& account_id,
                                       std::span<const std::string> sis_ids) override;
    std::vector<domain::Department> departments(const Uuid& account_id) override;
    std::optional<domain::Department> department(const Uuid& id) override;
    std::vector<domain::Enrollment> enrollments(std::span<const Uuid> class_ids,
                                                std::span<const Uuid> person_ids) override;
    std::vector<domain::Enrollment> enrollments_of(const Uuid& class_id) override;
    std::vector<domain::Class> classes(const Uuid& account_id, const Page& page) override;
    std::vector<domain::Category> categories(const Uuid& class_id, const Page& page) override;
    std::optional<domain::Category> category(const Uuid& id) override;
    std::vector<domain::Person> people(const Uuid& account_id, const Page& page) override;
    std::vector<domain::Enrollment> enrollments(const EnrollmentFilter& filter,
                                                const Page& page) override;
    std::optional<domain::Enrollment> enrollment(const Uuid& id) override;
    std::vector<Uuid> members(const Uuid& class_id, domain::Roles roles, const Page& page) override;
    LastNumbers last_numbers(const Uuid& account_id) override;

 private:
    std::function<Connection&()> now_;
    std::function<std::uint64_t()> generation_;
};

}  // namespace handin::store::sqlite
