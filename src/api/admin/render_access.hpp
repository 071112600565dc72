// Rows of access as handin's own API shows them; never a secret.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "domain/access.hpp"
#include "domain/audit.hpp"

namespace handin::admin {

boost::json::object render(const domain::Token& token);
boost::json::object render(const domain::Integration& integration);
boost::json::object render(const domain::ApiUser& user);
boost::json::object render(const domain::Grant& grant);
boost::json::object render(const domain::AuditEntry& entry);

}  // namespace handin::admin
