#include "service/marking.hpp"

#include <algorithm>
#include <utility>

#include "service/last_work.hpp"
#include "service/place.hpp"
#include "service/standing.hpp"

namespace handin::service {

// Whose submission it is, and what the command must be told of it.
struct Marking::Target {
    domain::Assignment assignment = {};
    Uuid person_id = {};
    std::vector<domain::Attempt> last = {};   // of the student, and of their group
    std::vector<Uuid> not_theirs = {};        // of the group, whom the actor may not mark
    std::optional<std::string> comment = {};  // a grader's last one, if its row does not tell
    bool granted = false;                     // not by a role in the class
    bool reads = false;                       // the actor may see the work itself
};

namespace {

std::unexpected<domain::Refusal> denied() {
    return std::unexpected(domain::Refusal{domain::Reason::not_permitted, "",
                                           "Only who teaches the class grades in it."});
}

bool same_work(const domain::Attempt& a, const domain::Attempt& b) {
    return std::ranges::equal(a.attachments, b.attachments, [](const auto& one, const auto& other) {
        return one.kind == other.kind && one.url == other.url &&
               one.bytes.storage_id == other.bytes.storage_id;
    });
}

// A group has handed in the same bytes: they are read once.
task<std::vector<domain::LastWork>> works_of(store::Store* store, blob::BlobStore* blobs,
                                             const std::vector<domain::Attempt>* attempts) {
    std::vector<domain::LastWork> works;
    std::vector<const domain::Attempt*> shown;
    for (const auto& attempt : *attempts) {
        const auto known = std::ranges::find_if(
            shown, [&](const auto* each) { return same_work(*each, attempt); });
        if (known != shown.end()) {
            works[static_cast<std::size_t>(known - shown.begin())].attempt_ids.push_back(
                attempt.id);
            continue;
        }
        if (auto work = co_await last_work(store, blobs, &attempt)) {
            works.push_back(std::move(*work));
            shown.push_back(&attempt);
        }
    }
    co_return works;
}

// Of what a command about a submission asks for.
void load_rows(store::Reader& reader, const domain::Keys& keys, domain::State& state) {
    for (const auto& id : keys.accounts)
        state.accounts[id] = reader.account(id);
    for (const auto& id : keys.classes)
        state.classes[id] = reader.klass(id);
    for (const auto& id : keys.people)
        state.people[id] = reader.person(id);
    for (const auto& id : keys.assignments)
        state.assignments[id] = reader.assignment(id);
    for (const auto& id : keys.submissions)
        state.submissions[id] = reader.submission(id);
    for (const auto& key : keys.memberships)
        state.memberships[key] = reader.membership(key.class_id, key.person_id);
    for (const auto& key : keys.groups)
        state.groups[key] = reader.group(key.set_id, key.person_id);
}

}  // namespace

task<std::expected<Marking::Target, domain::Refusal>> Marking::find(domain::Actor actor,
                                                                    MarkPlace where) {
    const auto now = clock_.now();
    using Found = std::expected<Target, domain::Refusal>;
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Found {
        auto place = find_place(reader, actor, where.class_id, where.assignment_id, now);
        if (!place) return std::unexpected(place.error());
        const auto& assignment = place->assignment;
        const auto standing = standing_of(reader, actor, where.class_id);
        const auto may_mark = [&](const std::optional<Uuid>& person) {
            const auto target = target_of(reader, actor,
                                          {.class_id = where.class_id,
                                           .assignment_id = where.assignment_id,
                                           .person_id = person});
            return target && domain::may(standing, domain::Permission::feedback_manage, *target);
        };
        const auto onlooker = grader(actor, assignment, pseudonyms_);
        const auto submission_id = named_by(onlooker, where.submission_id);
        const auto row = reader.submission(submission_id);
        const bool of_assignment = row && row->assignment_id == where.assignment_id;
        // Who may not mark learns nothing, so without a row nobody's is looked for.
        if (!may_mark(of_assignment ? std::optional(row->person_id) : std::nullopt))
            return denied();
        Target target{.granted = !place->member.membership.roles.teaches()};
        const auto add_last = [&](const std::optional<domain::Submission>& of) {
            if (of && !of->attempts.empty())
                if (auto attempt = reader.attempt(of->attempts.back()))
                    target.last.push_back(std::move(*attempt));
        };
        if (row) {
            if (!of_assignment) return missing("submission_id");
            target.person_id = row->person_id;
            add_last(row);
            if (!row->marking.last_said) target.comment = grade_comment(reader, *row, onlooker);
        } else if (const auto student = find_student(reader, assignment, submission_id)) {
            if (!may_mark(student->person_id)) return denied();
            target.person_id = student->person_id;
        } else {
            return missing("submission_id");
        }
        const auto& set = assignment.rules.groups.set_id;
        if (const auto group = set ? reader.group(*set, target.person_id) : std::nullopt)
            for (const auto& person : group->members) {
                if (person == target.person_id) continue;
                if (!may_mark(person)) target.not_theirs.push_back(person);
                add_last(reader.submission(domain::submission_id(assignment.id, person)));
            }
        target.reads = place->member.reads_work_of(target.person_id);
        target.assignment = std::move(place->assignment);
        return target;
    });
}

task<std::optional<domain::Refusal>> Marking::admit(domain::Actor actor, MarkPlace where) {
    auto target = co_await find(std::move(actor), where);
    if (!target) co_return std::move(target.error());
    co_return std::nullopt;
}

