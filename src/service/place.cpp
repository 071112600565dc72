#include "service/place.hpp"

#include <algorithm>
#include <utility>

#include "domain/state.hpp"
#include "service/standing.hpp"

namespace handin::service {

using domain::Reason;
using domain::Refusal;
using store::Reader;

std::unexpected<Refusal> missing(std::string what) {
    return std::unexpected(Refusal{Reason::not_found, std::move(what), ""});
}

namespace {

bool may_to(const Member& member, domain::Permission permission,
            const std::optional<Uuid>& person) {
    auto target = member.target;
    target.person_id = person;
    return domain::may(member.standing, permission, target);
}

void see(Member& member) {
    using enum domain::Permission;
    member.reads_all = may_to(member, submission_read, std::nullopt);
    const auto& self = member.standing.actor.person_id;
    member.reads_own = self && may_to(member, submission_read_own, self);
    member.reads_others =
        member.reads_all || std::ranges::any_of(member.standing.grants, [](const auto& grant) {
            return grant.allow && grant.scope == domain::Grant::Scope::person &&
                   grant.permission == domain::info(submission_read).name;
        });
}

}  // namespace

bool Member::reads_work_of(const Uuid& person) const {
    if (reads_own && person == standing.actor.person_id) return true;
    return may_to(*this, domain::Permission::submission_read, person);
}

std::expected<Member, Refusal> enter(Reader& reader, const domain::Actor& actor,
                                     const Uuid& class_id) {
    auto target = target_of(reader, actor, {.class_id = class_id});
    if (!target) return missing("class_id");
    const auto membership =
        actor.person_id ? reader.membership(class_id, *actor.person_id) : std::nullopt;
    Member member{.standing = standing_of(reader, actor, class_id),
                  .target = std::move(*target),
                  .membership = membership.value_or(domain::Membership{.roles = {}, .since = {}})};
    if (!domain::may(member.standing, domain::Permission::class_read, member.target))
        return missing("class_id");
    see(member);
    return member;
}

bool may_see(const Member& member, const std::optional<Uuid>& person,
             const domain::Assignment& assignment, Time now) {
    return member.reads_all || is_visible_to(person.value_or(Uuid{}), assignment, now);
}

bool is_own(const Member& member, const domain::Assignment& assignment, const Uuid& submission_id) {
    const auto& person = member.standing.actor.person_id;
    return member.reads_own && person &&
           domain::submission_id(assignment.id, *person) == submission_id;
}

Onlooker onlooker_of(const Member& member, const domain::Assignment& assignment, const Uuid& name,
                     const Pseudonyms& pseudonyms) {
    const auto& actor = member.standing.actor;
    const bool grades =
        member.reads_all || (member.reads_others && !is_own(member, assignment, name));
    return grades ? grader(actor, assignment, pseudonyms) : owner(actor);
}

// Whoever has handed in sees what it was for, also when it is no longer theirs to do.
bool has_work(Reader& reader, const Member& member, const domain::Assignment& assignment) {
    const auto& person = member.standing.actor.person_id;
    if (!member.reads_own || !person) return false;
    const auto submission = reader.submission(domain::submission_id(assignment.id, *person));
    return submission && !submission->attempts.empty();
}

std::expected<Place, Refusal> find_place(Reader& reader, const domain::Actor& actor,
                                         const Uuid& class_id, const Uuid& assignment_id,
                                         Time now) {
    auto member = enter(reader, actor, class_id);
    if (!member) return std::unexpected(member.error());
    auto assignment = reader.assignment(assignment_id);
    if (!assignment || assignment->class_id != class_id) return missing("assignment_id");
    member->target.assignment_id = assignment_id;
    see(*member);
    if (!may_see(*member, actor.person_id, *assignment, now) &&
        !has_work(reader, *member, *assignment))
        return missing("assignment_id");
    return Place{std::move(*member), std::move(*assignment)};
}

bool may_hand_in(Reader& reader, const domain::Actor& actor, const Uuid& class_id,
                 const Uuid& assignment_id) {
    const auto target = target_of(
        reader, actor,
        {.class_id = class_id, .assignment_id = assignment_id, .person_id = actor.person_id});
    return target && domain::may(standing_of(reader, actor, class_id),
                                 domain::Permission::submission_create, *target);
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
