#include <algorithm>

#include "domain/decide.hpp"

namespace handin::domain {
namespace {

template <class Map, class Key>
void need(const Map& have, const Key& key, std::vector<Key>& keys) {
    if (!have.contains(key)) keys.push_back(key);
}

// Commands about one submission need the same rows: what they rely on, and what events tell.
template <class StudentCommand>
void add_student_keys(const StudentCommand& command, const State& state, Keys& keys) {
    need(state.accounts, command.actor.account_id, keys.accounts);
    need(state.classes, command.class_id, keys.classes);
    need(state.assignments, command.assignment_id, keys.assignments);
    need(state.people, command.person_id, keys.people);
    need(state.memberships, MembershipKey{command.class_id, command.person_id}, keys.memberships);
    need(state.submissions, submission_id(command.assignment_id, command.person_id),
         keys.submissions);
    if (const auto& actor = command.actor.person_id; actor && *actor != command.person_id) {
        need(state.people, *actor, keys.people);
        need(state.memberships, MembershipKey{command.class_id, *actor}, keys.memberships);
    }
}

// The group that hands in together, and what a command needs of its members.
template <class StudentCommand>
void add_group_keys(const StudentCommand& command, const State& state, Keys& keys) {
    const auto assignment = state.assignments.find(command.assignment_id);
    if (assignment == state.assignments.end() || !assignment->second) return;
    const auto& set = assignment->second->rules.groups.set_id;
    if (!set) return;
    const GroupKey key{*set, command.person_id};
    need(state.groups, key, keys.groups);
    const auto group = state.groups.find(key);
    if (group == state.groups.end() || !group->second) return;
    for (const auto& member : group->second->members) {
        need(state.groups, GroupKey{*set, member}, keys.groups);
        need(state.people, member, keys.people);
        need(state.memberships, MembershipKey{command.class_id, member}, keys.memberships);
        need(state.submissions, submission_id(command.assignment_id, member), keys.submissions);
    }
}

// An upload, and what the usage of its owners is.
void need_upload(const Uuid& id, const State& state, Keys& keys) {
    need(state.uploads, id, keys.uploads);
    const auto found = state.uploads.find(id);
    if (found == state.uploads.end() || !found->second) return;
    need(state.upload_usages, found->second->person_id, keys.upload_usages);
    need(state.upload_usages, found->second->account_id, keys.upload_usages);
}

struct AddKeys {
    const State& state;
    Keys& keys;

    void operator()(const Submit& command) const {
        add_student_keys(command, state, keys);
        add_group_keys(command, state, keys);
        for (const auto& item : command.attachments)
            if (item.upload_id) need_upload(*item.upload_id, state, keys);
    }
    void operator()(const NoteAttempt& command) const {
        need(state.submissions, submission_id(command.assignment_id, command.person_id),
             keys.submissions);
    }
    void operator()(const Reclaim& command) const {
        add_student_keys(command, state, keys);
        add_group_keys(command, state, keys);
    }

    void operator()(const MarkSubmission& command) const {
        add_student_keys(command, state, keys);
        add_group_keys(command, state, keys);
    }
    void operator()(const MarkSubmissions& command) const {
        for (const auto& one : command.marks)
            (*this)(one);
    }
    void operator()(const CommentOnSubmission& command) const {
        add_student_keys(command, state, keys);
        add_group_keys(command, state, keys);
    }
    void operator()(const RefreshAccess& command) const {
        need(state.clients, command.client_id, keys.client_ids);
        need(state.tokens, command.refresh_hash, keys.tokens);
    }

    void operator()(const CreateUpload& command) const {
        need(state.upload_usages, command.upload.person_id, keys.upload_usages);
        need(state.upload_usages, command.upload.account_id, keys.upload_usages);
        for (const auto& part : command.upload.parts)
            need(state.uploads, part, keys.uploads);
    }
    void operator()(const CreateUploads& command) const {
        for (const auto& one : command.uploads)
            (*this)(one);
    }
    void operator()(const GrowUpload& command) const {
        need_upload(command.upload_id, state, keys);
    }
    void operator()(const DiscardUpload& command) const {
        need_upload(command.upload_id, state, keys);
    }
    void operator()(const ExpireUploads& command) const {
        for (const auto& id : command.upload_ids)
            need_upload(id, state, keys);
    }
    void operator()(const Administer& /*command*/) const {
        if (!state.roster_generation) keys.roster_generation = true;
    }
    void operator()(const ChangeAssignment& command) const {
        need(state.accounts, command.actor.account_id, keys.accounts);
        need(state.classes, command.class_id, keys.classes);
        need(state.assignments, command.assignment_id, keys.assignments);
        if (command.kind == ChangeAssignment::Kind::create)
            need(state.last_assignments, command.actor.account_id, keys.last_assignments);
        if (const auto& actor = command.actor.person_id) {
            need(state.people, *actor, keys.people);
            need(state.memberships, MembershipKey{command.class_id, *actor}, keys.memberships);
        }
        if (const auto& assignees = command.fields.assignees)
            for (const auto& person : *assignees)
                need(state.memberships, MembershipKey{command.class_id, person}, keys.memberships);
    }
};

}  // namespace

void add_keys(const Command& command, const State& state, Keys& keys) {
    std::visit(AddKeys{state, keys}, command);
}

void apply(const Changes& changes, State& state) {
    for (const auto& submission : changes.submissions)
        state.submissions.insert_or_assign(submission.id, submission);
    for (const auto& token : changes.tokens)
        state.tokens.insert_or_assign(token.hash, token);
    for (const auto& upload : changes.uploads)
        state.uploads.insert_or_assign(upload.id, upload);
    for (const auto& upload : changes.removed_uploads)
        state.uploads.insert_or_assign(upload.id, std::nullopt);
    for (const auto& usage : changes.upload_usages)
        state.upload_usages.insert_or_assign(usage.owner_id, usage);
    for (const auto& assignment : changes.assignments) {
        state.assignments.insert_or_assign(assignment.id, assignment);
        const auto klass = state.classes.find(assignment.class_id);
        if (klass == state.classes.end() || !klass->second) continue;
        const auto last = state.last_assignments.find(klass->second->account_id);
        if (last != state.last_assignments.end())
            last->second = std::max(last->second, assignment.number);
    }
    for (const auto& hash : changes.removed_tokens)
        state.tokens.insert_or_assign(hash, std::nullopt);
    if (state.roster_generation && touches_roster(changes)) ++*state.roster_generation;
}

}  // namespace handin::domain
