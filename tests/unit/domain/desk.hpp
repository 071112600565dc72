// Decides commands one after the other on a school in memory, as the committer does on a store.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <expected>
#include <optional>
#include <utility>
#include <vector>

#include "domain/decide.hpp"
#include "support/commands.hpp"

namespace handin::test {

using Outcome = std::expected<domain::Accepted, domain::Refusals>;

class Desk {
 public:
    School school;
    domain::State state;  // what has been loaded; forget() after changing the school
    Time now = kNow;
    int rounds = 0;  // in which the last command asked for rows

    Outcome run(domain::Command command) {
        load(command);
        auto outcome = domain::decide(state, command, now);
        if (outcome) domain::apply(outcome->changes, state);
        return outcome;
    }

    Outcome submit(const Uuid& person) { return run(submit_of(school, person)); }
    Outcome reclaim(const Uuid& person) { return run(reclaim_of(school, person)); }

    void load(const domain::Command& command) {
        for (rounds = 0; rounds < 10; ++rounds) {
            domain::Keys keys;
            domain::add_keys(command, state, keys);
            if (keys.empty()) return;
            answer(keys);
        }
    }

    // The submission as later commands see it; nullopt: there is no row.
    std::optional<domain::Submission> row(const Uuid& person) const {
        const auto found =
            state.submissions.find(domain::submission_id(school.assignment_id, person));
        return found == state.submissions.end() ? std::nullopt : found->second;
    }

    void put(const domain::Submission& submission) {
        state.submissions.insert_or_assign(submission.id, submission);
    }

    // Rosters and assignments are loaded again; submissions stay.
    void forget() {
        auto submissions = std::move(state.submissions);
        state = {};
        state.submissions = std::move(submissions);
    }

 private:
    template <class Row, class Id>
    static std::optional<Row> find(const std::vector<Row>& rows, const Id& id, Id Row::* field) {
        const auto found = std::ranges::find(rows, id, field);
        return found == rows.end() ? std::nullopt : std::optional(*found);
    }

    void answer(const domain::Keys& keys) {
        const auto& rows = school.rows;
        for (const auto& id : keys.accounts)
            state.accounts[id] = find(rows.accounts, id, &domain::Account::id);
        for (const auto& id : keys.classes)
            state.classes[id] = find(rows.classes, id, &domain::Class::id);
        for (const auto& id : keys.people)
            state.people[id] = find(rows.people, id, &domain::Person::id);
        for (const auto& id : keys.assignments)
            state.assignments[id] = find(rows.assignments, id, &domain::Assignment::id);
        for (const auto& hash : keys.tokens)
            state.tokens[hash] = find(rows.tokens, hash, &domain::Token::hash);
        for (const auto& id : keys.client_ids)
            state.clients[id] = find(rows.integrations, id, &domain::Integration::client_id);
        for (const auto& id : keys.submissions)
            state.submissions[id] = std::nullopt;
        for (const auto& key : keys.memberships) {
            auto& membership = state.memberships[key];
            for (const auto& each : rows.enrollments) {
                if (each.class_id != key.class_id || each.person_id != key.person_id) continue;
                if (!membership) membership.emplace(domain::Membership{{}, each.created_at});
                membership->roles.add(each.role);
            }
        }
    }
};

// Why it was refused, in order; empty if it was not.
inline std::vector<domain::Reason> reasons(const Outcome& outcome) {
    std::vector<domain::Reason> list;
    if (!outcome)
        for (const auto& refusal : outcome.error())
            list.push_back(refusal.reason);
    return list;
}

inline std::vector<std::string> fields(const Outcome& outcome) {
    std::vector<std::string> list;
    if (!outcome)
        for (const auto& refusal : outcome.error())
            list.push_back(refusal.field);
    return list;
}

}  // namespace handin::test
