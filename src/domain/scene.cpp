#include "domain/scene.hpp"

#include <algorithm>
#include <utility>

#include "domain/state.hpp"

namespace handin::domain {
namespace {

constexpr auto kReplayLife = std::chrono::days(30);  // edlink.md 2.2

SubmissionFacts facts_of(const Submission& submission, const Assignment& assignment, Time now) {
    const auto flags = flags_of(submission, assignment, now);
    const auto& marking = submission.marking;
    SubmissionFacts facts;
    facts.attempts = static_cast<std::uint32_t>(submission.attempts.size());
    facts.reclaimed = submission.reclaimed;
    facts.submitted_at = submission.submitted_at;
    facts.updated_at = submission.updated_at;
    facts.late = flags.late;
    facts.missing = flags.missing;
    facts.excused = marking.excused;
    facts.graded = canvas_state_of(submission) == CanvasState::graded;
    facts.grading_complete = is_grading_complete(submission);
    facts.posted_at = marking.posted_at;
    if (const auto& grade = marking.grade) {
        facts.score = grade->counted.score;
        facts.grade = grade->counted.grade;
        facts.graded_at = grade->graded_at;
        if (grade->grader) facts.grader_number = grade->grader->number;
    }
    return facts;
}

const Group* group_of(const State& state, const Assignment& assignment, const Uuid& person) {
    const auto& set = assignment.rules.groups.set_id;
    if (!set) return nullptr;
    const auto found = state.groups.find({*set, person});
    return found == state.groups.end() || !found->second ? nullptr : &*found->second;
}

}  // namespace

Scene scene_of(const State& state, const Uuid& account, const Uuid& klass,
               const Uuid& assignment_id, const Uuid& person) {
    const auto& assignment = *state.assignments.at(assignment_id);
    const auto& membership = state.memberships.at({klass, person});
    const auto& row = state.submissions.at(submission_id(assignment_id, person));
    return {.account = *state.accounts.at(account),
            .klass = *state.classes.at(klass),
            .assignment = assignment,
            .person = *state.people.at(person),
            .group = group_of(state, assignment, person),
            .submission = row ? *row
                              : untouched(assignment, person,
                                          membership ? membership->since : assignment.created_at)};
}

const Replay* find_replay(const Submission& submission, const std::optional<ReplayKey>& key,
                          Time now) {
    if (!key) return nullptr;
    const auto found = std::ranges::find(submission.replays, *key, &Replay::key);
    return found == submission.replays.end() || found->at + kReplayLife < now ? nullptr : &*found;
}

void remember(Submission& submission, const std::optional<ReplayKey>& key, Told what, Time now) {
    auto& replays = submission.replays;
    auto& marked = submission.marked_replays;
    std::erase_if(replays, [&](const Replay& r) { return r.at + kReplayLife < now; });
    std::erase_if(marked, [&](const MarkedReplay& each) {
        return std::ranges::find(replays, each.key, &Replay::key) == replays.end();
    });
    if (!key) return;
    replays.push_back({.key = *key,
                       .at = now,
                       .attempts = static_cast<std::uint32_t>(submission.attempts.size()),
                       .reclaimed = submission.reclaimed,
                       .submitted_at = submission.submitted_at.value_or(now)});
    const bool by_mark = what == Told::marked;
    if (!by_mark && submission.marking == Marking{}) return;
    auto& then = marked.emplace_back(MarkedReplay{.key = *key, .marking = submission.marking});
    then.comments = static_cast<std::uint32_t>(then.marking.comments.size());
    then.marking.comments.clear();
    then.marking.notes.clear();  // they are kept once (as_of)
    then.by_mark = by_mark;
    if (std::cmp_less_equal(std::ranges::count(marked, true, &MarkedReplay::by_mark),
                            kMostMarkKeys))
        return;
    const auto oldest = std::ranges::find(marked, true, &MarkedReplay::by_mark);
    std::erase_if(replays, [&](const Replay& r) { return r.key == oldest->key; });
    marked.erase(oldest);
}

void leave(Accepted& accepted, Submission after, const Assignment& assignment, Time now) {
    accepted.flags = flags_of(after, assignment, now);
    accepted.flags_ungraded = flags_ungraded(after, assignment, now);
    accepted.submission = std::move(after);
}

Event class_event(Event::Kind kind, const Uuid& id, const State& state, const Account& account,
                  const Class& klass, const Deed& deed, RequestFacts request, Time now) {
    Event event;
    event.id = id;
    event.kind = kind;
    event.at = now;
    event.account_id = account.id;
    event.shard = account.shard;
    event.account_number = account.number;
    event.account_token = account.public_token;
    event.account_lti_guid = account.lti_guid;
    event.origin = deed.origin;
    event.request = std::move(request);
    if (const auto& actor = deed.actor.person_id) {
        const auto& who = *state.people.at(*actor);
        const auto& place = state.memberships.at({klass.id, *actor});
        event.actor = ActorFacts{who.number, who.login, who.sis_id, who.time_zone,
                                 place ? place->roles.leading() : Role::observer};
    }
    event.integration_number = deed.actor.integration_number;
    event.class_id = klass.id;
    event.class_number = klass.number;
    event.class_sis_id = klass.sis_id;
    return event;
}

Event event_of(Event::Kind kind, const Uuid& id, const State& state, const Scene& scene,
               const Deed& deed, RequestFacts request, const Submission& after, Time now) {
    auto event =
        class_event(kind, id, state, scene.account, scene.klass, deed, std::move(request), now);
    event.assignment_id = scene.assignment.id;
    event.assignment_number = scene.assignment.number;
    event.submission_id = after.id;
    event.submission_version = after.version;
    event.person_id = scene.person.id;
    event.person_number = scene.person.number;
    event.person_lti_id = scene.person.lti_user_id;
    if (scene.group) event.group_number = scene.group->number;
    event.before = facts_of(scene.submission, scene.assignment, now);
    event.after = facts_of(after, scene.assignment, now);
    return event;
}

Uuid nth_id(const Uuid& first, std::size_t n) {
    auto id = first;
    for (auto byte = id.bytes.rbegin(); n > 0 && byte != id.bytes.rend(); ++byte) {
        n += *byte;
        *byte = static_cast<std::uint8_t>(n & 0xffU);
        n >>= 8U;
    }
    return id;
}

}  // namespace handin::domain
