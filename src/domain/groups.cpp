#include "domain/groups.hpp"

namespace handin::domain {

std::vector<Uuid> submitting_with(const std::optional<Group>& group, const Uuid& person) {
    std::vector<Uuid> people{person};
    if (!group) return people;
    for (const auto& member : group->members)
        if (member != person) people.push_back(member);
    return people;
}

std::vector<Uuid> graded_with(const GroupPolicy& policy, const std::optional<Group>& group,
                              const Uuid& person,
                              const std::function<bool(const Uuid&)>& is_excused) {
    if (policy.grade_individually) return {person};
    auto people = submitting_with(group, person);
    std::erase_if(people, [&](const Uuid& each) { return each != person && is_excused(each); });
    return people;
}

std::vector<Uuid> commented_with(const std::optional<Group>& group, const Uuid& person,
                                 bool group_comment) {
    return group_comment ? submitting_with(group, person) : std::vector{person};
}

}  // namespace handin::domain
