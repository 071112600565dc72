#include "domain/submit_rules.hpp"

#include <algorithm>
#include <utility>

#include "domain/attempt_limit.hpp"
#include "domain/state.hpp"
#include "domain/upload_rules.hpp"

namespace handin::domain {
namespace {

constexpr auto kReplayLife = std::chrono::days(30);  // edlink.md 2.2

// The rows that every command of a student relies on; check_student has seen that they are there.
struct Scene {
    const Account& account;
    const Class& klass;
    const Assignment& assignment;
    const Person& person;
    const Membership& membership;
    Submission submission;
};

template <class StudentCommand>
Scene scene_of(const State& state, const StudentCommand& command) {
    const auto& assignment = *state.assignments.at(command.assignment_id);
    const auto& membership = *state.memberships.at({command.class_id, command.person_id});
    const auto& row = state.submissions.at(submission_id(assignment.id, command.person_id));
    return {.account = *state.accounts.at(command.actor.account_id),
            .klass = *state.classes.at(command.class_id),
            .assignment = assignment,
            .person = *state.people.at(command.person_id),
            .membership = membership,
            .submission = row ? *row : untouched(assignment, command.person_id, membership.since)};
}

const Replay* find_replay(const Submission& submission, const std::optional<ReplayKey>& key,
                          Time now) {
    if (!key) return nullptr;
    const auto found = std::ranges::find(submission.replays, *key, &Replay::key);
    return found == submission.replays.end() || found->at + kReplayLife < now ? nullptr : &*found;
}

void remember(Submission& submission, const std::optional<ReplayKey>& key, Time now) {
    std::erase_if(submission.replays, [&](const Replay& r) { return r.at + kReplayLife < now; });
    if (!key) return;
    submission.replays.push_back(
        {.key = *key,
         .at = now,
         .attempts = static_cast<std::uint32_t>(submission.attempts.size()),
         .reclaimed = submission.reclaimed,
         .submitted_at = submission.submitted_at.value_or(now)});
}

SubmissionFacts facts_of(const Submission& submission, const Assignment& assignment, Time now) {
    const auto flags = flags_of(submission, assignment, now);
    SubmissionFacts facts;
    facts.attempts = static_cast<std::uint32_t>(submission.attempts.size());
    facts.reclaimed = submission.reclaimed;
    facts.submitted_at = submission.submitted_at;
    facts.updated_at = submission.updated_at;
    facts.late = flags.late;
    facts.missing = flags.missing;
    return facts;
}

template <class StudentCommand>
Event event_of(Event::Kind kind, const State& state, const Scene& scene, StudentCommand& command,
               const Submission& after, Time now) {
    Event event;
    event.id = command.event_id;
    event.kind = kind;
    event.at = now;
    event.account_id = scene.account.id;
    event.shard = scene.account.shard;
    event.account_number = scene.account.number;
    event.account_token = scene.account.public_token;
    event.account_lti_guid = scene.account.lti_guid;
    event.origin = command.origin;
    event.request = std::move(command.request);
    if (const auto& actor = command.actor.person_id) {
        const auto& who = *state.people.at(*actor);
        const auto& place = state.memberships.at({command.class_id, *actor});
        event.actor = ActorFacts{who.number, who.login, who.sis_id, who.time_zone,
                                 place ? place->roles.leading() : Role::observer};
    }
    event.integration_number = command.actor.integration_number;
    event.class_id = scene.klass.id;
    event.class_number = scene.klass.number;
    event.class_sis_id = scene.klass.sis_id;
    event.assignment_id = scene.assignment.id;
    event.assignment_number = scene.assignment.number;
    event.submission_id = after.id;
    event.submission_version = after.version;
    event.person_id = scene.person.id;
    event.person_number = scene.person.number;
    event.person_lti_id = scene.person.lti_user_id;
    event.before = facts_of(scene.submission, scene.assignment, now);
    event.after = facts_of(after, scene.assignment, now);
    return event;
}

// Canvas knows one type for an attempt: files before text before links.
void describe_attachments(std::span<const NewAttachment> attachments, SubmissionFacts& facts) {
    for (const auto& item : attachments) {
        switch (item.attachment.kind) {
            case AttachmentKind::file:
                facts.kind = AttachmentKind::file;
                break;
            case AttachmentKind::text:
                if (facts.kind != AttachmentKind::file) facts.kind = AttachmentKind::text;
                if (!facts.text) facts.text = item.text_start;
                break;
            case AttachmentKind::link:
                if (!facts.kind) facts.kind = AttachmentKind::link;
                if (!facts.url) facts.url = item.attachment.url;
                break;
        }
    }
}

std::optional<Refusal> check_time(const Assignment& assignment, Time submitted_at) {
    const auto second = whole_seconds(submitted_at);
    const auto opens = assignment.open_at ? assignment.open_at : assignment.display_at;
    if (opens && second < whole_seconds(*opens))
        return Refusal{Reason::not_open_yet, "",
                       "This assignment accepts work from " + iso_seconds(*opens) + "."};
    if (assignment.close_at && second > whole_seconds(*assignment.close_at))
        return Refusal{
            Reason::closed, "",
            "This assignment accepted work until " + iso_seconds(*assignment.close_at) + "."};
    if (assignment.locked) return Refusal{Reason::locked, "", "This assignment is locked."};
    return std::nullopt;
}

// Whether there can be an attempt after those there are.
std::optional<Refusal> check_attempts_left(const Scene& scene) {
    const auto used = static_cast<std::int64_t>(scene.submission.attempts.size());
    if (used > 0 && scene.assignment.resubmission == Resubmission::none)
        return Refusal{Reason::already_submitted, "",
                       "Work was handed in already, and this assignment takes it once."};
    const auto limit =
        std::min(scene.assignment.max_attempts.value_or(kMostAttempts), kMostAttempts);
    if (used >= limit)
        return Refusal{Reason::attempts_used_up, "",
                       "All " + std::to_string(limit) + " attempts are used up."};
    return std::nullopt;
}

std::optional<Refusal> check_resubmission(const Scene& scene, Origin origin) {
    if (auto refusal = check_attempts_left(scene)) return refusal;
    if (state_of(scene.submission) == SubmissionState::submitted &&
        (scene.assignment.resubmission == Resubmission::after_reclaim ||
         scene.account.must_reclaim_first(origin)))
        return Refusal{Reason::already_submitted, "",
                       "Work was handed in already: reclaim it before handing in again."};
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

Refusals check_submit(const State& state, const Scene& scene, const Submit& command,
                      Time submitted_at, Time now) {
    auto refusals = check_uploads(state, command, now);
    const auto add = [&](std::optional<Refusal> refusal) {
        if (refusal) refusals.push_back(std::move(*refusal));
    };
    if (scene.assignment.kinds.empty())
        add(Refusal{Reason::submissions_disabled, "", "Nothing can be handed in here."});
    else if (command.attachments.empty())
        add(Refusal{Reason::nothing_attached, "attachments",
                    "An attempt needs at least one attachment."});
    else
        for (std::size_t i = 0; i < command.attachments.size(); ++i)
            if (!scene.assignment.kinds.has(command.attachments[i].attachment.kind))
                add(Refusal{Reason::kind_not_accepted,
                            "attachments[" + std::to_string(i) + "].type",
                            "This assignment does not take attachments of that type."});
    for (std::size_t i = 0; i < command.attachments.size(); ++i)
        add(check_scan(command.attachments[i], i));
    add(check_time(scene.assignment, submitted_at));
    add(check_resubmission(scene, command.origin));
    return refusals;
}

}  // namespace

std::optional<Refusal> check_student(const State& state, const Actor& actor, const Uuid& class_id,
                                     const Uuid& assignment_id, const Uuid& person_id, Time now) {
    const auto missing = [](std::string what) {
        return Refusal{Reason::not_found, std::move(what), ""};
    };
    const auto& klass = state.classes.at(class_id);
    const auto& person = state.people.at(person_id);
    const auto& membership = state.memberships.at({class_id, person_id});
    if (!person || !klass || klass->account_id != actor.account_id || !membership)
        return missing("class_id");
    const auto& assignment = state.assignments.at(assignment_id);
    if (!assignment || assignment->class_id != class_id) return missing("assignment_id");
    if (!membership->roles.has(Role::student) || actor.person_id != person_id)
        return Refusal{Reason::not_permitted, "", "Only a student of the class hands in work."};
    if (!is_visible_to(person_id, *assignment, now)) return missing("assignment_id");
    return std::nullopt;
}

std::optional<Accepted> answered_before(const Submission& submission, const Assignment& assignment,
                                        const std::optional<ReplayKey>& key, Time now) {
    const auto* replay = find_replay(submission, key, now);
    if (!replay) return std::nullopt;
    Accepted accepted;
    accepted.submission = as_of(submission, *replay);
    accepted.flags = flags_of(accepted.submission, assignment, now);
    accepted.repeated = true;
    return accepted;
}

std::expected<Accepted, Refusals> decide_submit(const State& state, Submit& command, Time now) {
    if (auto refusal = check_student(state, command.actor, command.class_id, command.assignment_id,
                                     command.person_id, now))
        return std::unexpected(Refusals{std::move(*refusal)});
    const auto scene = scene_of(state, command);
    if (auto earlier = answered_before(scene.submission, scene.assignment, command.replay_key, now))
        return std::move(*earlier);

    const auto submitted_at = command.submitted_at.value_or(command.received_at);
    if (auto refusals = check_submit(state, scene, command, submitted_at, now); !refusals.empty())
        return std::unexpected(std::move(refusals));

    auto after = scene.submission;
    after.attempts.push_back(command.attempt_id);
    after.reclaimed = false;
    after.submitted_at = submitted_at;
    after.updated_at = now;
    after.version += 1;
    remember(after, command.replay_key, now);

    Accepted accepted;
    attach_uploads(state, command, accepted.changes);
    auto& event = accepted.changes.events.emplace_back(
        event_of(Event::Kind::submission_created, state, scene, command, after, now));
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
    accepted.flags = flags_of(after, scene.assignment, now);
    accepted.submission = std::move(after);
    return accepted;
}

std::expected<Accepted, Refusals> decide_reclaim(const State& state, Reclaim& command, Time now) {
    if (auto refusal = check_student(state, command.actor, command.class_id, command.assignment_id,
                                     command.person_id, now))
        return std::unexpected(Refusals{std::move(*refusal)});
    const auto scene = scene_of(state, command);
    if (auto earlier = answered_before(scene.submission, scene.assignment, command.replay_key, now))
        return std::move(*earlier);
    // edlink.md 3.6: reclaim only from submitted.
    if (state_of(scene.submission) != SubmissionState::submitted)
        return std::unexpected(
            Refusals{{Reason::nothing_to_reclaim, "", "There is no handed-in work to reclaim."}});
    // What can no longer be handed in again must not be taken back: it would be lost to the
    // student.
    if (auto refusal = check_time(scene.assignment, command.received_at))
        return std::unexpected(Refusals{std::move(*refusal)});
    if (auto refusal = check_attempts_left(scene))
        return std::unexpected(Refusals{std::move(*refusal)});

    auto after = scene.submission;
    after.reclaimed = true;
    after.updated_at = now;
    after.version += 1;
    remember(after, command.replay_key, now);
    Accepted accepted;
    accepted.changes.events.push_back(
        event_of(Event::Kind::submission_reclaimed, state, scene, command, after, now));
    accepted.changes.submissions.push_back(after);
    accepted.flags = flags_of(after, scene.assignment, now);
    accepted.submission = std::move(after);
    return accepted;
}

}  // namespace handin::domain
