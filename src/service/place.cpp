#include "service/place.hpp"

#include <algorithm>
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

domain::Submission submission_of(Reader& reader, const domain::Assignment& assignment,
                                 const store::ClassMember& student) {
    auto row = reader.submission(domain::submission_id(assignment.id, student.person_id));
    return row ? std::move(*row)
               : untouched(assignment, student.person_id, student.membership.since);
}

std::optional<store::ClassMember> find_student(Reader& reader, const domain::Assignment& assignment,
                                               const Uuid& id) {
    constexpr std::size_t chunk = 1000;
    store::Page page{.after = std::nullopt, .limit = chunk};
    for (;;) {
        const auto students = reader.students(assignment.class_id, page);
        const auto found = std::ranges::find_if(students, [&](const auto& student) {
            return domain::submission_id(assignment.id, student.person_id) == id;
        });
        if (found != students.end()) return *found;
        if (students.size() < chunk) return std::nullopt;
        page.after = students.back().person_id;
    }
}

}  // namespace handin::service
