// What the store knows that bears on whether an actor may do something. For service::Access.
#pragma once

#include <optional>

#include "domain/may.hpp"
#include "service/access.hpp"
#include "store/reader.hpp"

namespace handin::service {

// Nothing: there is no such class, assignment (in that class) or person.
std::optional<domain::Target> target_of(store::Reader& reader, const domain::Actor& actor,
                                        const Where& where);

// `class_id`: in which roles count.
domain::Standing standing_of(store::Reader& reader, const domain::Actor& actor,
                             const std::optional<Uuid>& class_id);

}  // namespace handin::service
