// Answers what a decision asks for from a school in memory.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "domain/decide.hpp"
#include "support/school.hpp"

namespace handin::test {
namespace detail {

template <class Row, class Id>
std::optional<Row> find(const std::vector<Row>& rows, const Id& id, Id Row::* field) {
    const auto found = std::ranges::find(rows, id, field);
    return found == rows.end() ? std::nullopt : std::optional(*found);
}

inline std::optional<domain::Membership> membership(const School& school,
                                                    const domain::MembershipKey& key) {
    std::optional<domain::Membership> found;
    for (const auto& each : school.rows.enrollments) {
        if (each.class_id != key.class_id || each.person_id != key.person_id) continue;
        if (!found) found.emplace(domain::Membership{{}, each.created_at});
        found->roles.add(each.role);
    }
    return found;
}

}  // namespace detail

// As a store does, from which nothing has been handed in.
inline void answer(const School& school, const domain::Keys& keys, domain::State& state) {
    using detail::find;
    const auto& rows = school.rows;
    for (const auto& id : keys.accounts)
        state.accounts.try_emplace(id, find(rows.accounts, id, &domain::Account::id));
    for (const auto& id : keys.classes)
        state.classes.try_emplace(id, find(rows.classes, id, &domain::Class::id));
    for (const auto& id : keys.people)
        state.people.try_emplace(id, find(rows.people, id, &domain::Person::id));
    for (const auto& id : keys.assignments)
        state.assignments.try_emplace(id, find(rows.assignments, id, &domain::Assignment::id));
    for (const auto& hash : keys.tokens)
        state.tokens.try_emplace(hash, find(rows.tokens, hash, &domain::Token::hash));
    for (const auto& id : keys.client_ids)
        state.clients.try_emplace(id, find(rows.integrations, id, &domain::Integration::client_id));
    for (const auto& id : keys.submissions)
        state.submissions.try_emplace(id, std::nullopt);
    for (const auto& id : keys.uploads)
        state.uploads.try_emplace(id, std::nullopt);
    for (const auto& owner : keys.upload_usages)
        state.upload_usages.try_emplace(owner, std::nullopt);
    for (const auto& account : keys.last_assignments) {
        std::int64_t last = 0;
        for (const auto& assignment : rows.assignments)
            last = std::max(last, assignment.number);
        state.last_assignments.try_emplace(account, last);
    }
    for (const auto& key : keys.groups) {
        auto& found = state.groups.try_emplace(key, std::nullopt).first->second;
        for (const auto& group : rows.groups)
            if (group.set_id == key.set_id &&
                std::ranges::binary_search(group.members, key.person_id))
                found = group;
    }
    for (const auto& key : keys.memberships)
        state.memberships.try_emplace(key, detail::membership(school, key));
}

}  // namespace handin::test
