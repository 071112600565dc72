// Work that a group hands in together: one submission for each member all the same.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/uuid.hpp"

namespace handin::domain {

struct Group {
    Uuid id;
    Uuid set_id;  // somebody is in one group of a set
    std::int64_t number = 0;
    std::string name = {};
    std::vector<Uuid> members = {};  // sorted

    bool operator==(const Group&) const = default;
};

struct GroupPolicy {
    std::optional<Uuid> set_id = {};  // none: everybody hands in alone
    bool grade_individually = false;

    bool operator==(const GroupPolicy&) const = default;
};

// Whose submissions an action on one person's touches; that person first, the others in order.
// canvas-live-events.md 2.3: "one member submits", "graded as group", "group comment".
std::vector<Uuid> submitting_with(const std::optional<Group>& group, const Uuid& person);
std::vector<Uuid> graded_with(const GroupPolicy& policy, const std::optional<Group>& group,
                              const Uuid& person,
                              const std::function<bool(const Uuid&)>& is_excused);
std::vector<Uuid> commented_with(const std::optional<Group>& group, const Uuid& person,
                                 bool group_comment);

}  // namespace handin::domain
