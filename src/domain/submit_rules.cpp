#include "domain/submit_rules.hpp"

#include <algorithm>
#include <utility>

#include "domain/attempt_limit.hpp"
#include "domain/dates.hpp"
#include "domain/scene.hpp"
#include "domain/state.hpp"
#include "domain/upload_rules.hpp"
#include "domain/work_rules.hpp"

namespace handin::domain {
namespace {

void describe_attachments(std::span<const NewAttachment> attachments, SubmissionFacts& facts) {
    ShownWork work;
    for (const auto& item : attachments) {
        work.add(item.attachment);
        if (work.text == &item.attachment) facts.text = item.text_start;
    }
    facts.kind = work.kind;
    if (work.link != nullptr) facts.url = work.link->url;
}

std::optional<Refusal> check_time(const Scene& scene, Time at) {
    const auto& assignment = scene.assignment;
    const auto dates = dates_of(assignment, scene.submission);
    switch (gate_at(dates, assignment.rules.late_allowed, at)) {
        case Gate::not_open_yet:
            return Refusal{
                Reason::not_open_yet, "",
                "This assignment accepts work from " + iso_seconds(*dates.open_at) + "."};
        case Gate::closed:
            return Refusal{
                Reason::closed, "",
                "This assignment accepted work until " + iso_seconds(*dates.close_at) + "."};
        case Gate::past_due:
            return Refusal{
                Reason::closed, "",
                "This assignment accepted work until " + iso_seconds(*dates.due_at) + "."};
        case Gate::open:
            break;
    }
    if (assignment.locked) return Refusal{Reason::locked, "", "This assignment is locked."};
    return std::nullopt;
}

AttemptPolicy policy_of(const Scene& scene, Origin origin, bool replace_only_on_time = false) {
    const auto& assignment = scene.assignment;
    return {.resubmission = assignment.resubmission,
            .max_attempts = assignment.max_attempts,
            .reclaim_first = scene.account.must_reclaim_first(origin),
            .again_only_on_time = assignment.rules.again_only_on_time,
            .replace_only_on_time = replace_only_on_time};
}

AttemptFacts attempts_of(const Scene& scene, Time submitted_at) {
    const auto& submission = scene.submission;
    return {.used = static_cast<std::int64_t>(submission.attempts.size()),
            .extra = submission.marking.extra_attempts,
            .handed_in = live_attempt(submission).has_value(),
            .would_be_late = is_late(dates_of(scene.assignment, submission), submitted_at)};
}

std::optional<Refusal> refusal_of(AttemptProblem problem, const Scene& scene, Origin origin) {
    switch (problem) {
        case AttemptProblem::taken_once:
            return Refusal{Reason::already_submitted, "",
                           "Work was handed in already, and this assignment takes it once."};
        case AttemptProblem::used_up: {
            const auto limit =
                attempt_limit(policy_of(scene, origin), scene.submission.marking.extra_attempts);
            return Refusal{Reason::attempts_used_up, "",
                           "All " + std::to_string(limit) + " attempts are used up."};
        }
        case AttemptProblem::reclaim_first:
            return Refusal{Reason::already_submitted, "",
                           "Work was handed in already: reclaim it before handing in again."};
        case AttemptProblem::late_again:
            return Refusal{Reason::late_again, "",
                           "Work was handed in already, and it would be late now."};
        case AttemptProblem::none:
            break;
    }
    return std::nullopt;
}

std::optional<Refusal> check_scan(const NewAttachment& item, std::size_t index) {
    using enum ScanResult::Kind;
    const auto field = "attachments[" + std::to_string(index) + "]";
    const auto& title = item.attachment.title;
    if (item.scan.kind == infected)
        return Refusal{Reason::infected_file, field,
                       "'" + title + "' is infected (" + item.scan.signature +
                           "): the virus scanner does not let it in."};
    if (item.scan.kind == too_large)
        return Refusal{Reason::unscannable_file, field,
                       "'" + title + "' is larger than what the virus scanner looks at."};
    return std::nullopt;
}

// A student who acts knows of the assignment (check_student); for others it must be there as well.
std::optional<Refusal> check_gate(const Scene& scene, const Submit& command, Time submitted_at,
                                  Time now) {
    if (!from_outside(command)) return check_time(scene, submitted_at);
    const auto& assignment = scene.assignment;
    if (!assignment.published || (assignment.display_at && *assignment.display_at > now))
        return Refusal{Reason::not_open_yet, "", "This assignment is not published yet."};
    auto refusal = check_time(scene, submitted_at);
    if (refusal && refusal->reason == Reason::closed && !command.policy.ever_closed)
        return std::nullopt;
    return refusal;
}

Refusals check_submit(const State& state, const Scene& scene, const Submit& command,
                      Time submitted_at, Time now) {
    auto refusals = check_uploads(state, command, now);
    const auto add = [&](std::optional<Refusal> refusal) {
        if (refusal) refusals.push_back(std::move(*refusal));
    };
    const auto& kinds = scene.assignment.kinds;
    const bool disabled =
        kinds.empty() || (command.policy.files_only && !kinds.has(AttachmentKind::file));
    if (disabled) add(Refusal{Reason::submissions_disabled, "", "Nothing can be handed in here."});
    if (command.attachments.empty() && (!disabled || command.policy.files_only))
        add(Refusal{Reason::nothing_attached, "attachments",
                    "An attempt needs at least one attachment."});
    if (!disabled)
        for (std::size_t i = 0; i < command.attachments.size(); ++i)
            if (!kinds.has(command.attachments[i].attachment.kind))
                add(Refusal{Reason::kind_not_accepted,
                            "attachments[" + std::to_string(i) + "].type",
                            "This assignment does not take attachments of that type."});
    for (std::size_t i = 0; i < command.attachments.size(); ++i)
        add(check_scan(command.attachments[i], i));
    const auto time = check_gate(scene, command, submitted_at, now);
    // tabula.md 4.2 R6: where late work is taken at all; else R4 has said so.
    const bool closed = time && time->reason == Reason::closed;
    add(time);
    add(refusal_of(check_attempt(policy_of(scene, command.origin,
                                           command.policy.replace_only_on_time && !closed),
                                 attempts_of(scene, submitted_at)),
                   scene, command.origin));
    std::ranges::move(check_work(state, scene.assignment, scene.person, command),
                      std::back_inserter(refusals));
    return refusals;
}

// The submission with one more attempt.
Submission with_attempt(Submission submission, const Uuid& attempt_id, Time submitted_at,
                        Time now) {
    submission.attempts.push_back(attempt_id);
    submission.reclaimed = false;
    submission.submitted_at = submitted_at;
    submission.updated_at = now;
    submission.version += 1;
    // canvas-live-events.md 4.4: words about lateness were about the work before.
    submission.marking.late_status.reset();
    submission.marking.late_by = {};
    return submission;
}

Submission taken_back(Submission submission, Time now) {
    submission.reclaimed = true;
    submission.updated_at = now;
    submission.version += 1;
    return submission;
}

// The others who hand in together with the command's student, as they are now.
template <class StudentCommand>
std::vector<Scene> others_of(const State& state, const Scene& scene,
                             const StudentCommand& command) {
    std::vector<Scene> others;
    for (const auto& person : scene.group->members) {
        const auto& membership = state.memberships.at({command.class_id, person});
        if (person == command.person_id || !state.people.at(person) || !membership ||
            !membership->roles.has(Role::student) || !scene.assignment.assigned_to(person))
            continue;
        others.push_back(scene_of(state, command.actor.account_id, command.class_id,
                                  command.assignment_id, person));
    }
    return others;
}

// canvas-live-events.md 2.3 "one member submits": everybody has an attempt of their own with the
// same bytes, whatever became of their earlier ones.
void hand_in_for_others(const State& state, const Scene& scene, const Submit& command,
                        Accepted& accepted, Time now) {
    if (scene.group == nullptr) return;  // nothing is copied
    const auto attempt = accepted.changes.attempts.front();
    const auto event = accepted.changes.events.front();
    std::size_t nth = 0;
    for (const auto& other : others_of(state, scene, command)) {
        if (std::ssize(other.submission.attempts) >= kMostAttempts) continue;
        auto copy = attempt;
        copy.id = nth_id(attempt.id, ++nth);
        for (auto& attachment : copy.attachments)
            attachment.id = nth_id(attachment.id, nth);
        auto after = with_attempt(other.submission, copy.id, attempt.submitted_at, now);
        remember(after, std::nullopt, Told::handed_in, now);
        copy.submission_id = after.id;
        copy.number = static_cast<std::uint32_t>(after.attempts.size());
        auto& told = accepted.changes.events.emplace_back(
            event_of(Event::Kind::submission_created, nth_id(event.id, nth), state, other,
                     {command.actor, command.origin}, event.request, after, now));
        told.after.kind = event.after.kind;
        told.after.text = event.after.text;
        told.after.url = event.after.url;
        accepted.changes.attempts.push_back(std::move(copy));
        accepted.changes.submissions.push_back(std::move(after));
    }
}

// First of all: what was acknowledged stays so, whatever has become of the assignment.
std::optional<Accepted> repeat_of(const State& state, const auto& command, Time now) {
    const auto& assignment = state.assignments.at(command.assignment_id);
    const auto& row = state.submissions.at(submission_id(command.assignment_id, command.person_id));
    if (!assignment || !row) return std::nullopt;
    return answered_before(*row, *assignment, command.replay_key, now);
}

void reclaim_for_others(const State& state, const Scene& scene, const Reclaim& command,
                        Accepted& accepted, Time now) {
    if (scene.group == nullptr) return;
    const auto event = accepted.changes.events.front();
    std::size_t nth = 0;
    for (const auto& other : others_of(state, scene, command)) {
        if (state_of(other.submission) != SubmissionState::submitted) continue;
        auto after = taken_back(other.submission, now);
        remember(after, std::nullopt, Told::handed_in, now);
        accepted.changes.events.push_back(
            event_of(Event::Kind::submission_reclaimed, nth_id(event.id, ++nth), state, other,
                     {command.actor, command.origin}, event.request, after, now));
        accepted.changes.submissions.push_back(std::move(after));
    }
}

}  // namespace

std::optional<Refusal> check_student(const State& state, const Actor& actor, const Uuid& class_id,
                                     const Uuid& assignment_id, const Uuid& person_id, Time now,
                                     bool on_behalf) {
    const auto missing = [](std::string what) {
        return Refusal{Reason::not_found, std::move(what), ""};
    };
    const auto& klass = state.classes.at(class_id);
    const auto& person = state.people.at(person_id);
    const auto& membership = state.memberships.at({class_id, person_id});
    if (!person || !klass || klass->account_id != actor.account_id || !membership)
        return missing("class_id");
    const auto& assignment = state.assignments.at(assignment_id);
    if (!assignment || assignment->deleted_at || assignment->class_id != class_id)
        return missing("assignment_id");
    if (!membership->roles.has(Role::student) || (actor.person_id != person_id && !on_behalf))
        return Refusal{Reason::not_permitted, "", "Only a student of the class hands in work."};
    if (!is_visible_to(person_id, *assignment, now)) return missing("assignment_id");
    return std::nullopt;
}

std::optional<Refusal> check_on_behalf(const State& state, const Submit& command) {
    const auto& klass = state.classes.at(command.class_id);
    const auto& assignment = state.assignments.at(command.assignment_id);
    if (!klass || klass->account_id != command.actor.account_id || !assignment ||
        assignment->deleted_at || assignment->class_id != command.class_id)
        return Refusal{Reason::not_found, "assignment_id", ""};
    const auto& person = state.people.at(command.person_id);
    if (!person || person->account_id != command.actor.account_id)
        return Refusal{Reason::not_found, "person_id", ""};
    return std::nullopt;
}

std::optional<Accepted> answered_before(const Submission& submission, const Assignment& assignment,
                                        const std::optional<ReplayKey>& key, Time now) {
    const auto* replay = find_replay(submission, key, now);
    if (!replay) return std::nullopt;
    Accepted accepted;
    leave(accepted, as_of(submission, *replay), assignment, now);
    accepted.repeated = true;
    return accepted;
}

std::expected<Accepted, Refusals> decide_submit(const State& state, Submit& command, Time now) {
    if (auto earlier = repeat_of(state, command, now)) return std::move(*earlier);
    if (auto refusal =
            from_outside(command)
                ? check_on_behalf(state, command)
                : check_student(state, command.actor, command.class_id, command.assignment_id,
                                command.person_id, now, command.on_behalf.has_value()))
        return std::unexpected(Refusals{std::move(*refusal)});
    const auto scene = scene_of(state, command.actor.account_id, command.class_id,
                                command.assignment_id, command.person_id);

    const auto submitted_at = command.submitted_at.value_or(command.received_at);
    if (auto refusals = check_submit(state, scene, command, submitted_at, now); !refusals.empty())
        return std::unexpected(std::move(refusals));

    auto after = with_attempt(scene.submission, command.attempt_id, submitted_at, now);
    put_note(after.marking.notes, note_of(command, scene.assignment, scene.person,
                                          static_cast<std::uint32_t>(after.attempts.size())));
    remember(after, command.replay_key, Told::handed_in, now);

    Accepted accepted;
    const auto& membership = state.memberships.at({command.class_id, command.person_id});
    if (!membership || !membership->roles.has(Role::student))
        accepted.changes.participants.push_back({command.assignment_id, command.person_id});
    attach_uploads(state, command, accepted.changes);
    auto& event = accepted.changes.events.emplace_back(
        event_of(Event::Kind::submission_created, command.event_id, state, scene,
                 {command.actor, command.origin}, std::move(command.request), after, now));
    describe_attachments(command.attachments, event.after);

    Attempt attempt{.id = command.attempt_id,
                    .submission_id = after.id,
                    .number = static_cast<std::uint32_t>(after.attempts.size()),
                    .actor_id = command.actor.person_id,
                    .received_at = command.received_at,
                    .submitted_at = submitted_at,
                    .committed_at = now,
                    .attachments = {}};
    attempt.attachments.reserve(command.attachments.size());
    for (auto& item : command.attachments) {
        const bool has_bytes = item.attachment.kind != AttachmentKind::link && !item.upload_id;
        if (has_bytes && item.attachment.bytes.in_row)
            accepted.changes.row_bytes.push_back(
                {item.attachment.bytes.storage_id, std::move(item.row_bytes)});
        attempt.attachments.push_back(std::move(item.attachment));
    }
    accepted.changes.attempts.push_back(std::move(attempt));
    accepted.changes.submissions.push_back(after);
    hand_in_for_others(state, scene, command, accepted, now);
    leave(accepted, std::move(after), scene.assignment, now);
    return accepted;
}

std::expected<Accepted, Refusals> decide_reclaim(const State& state, Reclaim& command, Time now) {
    if (auto earlier = repeat_of(state, command, now)) return std::move(*earlier);
    if (auto refusal = check_student(state, command.actor, command.class_id, command.assignment_id,
                                     command.person_id, now, command.on_behalf))
        return std::unexpected(Refusals{std::move(*refusal)});
    const auto scene = scene_of(state, command.actor.account_id, command.class_id,
                                command.assignment_id, command.person_id);
    // edlink.md 3.6: reclaim only from submitted.
    if (state_of(scene.submission) != SubmissionState::submitted)
        return std::unexpected(
            Refusals{{Reason::nothing_to_reclaim, "", "There is no handed-in work to reclaim."}});
    // What can no longer be handed in again must not be taken back: it would be lost to the
    // student.
    if (auto refusal = check_time(scene, command.received_at))
        return std::unexpected(Refusals{std::move(*refusal)});
    if (auto refusal = refusal_of(check_attempts_left(policy_of(scene, command.origin),
                                                      attempts_of(scene, command.received_at)),
                                  scene, command.origin))
        return std::unexpected(Refusals{std::move(*refusal)});

    auto after = taken_back(scene.submission, now);
    remember(after, command.replay_key, Told::handed_in, now);
    Accepted accepted;
    accepted.changes.events.push_back(event_of(Event::Kind::submission_reclaimed, command.event_id,
                                               state, scene, {command.actor, command.origin},
                                               std::move(command.request), after, now));
    accepted.changes.submissions.push_back(after);
    reclaim_for_others(state, scene, command, accepted, now);
    leave(accepted, std::move(after), scene.assignment, now);
    return accepted;
}

}  // namespace handin::domain
