// Rows by key: what both the writer's batches and the readers ask for.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "domain/access.hpp"
#include "domain/coursework.hpp"
#include "domain/roster.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

std::optional<domain::Account> find_account(Connection& db, const Uuid& id);
std::optional<domain::Person> find_person(Connection& db, const Uuid& id);
std::optional<domain::Class> find_class(Connection& db, const Uuid& id);
std::optional<domain::Membership> find_membership(Connection& db, const Uuid& class_id,
                                                  const Uuid& person_id);
std::optional<domain::Assignment> find_assignment(Connection& db, const Uuid& id);
// The highest number in the account; 0: there is none yet.
std::int64_t find_last_assignment(Connection& db, const Uuid& account_id);
std::optional<domain::Integration> find_integration(Connection& db, const Uuid& id);
std::optional<domain::Integration> find_client(Connection& db, const std::string& client_id);
std::optional<domain::Token> find_token(Connection& db, const Digest256& hash);
std::vector<domain::Grant> find_grants_of(Connection& db, const Uuid& holder_id);
std::optional<domain::Submission> find_submission(Connection& db, const Uuid& id);
// With its attachments. Throws std::runtime_error if one of them is not there.
std::optional<domain::Attempt> find_attempt(Connection& db, const Uuid& id);

}  // namespace handin::store::sqlite
