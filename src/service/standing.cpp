#include "service/standing.hpp"

namespace handin::service {
namespace {

// Of one person: more registrations than anybody has.
constexpr std::size_t kMostClasses = 1000;

// tabula.md 2: a student belongs to the modules they are registered for, and to their departments.
std::optional<domain::Target> target_of_person(store::Reader& reader, const Uuid& person_id) {
    const auto person = reader.person(person_id);
    if (!person) return std::nullopt;
    domain::Target target{.account_id = person->account_id, .person_id = person_id};
    target.department_ids = reader.affiliation(person_id).department_ids;
    for (const auto& klass : reader.classes_of(person_id, {{}, kMostClasses}))
        target.class_ids.push_back(klass.id);
    return target;
}

}  // namespace

std::optional<domain::Target> target_of(store::Reader& reader, const domain::Actor& actor,
                                        const Where& where) {
    auto class_id = where.class_id;
    if (where.assignment_id) {
        const auto assignment = reader.any_assignment(*where.assignment_id);
        if (!assignment || assignment->class_id != class_id.value_or(assignment->class_id))
            return std::nullopt;
        class_id = assignment->class_id;
    }
    if (!class_id && where.person_id && where.person_id != actor.person_id)
        return target_of_person(reader, *where.person_id);
    domain::Target target{.account_id = actor.account_id,
                          .assignment_id = where.assignment_id,
                          .person_id = where.person_id};
    if (!class_id) return target;
    const auto klass = reader.klass(*class_id);
    if (!klass) return std::nullopt;
    target.account_id = klass->account_id;
    target.department_ids = {klass->department_id};
    target.class_ids = {*class_id};
    return target;
}

domain::Standing standing_of(store::Reader& reader, const domain::Actor& actor,
                             const std::optional<Uuid>& class_id) {
    domain::Standing standing{.actor = actor};
    if (actor.kind == domain::Token::Kind::admin) return standing;
    if (actor.person_id) {
        standing.grants = reader.grants_of(*actor.person_id);
        if (actor.integration_id) standing.bounds = reader.grants_of(*actor.integration_id);
        if (const auto membership =
                class_id ? reader.membership(*class_id, *actor.person_id) : std::nullopt)
            standing.roles = membership->roles;
    } else if (actor.api_user_id) {
        standing.grants = reader.grants_of(*actor.api_user_id);
    } else if (actor.integration_id) {
        standing.grants = reader.grants_of(*actor.integration_id);
    }
    return standing;
}

}  // namespace handin::service
