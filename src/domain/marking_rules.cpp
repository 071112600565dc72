#include "domain/marking_rules.hpp"

#include <algorithm>
#include <iterator>

#include "domain/comment.hpp"
#include "domain/grade_rules.hpp"
#include "domain/posting.hpp"
#include "domain/scene.hpp"
#include "domain/state.hpp"
#include "domain/submit_rules.hpp"
#include "domain/transitions.hpp"

namespace handin::domain {
namespace {

// A command about one submission that may touch those of a whole group.
struct Edit {
    const State& state;
    const Actor& actor;
    Origin origin;
    const Uuid& class_id;
    const Uuid& assignment_id;
    const Uuid& person_id;
    const Uuid& event_id;
    const RequestFacts& request;
    const std::vector<LastWork>& last_work;
    const std::optional<ReplayKey>& replay_key;
    Time now;
    bool granted = false;
    Accepted accepted = {};

    Scene scene(const Uuid& person) const {
        return scene_of(state, actor.account_id, class_id, assignment_id, person);
    }
    // Whoever it is not assigned to has a submission only if they handed in when it was.
    bool is_there(const Uuid& person) const {
        const auto& membership = state.memberships.at({class_id, person});
        return state.people.at(person) && membership && membership->roles.has(Role::student) &&
               (state.submissions.at(submission_id(assignment_id, person)) ||
                state.assignments.at(assignment_id)->assigned_to(person));
    }
};

template <class AnyCommand>
Edit edit_of(const State& state, const AnyCommand& command, Time now) {
    return {.state = state,
            .actor = command.actor,
            .origin = command.origin,
            .class_id = command.class_id,
            .assignment_id = command.assignment_id,
            .person_id = command.person_id,
            .event_id = command.event_id,
            .request = command.request,
            .last_work = command.last_work,
            .replay_key = command.replay_key,
            .now = now};
}

std::optional<std::int64_t> actor_number(const Edit& edit) {
    if (!edit.actor.person_id) return std::nullopt;
    return edit.state.people.at(*edit.actor.person_id)->number;
}

bool grades_here(const Edit& edit) {
    if (!edit.actor.person_id || edit.granted) return true;
    const auto& membership = edit.state.memberships.at({edit.class_id, *edit.actor.person_id});
    return membership && membership->roles.teaches();
}

std::optional<Group> group_of(const Scene& scene) {
    return scene.group != nullptr ? std::optional(*scene.group) : std::nullopt;
}

Comment comment_of(const Edit& edit, const Scene& scene, const NewComment& given) {
    const bool by_grader = grades_here(edit);
    const auto& marking = scene.submission.marking;
    return {
        .id = given.id,
        .number = comment_number(submission_number(scene.assignment.number, scene.person.number),
                                 marking.comments.size() + 1),
        .submission_id = scene.submission.id,
        .author_id = edit.actor.person_id,
        .by_grader = by_grader,
        .text = given.text,
        .attempt = given.attempt,
        .draft = given.draft,
        .hidden = hidden_until_posted(scene.assignment.rules.posting, marking.posted_at, by_grader),
        .group_id = given.to_group && scene.group != nullptr ? std::optional(scene.group->id)
                                                             : std::nullopt,
        .created_at = edit.now};
}

std::optional<Refusal> check_new_comment(const Edit& edit, const Scene& scene,
                                         const NewComment& given) {
    if (scene.submission.marking.comments.size() >= kMostComments)
        return Refusal{Reason::comments_used_up, "comment", "There are too many comments already."};
    switch (check_comment(comment_of(edit, scene, given),
                          static_cast<std::uint32_t>(scene.submission.attempts.size()))) {
        case CommentProblem::empty:
            return Refusal{Reason::comment_empty, "comment", "A comment says something."};
        case CommentProblem::too_long:
            return Refusal{Reason::comment_too_long, "comment",
                           "A comment has at most " + std::to_string(kCommentBytes) + " bytes."};
        case CommentProblem::no_such_attempt:
            return Refusal{Reason::no_such_attempt, "comment", "There is no such attempt."};
        case CommentProblem::none:
            break;
    }
    return std::nullopt;
}

// Adds the comment to what the submission is after everything else that the command does to it.
Comment add_comment(const Edit& edit, const Scene& scene, const NewComment& given, const Uuid& id,
                    Submission& after) {
    auto comment = comment_of(edit, scene, given);
    comment.id = id;
    auto& marking = after.marking;
    if (!comment.draft)
        marking.posted_at = posted_by_comment(scene.assignment.rules.posting, marking.posted_at,
                                              comment.by_grader, edit.now);
    marking.comments.push_back(comment.id);
    if (comment.by_grader && !comment.draft) marking.last_said = hash_of_text(comment.text);
    return comment;
}

// A client that sends back what it was shown says nothing new.
bool said_last(const Submission& submission, const NewComment& given) {
    const auto& marking = submission.marking;
    return marking.last_said ? *marking.last_said == hash_of_text(given.text) : given.echo;
}

bool has(const std::vector<Uuid>& ids, const Uuid& id) {
    return std::ranges::find(ids, id) != ids.end();
}

void describe_last_work(const std::vector<LastWork>& works, const Submission& submission,
                        SubmissionFacts& facts) {
    if (submission.attempts.empty()) return;
    const auto work = std::ranges::find_if(works, [&](const LastWork& each) {
        return has(each.attempt_ids, submission.attempts.back());
    });
    if (work == works.end()) return;
    facts.kind = work->kind;
    facts.text = work->text;
    facts.url = work->url;
}

void add_event(Edit& edit, Event::Kind kind, const Scene& scene, const Submission& after,
               const Comment* comment) {
    auto& events = edit.accepted.changes.events;
    auto event = event_of(kind, nth_id(edit.event_id, events.size()), edit.state, scene,
                          {edit.actor, edit.origin}, edit.request, after, edit.now);
    if (kind == Event::Kind::submission_updated)
        describe_last_work(edit.last_work, after, event.after);
    if (kind == Event::Kind::grade_changed)
        event.grade = GradeFacts{.assignment_title = scene.assignment.title,
                                 .points_possible = scene.assignment.points_possible,
                                 .person_sis_id = scene.person.sis_id};
    if (kind == Event::Kind::submission_commented)
        event.comment = CommentFacts{.number = comment->number,
                                     .author_number = actor_number(edit),
                                     .created_at = comment->created_at,
                                     .text = comment->text};
    events.push_back(std::move(event));
}

// Takes what one submission has become. What changes nothing leaves no trace but its key, by which
// a late repeat is known.
void finish(Edit& edit, const Scene& scene, Submission after, std::optional<Comment> comment) {
    const auto& before = scene.submission;
    const bool own = scene.person.id == edit.person_id;
    const bool changed = after.marking != before.marking;
    if (changed || (own && edit.replay_key)) {
        if (changed) after.updated_at = edit.now;
        after.version += 1;
        remember(after, own ? edit.replay_key : std::nullopt, Told::marked, edit.now);
        const bool told = comment && !comment->draft;
        for (const auto kind : events_between(before, after, told))
            add_event(edit, kind, scene, after, comment ? &*comment : nullptr);
        edit.accepted.changes.submissions.push_back(after);
        if (comment) edit.accepted.changes.comments.push_back(std::move(*comment));
    }
    if (!own) return;
    leave(edit.accepted, std::move(after), scene.assignment, edit.now);
}

}  // namespace

std::optional<Refusal> check_grader(const State& state, const Actor& actor, const Uuid& class_id,
                                    const Uuid& assignment_id, const Uuid& person_id,
                                    bool granted) {
    const auto missing = [](std::string what) {
        return Refusal{Reason::not_found, std::move(what), ""};
    };
    const auto& klass = state.classes.at(class_id);
    if (!klass || klass->account_id != actor.account_id) return missing("class_id");
    if (actor.person_id && !granted) {
        const auto& membership = state.memberships.at({class_id, *actor.person_id});
        if (!membership) return missing("class_id");
        if (!membership->roles.teaches())
            return Refusal{Reason::not_permitted, "", "Only who teaches the class grades in it."};
    } else if (!actor.person_id && !granted && actor.kind != Token::Kind::integration) {
        return Refusal{Reason::not_permitted, "", "Only who teaches the class grades in it."};
    }
    const auto& assignment = state.assignments.at(assignment_id);
    if (!assignment || assignment->deleted_at || assignment->class_id != class_id)
        return missing("assignment_id");
    const auto& membership = state.memberships.at({class_id, person_id});
    const auto& row = state.submissions.at(submission_id(assignment_id, person_id));
    // tabula.md S10: who has handed in without being a student of the class is graded, too.
    const bool student = membership && membership->roles.has(Role::student);
    if (!state.people.at(person_id) || (!row && (!student || !assignment->assigned_to(person_id))))
        return missing("submission_id");
    return std::nullopt;
}

std::expected<Accepted, Refusals> decide_mark(const State& state, MarkSubmission& command,
                                              Time now) {
    if (auto refusal = check_grader(state, command.actor, command.class_id, command.assignment_id,
                                    command.person_id, command.granted))
        return std::unexpected(Refusals{std::move(*refusal)});
    auto edit = edit_of(state, command, now);
    edit.granted = command.granted;
    const auto named = edit.scene(command.person_id);
    if (auto earlier = answered_before(named.submission, named.assignment, command.replay_key, now))
        return std::move(*earlier);
    if (command.comment && said_last(named.submission, *command.comment)) command.comment.reset();
    std::optional<Grader> grader;
    if (command.actor.person_id) grader = Grader{*command.actor.person_id, *actor_number(edit)};
    resolve_flags(named, grader, command, now);
    auto refusals = check_marking(named, command);
    if (command.comment)
        if (auto refusal = check_new_comment(edit, named, *command.comment))
            refusals.push_back(std::move(*refusal));
    if (!refusals.empty()) return std::unexpected(std::move(refusals));

    const auto group = group_of(named);
    const std::vector only{command.person_id};
    // Somebody is excused alone.
    const auto graded = command.grade && (command.grade->kind == NewGrade::Kind::typed ||
                                          command.grade->kind == NewGrade::Kind::mark)
                            ? graded_with(named.assignment.rules.groups, group, command.person_id,
                                          [&](const Uuid& each) {
                                              const auto& row = state.submissions.at(
                                                  submission_id(command.assignment_id, each));
                                              return row && row->marking.excused;
                                          })
                            : only;
    const auto told = command.comment
                          ? commented_with(group, command.person_id, command.comment->to_group)
                          : std::vector<Uuid>{};
    for (const auto& person : submitting_with(group, command.person_id)) {
        const bool own = person == command.person_id;
        const bool comments = has(told, person);
        if ((!comments && !has(graded, person)) || (!own && !edit.is_there(person))) continue;
        if (has(command.not_theirs, person))
            return std::unexpected(
                Refusals{{Reason::not_permitted, "",
                          "You may not mark everybody's work in this student's group."}});
        const auto scene = edit.scene(person);
        auto after =
            has(graded, person) ? marked(scene, command, grader, own, now) : scene.submission;
        std::optional<Comment> comment;
        if (comments && after.marking.comments.size() < kMostComments)
            comment = add_comment(
                edit, scene, *command.comment,
                nth_id(command.comment->id, edit.accepted.changes.comments.size()), after);
        finish(edit, scene, std::move(after), std::move(comment));
    }
    edit.accepted.unchanged = edit.accepted.changes.submissions.empty();
    return std::move(edit.accepted);
}

// Each is decided after what those before it have done: members of one group share their grade.
std::expected<Accepted, Refusals> decide_marks(const State& state, MarkSubmissions& command,
                                               Time now) {
    auto so_far = state;
    Accepted all;
    for (std::size_t i = 0; i < command.marks.size(); ++i) {
        auto made = decide_mark(so_far, command.marks[i], now);
        if (!made) {
            for (auto& refusal : made.error())
                refusal.field = "marks[" + std::to_string(i) + "]." + refusal.field;
            return std::unexpected(std::move(made.error()));
        }
        apply(made->changes, so_far);
        std::ranges::move(made->changes.submissions, std::back_inserter(all.changes.submissions));
        std::ranges::move(made->changes.comments, std::back_inserter(all.changes.comments));
        std::ranges::move(made->changes.events, std::back_inserter(all.changes.events));
    }
    all.unchanged = all.changes.submissions.empty();
    return all;
}

std::expected<Accepted, Refusals> decide_comment(const State& state, CommentOnSubmission& command,
                                                 Time now) {
    auto edit = edit_of(state, command, now);
    const bool own = command.actor.person_id == command.person_id;
    if (auto refusal = own ? check_student(state, command.actor, command.class_id,
                                           command.assignment_id, command.person_id, now)
                           : check_grader(state, command.actor, command.class_id,
                                          command.assignment_id, command.person_id))
        return std::unexpected(Refusals{std::move(*refusal)});
    const auto named = edit.scene(command.person_id);
    if (auto earlier = answered_before(named.submission, named.assignment, command.replay_key, now))
        return std::move(*earlier);
    if (auto refusal = check_new_comment(edit, named, command.comment))
        return std::unexpected(Refusals{std::move(*refusal)});
    for (const auto& person :
         commented_with(group_of(named), command.person_id, command.comment.to_group)) {
        if (!edit.is_there(person)) continue;
        const auto scene = edit.scene(person);
        auto after = scene.submission;
        if (after.marking.comments.size() >= kMostComments) continue;
        auto comment =
            add_comment(edit, scene, command.comment,
                        nth_id(command.comment.id, edit.accepted.changes.comments.size()), after);
        finish(edit, scene, std::move(after), std::move(comment));
    }
    edit.accepted.unchanged = edit.accepted.changes.submissions.empty();
    return std::move(edit.accepted);
}

}  // namespace handin::domain
