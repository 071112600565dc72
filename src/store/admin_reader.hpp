// What administrators ask: lists of who has access, and rows by the names that people use. They are
// part of a Reader's snapshot.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "domain/access.hpp"
#include "domain/audit.hpp"
#include "domain/category.hpp"
#include "domain/roster.hpp"

namespace handin::store {

struct Page;

// Which tokens. Those that came from a refresh token are never listed: there may be very many.
struct TokenFilter {
    std::optional<domain::Token::Kind> kind = {};
    std::optional<Uuid> owner_id = {};  // person, integration or API user
};

struct AuditFilter {
    std::optional<std::string> action = {};
    std::optional<std::string> target = {};
};

// Which enrollments; more than one of the last two is not asked for.
struct EnrollmentFilter {
    Uuid account_id;
    std::optional<Uuid> class_id = {};
    std::optional<Uuid> person_id = {};
};

// The names that a person has in an account beside the id.
enum class PersonName : std::uint8_t { login, sis_id, university_id };

// The highest numbers that were given out; 0: none yet.
struct LastNumbers {
    std::int64_t person = 0, klass = 0, integration = 0;
};

class AdminReader {
 public:
    virtual ~AdminReader() = default;

    // Changes with the roster, and is never told higher than what this snapshot sees.
    virtual std::uint64_t roster_generation() = 0;

    virtual std::vector<domain::Account> accounts() = 0;
    // By their ids, like the other lists.
    virtual std::vector<domain::Token> tokens(const TokenFilter& filter, const Page& page) = 0;
    virtual std::optional<domain::Token> token(const Uuid& id) = 0;
    virtual std::vector<domain::Integration> integrations(const Page& page) = 0;
    virtual std::optional<domain::Integration> integration(const Uuid& id) = 0;
    virtual std::vector<domain::ApiUser> api_users(const Page& page) = 0;
    virtual std::optional<domain::ApiUser> api_user(const Uuid& id) = 0;
    virtual std::optional<domain::ApiUser> api_user_named(const Uuid& account_id,
                                                          const std::string& username) = 0;
    // Of one holder, or of all.
    virtual std::vector<domain::Grant> grants(const std::optional<Uuid>& holder_id,
                                              const Page& page) = 0;
    virtual std::optional<domain::Grant> grant(const Uuid& id) = 0;
    virtual std::vector<domain::AuditEntry> audit(const AuditFilter& filter, const Page& page) = 0;

    // In no order; more than one may have the same name.
    virtual std::vector<domain::Person> people(const Uuid& account_id, PersonName kind,
                                               std::span<const std::string> names) = 0;
    virtual std::vector<domain::Class> classes(const Uuid& account_id,
                                               std::span<const std::string> sis_ids) = 0;
    virtual std::vector<domain::Department> departments(const Uuid& account_id) = 0;
    virtual std::optional<domain::Department> department(const Uuid& id) = 0;
    // Those that are there, of these members, in any role.
    virtual std::vector<domain::Enrollment> enrollments(std::span<const Uuid> class_ids,
                                                        std::span<const Uuid> person_ids) = 0;
    // The enrollments of a class, by person and role.
    virtual std::vector<domain::Enrollment> enrollments_of(const Uuid& class_id) = 0;
    // All classes of an account, by id.
    virtual std::vector<domain::Class> classes(const Uuid& account_id, const Page& page) = 0;
    // Of a class, by their ids.
    virtual std::vector<domain::Category> categories(const Uuid& class_id, const Page& page) = 0;
    virtual std::optional<domain::Category> category(const Uuid& id) = 0;
    // By their ids.
    virtual std::vector<domain::Person> people(const Uuid& account_id, const Page& page) = 0;
    virtual std::vector<domain::Enrollment> enrollments(const EnrollmentFilter& filter,
                                                        const Page& page) = 0;
    virtual std::optional<domain::Enrollment> enrollment(const Uuid& id) = 0;
    // Who has any of these roles (bits) in the class, by person id.
    virtual std::vector<Uuid> members(const Uuid& class_id, domain::Roles roles,
                                      const Page& page) = 0;
    virtual LastNumbers last_numbers(const Uuid& account_id) = 0;
};

}  // namespace handin::store
