// The rules. Pure: what to load, and from what was loaded, what to write.
#pragma once

#include <compare>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/changes.hpp"
#include "domain/command.hpp"
#include "domain/refusal.hpp"
#include "domain/state.hpp"

namespace handin::domain {

struct MembershipKey {
    Uuid class_id;
    Uuid person_id;
    bool operator==(const MembershipKey&) const = default;
};

// The group of a set that somebody is in.
struct GroupKey {
    Uuid set_id;
    Uuid person_id;
    bool operator==(const GroupKey&) const = default;
};

struct KeyHash {
    std::size_t operator()(const GroupKey& key) const {
        return std::hash<Uuid>()(key.set_id) * 31 + std::hash<Uuid>()(key.person_id);
    }
    std::size_t operator()(const MembershipKey& key) const {
        return std::hash<Uuid>()(key.class_id) * 31 + std::hash<Uuid>()(key.person_id);
    }
    std::size_t operator()(const Digest256& digest) const {
        std::size_t value = 0;
        std::memcpy(&value, digest.data(), sizeof value);
        return value;
    }
};

// Rows by the name under which a decision asks for them.
struct Keys {
    std::vector<Uuid> accounts, classes, people, assignments, submissions;
    std::vector<MembershipKey> memberships;
    std::vector<GroupKey> groups;
    std::vector<Digest256> tokens;
    std::vector<std::string> client_ids;
    std::vector<Uuid> integrations;
    std::vector<Uuid> uploads;
    std::vector<Uuid> upload_usages;     // by owner
    std::vector<Uuid> last_assignments;  // the highest number of an assignment, by account
    bool roster_generation = false;

    bool empty() const {
        return accounts.empty() && classes.empty() && people.empty() && assignments.empty() &&
               submissions.empty() && memberships.empty() && groups.empty() && tokens.empty() &&
               client_ids.empty() && integrations.empty() && uploads.empty() &&
               upload_usages.empty() && last_assignments.empty() && !roster_generation;
    }
};

// What has been loaded for a batch, and what its earlier commands have changed since. An entry
// that holds nothing says that there is no such row.
struct State {
    std::unordered_map<Uuid, std::optional<Account>> accounts;
    std::unordered_map<Uuid, std::optional<Class>> classes;
    std::unordered_map<Uuid, std::optional<Person>> people;
    std::unordered_map<Uuid, std::optional<Assignment>> assignments;
    std::unordered_map<Uuid, std::optional<Submission>> submissions;
    std::unordered_map<MembershipKey, std::optional<Membership>, KeyHash> memberships;
    std::unordered_map<GroupKey, std::optional<Group>, KeyHash> groups;
    std::unordered_map<Digest256, std::optional<Token>, KeyHash> tokens;
    std::unordered_map<std::string, std::optional<Integration>> clients;
    std::unordered_map<Uuid, std::optional<Upload>> uploads;
    std::unordered_map<Uuid, std::optional<UploadUsage>> upload_usages;
    std::unordered_map<Uuid, std::int64_t> last_assignments;  // 0: there is none yet
    // Raised by everything that touches_roster().
    std::optional<std::uint64_t> roster_generation;
};

// Adds to `keys` what `command` still needs and `state` does not have. Asked again after loading,
// until it adds nothing.
void add_keys(const Command& command, const State& state, Keys& keys);

struct Accepted {
    Changes changes;                    // empty for a repeat
    Submission submission;              // as the command left it (all that are about one)
    Flags flags;                        // of that submission
    Flags flags_ungraded;               // as they are told to who does not see the grade
    bool repeated = false;              // answered from the replay key
    bool unchanged = false;             // what was asked for is so already: nothing to write
    std::optional<Token> token;         // RefreshAccess: the new one
    std::optional<Upload> upload = {};  // as the command left it (create, grow)
    std::optional<Assignment> assignment = {};  // ChangeAssignment: as it left it
};

// `now`: the committer's clock. Takes what it can out of `command` (attachments, request facts).
std::expected<Accepted, Refusals> decide(const State& state, Command& command, Time now);

// Lets later commands of the same batch see what an earlier one changed.
void apply(const Changes& changes, State& state);

}  // namespace handin::domain
