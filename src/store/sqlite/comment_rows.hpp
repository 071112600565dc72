// Comments, and the groups that they may be for.
#pragma once

#include <optional>

#include "domain/comment.hpp"
#include "domain/groups.hpp"
#include "store/sqlite/connection.hpp"

namespace handin::store::sqlite {

void insert_comment(Connection& db, const domain::Comment& comment);
std::optional<domain::Comment> find_comment(Connection& db, const Uuid& id);

void insert_group(Connection& db, const domain::Group& group);
// The group of the set that the person is in.
std::optional<domain::Group> find_group(Connection& db, const Uuid& set_id, const Uuid& person_id);

}  // namespace handin::store::sqlite