void Marking::fill_in(domain::MarkSubmission& command, domain::Actor actor, Target& target,
                      Time now) {
    command.actor = std::move(actor);
    command.person_id = target.person_id;
    command.granted = target.granted;
    command.not_theirs = std::move(target.not_theirs);
    command.event_id = uuid_v7(now);
    if (command.comment) {
        command.comment->id = uuid_v7(now);
        command.comment->echo = command.comment->text == target.comment;
    }
}

// The same decision as the committer's, from what is there now.
task<std::expected<void, domain::Refusals>> Marking::check(domain::Actor actor, Uuid submission_id,
                                                           domain::MarkSubmission command) {
    auto target = co_await find(actor, {command.class_id, command.assignment_id, submission_id});
    if (!target) co_return std::unexpected(domain::Refusals{std::move(target.error())});
    const auto now = clock_.now();
    fill_in(command, std::move(actor), *target, now);
    domain::Command whole = std::move(command);
    using Answer = std::expected<void, domain::Refusals>;
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Answer {
        domain::State state;
        for (;;) {
            domain::Keys keys;
            domain::add_keys(whole, state, keys);
            if (keys.empty()) break;
            load_rows(reader, keys, state);
        }
        auto outcome = domain::decide(state, whole, now);
        if (!outcome) return std::unexpected(std::move(outcome.error()));
        return {};
    });
}

task<std::expected<Accepted, domain::Refusals>> Marking::mark(domain::Actor actor,
                                                              Uuid submission_id,
                                                              domain::MarkSubmission command) {
    auto target = co_await find(actor, {command.class_id, command.assignment_id, submission_id});
    if (!target) co_return std::unexpected(domain::Refusals{std::move(target.error())});
    const auto onlooker = grader(actor, target->assignment, pseudonyms_);
    fill_in(command, std::move(actor), *target, clock_.now());
    command.last_work = co_await works_of(&store_, &blobs_, &target->last);
    auto outcome = co_await committer_.execute(std::move(command));
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    Accepted accepted{.submission = {}, .repeated = outcome->repeated};
    accepted.submission = co_await show(&store_, &blobs_, std::move(*outcome), onlooker);
    if (!target->reads) accepted.submission.attempts.clear();
    co_return accepted;
}

// What must be known of one student before; nothing: the actor may not mark that one.
std::optional<Marking::Before> Marking::before(store::Reader& reader, const domain::Actor& actor,
                                               const Marks& marks, const StudentMark& student) {
    const auto standing = standing_of(reader, actor, marks.class_id);
    const auto may_mark = [&](const Uuid& person) {
        const auto target = target_of(reader, actor,
                                      {.class_id = marks.class_id,
                                       .assignment_id = marks.assignment_id,
                                       .person_id = person});
        return target && domain::may(standing, domain::Permission::feedback_manage, *target);
    };
    if (!may_mark(student.person_id)) return std::nullopt;
    Before found;
    const auto add_last = [&](const std::optional<domain::Submission>& row) {
        if (!row || row->attempts.empty()) return;
        if (auto attempt = reader.attempt(row->attempts.back()))
            found.last.push_back(std::move(*attempt));
    };
    const auto row_of = [&](const Uuid& person) {
        return reader.submission(domain::submission_id(marks.assignment_id, person));
    };
    const auto row = row_of(student.person_id);
    add_last(row);
    if (row && student.comment && !row->marking.last_said)
        found.comment =
            grade_comment(reader, *row, {.person_id = {}, .viewer = domain::Viewer::grader});
    const auto assignment = reader.assignment(marks.assignment_id);
    const auto set = assignment ? assignment->rules.groups.set_id : std::nullopt;
    if (const auto group = set ? reader.group(*set, student.person_id) : std::nullopt)
        for (const auto& person : group->members) {
            if (person == student.person_id) continue;
            if (!may_mark(person)) found.not_theirs.push_back(person);
            add_last(row_of(person));
        }
    return found;
}

task<std::expected<void, domain::Refusals>> Marking::mark_all(domain::Actor actor, Marks marks) {
    domain::MarkSubmissions command;
    for (auto& student : marks.students) {
        auto known = co_await store::read(
            &store_, [&](store::Reader& reader) { return before(reader, actor, marks, student); });
        if (!known)
            co_return std::unexpected(
                domain::Refusals{{domain::Reason::not_permitted,
                                  "marks[" + std::to_string(command.marks.size()) + "].id",
                                  "To mark this student's work was denied to you."}});
        const auto now = clock_.now();
        domain::MarkSubmission one{.actor = actor,
                                   .origin = marks.origin,
                                   .class_id = marks.class_id,
                                   .assignment_id = marks.assignment_id,
                                   .person_id = student.person_id,
                                   .event_id = uuid_v7(now),
                                   .received_at = marks.received_at,
                                   .replay_key = std::nullopt,
                                   .request = marks.request,
                                   .granted = true,
                                   .grade = std::move(student.grade),
                                   .dates = std::move(student.dates)};
        one.not_theirs = std::move(known->not_theirs);
        one.last_work = co_await works_of(&store_, &blobs_, &known->last);
        if (student.comment) {
            one.comment = domain::NewComment{.id = uuid_v7(now), .text = *student.comment};
            one.comment->echo = student.comment == known->comment;
        }
        command.marks.push_back(std::move(one));
    }
    if (command.marks.empty()) co_return std::expected<void, domain::Refusals>();
    auto outcome = co_await committer_.execute(std::move(command));
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return std::expected<void, domain::Refusals>();
}

}  // namespace handin::service
