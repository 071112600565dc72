// Rows by the names that administrators know them by. For the use cases of this folder.
#pragma once

#include <expected>
#include <optional>
#include <string>

#include "domain/access.hpp"
#include "domain/refusal.hpp"
#include "domain/roster.hpp"
#include "store/reader.hpp"

namespace handin::service::named {

template <class T>
using Found = std::expected<T, domain::Refusals>;

std::unexpected<domain::Refusals> refused(domain::Reason reason, std::string field,
                                          std::string detail);

// By id; nothing: the only one there is.
Found<domain::Account> account(store::Reader& reader, const std::optional<std::string>& id);
// By id, login, SIS id or university id.
Found<domain::Person> person(store::Reader& reader, const Uuid& account_id,
                             const std::string& name);
// By id or client_id, of any account.
Found<domain::Integration> integration(store::Reader& reader, const std::string& name);
// By id or username.
Found<domain::ApiUser> api_user(store::Reader& reader, const Uuid& account_id,
                                const std::string& name);
// By id or SIS id.
Found<domain::Class> klass(store::Reader& reader, const Uuid& account_id, const std::string& name);
// By id or code.
Found<domain::Department> department(store::Reader& reader, const Uuid& account_id,
                                     const std::string& name);

}  // namespace handin::service::named
