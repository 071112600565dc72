#include "service/place.hpp"

#include <utility>

#include "domain/state.hpp"

namespace handin::service {

using domain::Reason;
using domain::Refusal;
using store::Reader;

std::unexpected<Refusal> missing(std::string what) {
    return std::unexpected(Refusal{Reason::not_found, std::move(what), ""});
}

std::expected<domain::Membership, Refusal> enter(Reader& reader, const domain::Actor& actor,
                                                 const Uuid& class_id) {
    if (!actor.person_id) return missing("class_id");
    const auto membership = reader.membership(class_id, *actor.person_id);
    if (!membership) return missing("class_id");
    return *membership;
}

bool may_see(const domain::Membership& membership, const Uuid& person,
             const domain::Assignment& assignment, Time now) {
    return membership.roles.teaches() || is_visible_to(person, assignment, now);
}

std::expected<Place, Refusal> find_place(Reader& reader, const domain::Actor& actor,
                                         const Uuid& class_id, const Uuid& assignment_id,
                                         Time now) {
    const auto membership = enter(reader, actor, class_id);
    if (!membership) return std::unexpected(membership.error());
    auto assignment = reader.assignment(assignment_id);
    if (!assignment || assignment->class_id != class_id ||
        !may_see(*membership, *actor.person_id, *assignment, now))
        return missing("assignment_id");
    return Place{*membership, std::move(*assignment)};
}

}  // namespace handin::service
