// Decides commands one after the other on a school in memory, as the committer does on a store.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <expected>
#include <optional>
#include <utility>
#include <vector>

#include "domain/decide.hpp"
#include "domain/state.hpp"
#include "support/commands.hpp"
#include "support/memory_rows.hpp"

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
        if (!outcome) return outcome;
        domain::apply(outcome->changes, state);
        if (outcome->submission.version > 0) expect_flags(*outcome);
        return outcome;
    }

    Outcome submit(const Uuid& person) { return run(submit_of(school, person)); }
    Outcome reclaim(const Uuid& person) { return run(reclaim_of(school, person)); }

    void load(const domain::Command& command) {
        for (rounds = 0; rounds < 10; ++rounds) {
            domain::Keys keys;
            domain::add_keys(command, state, keys);
            if (keys.empty()) return;
            answer(school, keys, state);
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
    // What a reply shows beside the facts is derived from them.
    void expect_flags(const domain::Accepted& accepted) {
        const auto& assignment = school.assignment(accepted.submission.assignment_id);
        const auto flags = flags_of(accepted.submission, assignment, now);
        EXPECT_EQ(accepted.flags.late, flags.late);
        EXPECT_EQ(accepted.flags.missing, flags.missing);
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
