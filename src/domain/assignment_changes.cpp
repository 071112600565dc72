#include "domain/assignment_changes.hpp"

#include <algorithm>
#include <cmath>

#include "domain/attempt_limit.hpp"
#include "domain/number_text.hpp"
#include "domain/scene.hpp"

namespace handin::domain {
namespace {

using Kind = ChangeAssignment::Kind;

template <class T>
void set(T& value, std::optional<T>& given) {
    if (given) value = std::move(*given);
}

void set_fields(AssignmentFields& fields, Assignment& assignment) {
    set(assignment.title, fields.title);
    set(assignment.description, fields.description);
    set(assignment.published, fields.published);
    set(assignment.locked, fields.locked);
    set(assignment.display_at, fields.display_at);
    set(assignment.open_at, fields.open_at);
    set(assignment.due_at, fields.due_at);
    set(assignment.close_at, fields.close_at);
    set(assignment.points_possible, fields.points_possible);
    set(assignment.kinds, fields.kinds);
    set(assignment.max_attempts, fields.max_attempts);
    set(assignment.resubmission, fields.resubmission);
    set(assignment.everybody, fields.everybody);
    set(assignment.assignees, fields.assignees);
    std::ranges::sort(assignment.assignees);
    const auto twice = std::ranges::unique(assignment.assignees);
    assignment.assignees.erase(twice.begin(), twice.end());
    if (assignment.everybody) assignment.assignees.clear();

    auto& rules = assignment.rules;
    set(rules.grading, fields.grading);
    set(rules.scheme, fields.scheme);
    set(rules.posting, fields.posting);
    set(rules.groups, fields.groups);
    set(rules.marking, fields.marking);
    set(rules.word_count, fields.word_count);
    set(rules.files, fields.files);
    set(rules.late_allowed, fields.late_allowed);
    set(rules.again_only_on_time, fields.again_only_on_time);

    auto& details = assignment.details;
    // What was said without markup is about the description that it came with.
    if (fields.description && !fields.plain_description) details.plain_description.clear();
    set(details.plain_description, fields.plain_description);
    set(details.materials, fields.materials);
    set(details.section_ids, fields.section_ids);
    set(details.category_id, fields.category_id);
    set(details.session_id, fields.session_id);
    set(details.module_id, fields.module_id);
    set(details.rubric_id, fields.rubric_id);
    set(details.parent_id, fields.parent_id);
    for (auto& [name, extra] : fields.extras)
        details.extras.insert_or_assign(name, std::move(extra));
}

class Check {
 public:
    Check(const State& state, const Assignment& assignment, bool names_assignees)
        : state_(state), assignment_(assignment), names_assignees_(names_assignees) {}

    Refusals all() {
        texts();
        numbers();
        dates();
        assignees();
        return std::move(refusals_);
    }

 private:
    void refuse(Reason reason, std::string field, std::string detail) {
        refusals_.push_back({reason, std::move(field), std::move(detail)});
    }

    void texts() {
        const auto& details = assignment_.details;
        if (assignment_.title.empty() || assignment_.title.size() > kLongestTitle)
            refuse(Reason::invalid_value, "title", "A title has from 1 to 1000 bytes.");
        if (assignment_.description.size() > kLongestDescription)
            refuse(Reason::invalid_value, "description", "A description has at most 512 KiB.");
        if (details.plain_description.size() > kLongestDescription)
            refuse(Reason::invalid_value, "plain_description",
                   "A description has at most 512 KiB.");
        const auto too_long = [](const Material& item) {
            return item.title.size() + item.description.size() + item.url.size() +
                       item.text.size() >
                   kLongestMaterial;
        };
        if (details.materials.size() > kMostMaterials ||
            std::ranges::any_of(details.materials, too_long))
            refuse(Reason::invalid_value, "materials", "There are at most 50, of 64 KiB each.");
        std::size_t extras = 0;
        for (const auto& [name, text] : details.extras)
            extras += name.size() + text.size();
        if (extras > kLongestExtras)
            refuse(Reason::invalid_value, "extras", "They have at most 64 KiB together.");
    }

    void numbers() {
        const auto& points = assignment_.points_possible;
        if (points && !(*points >= 0 && *points <= kMostPoints))
            refuse(Reason::number_not_valid, "points_possible",
                   "Points are a number from 0 to " + number_text(kMostPoints) + ".");
        const auto& attempts = assignment_.max_attempts;
        if (attempts && (*attempts < 1 || *attempts > kMostAttempts))
            refuse(Reason::number_not_valid, "max_attempts",
                   "There are from 1 to " + std::to_string(kMostAttempts) + " attempts.");
        if (!is_valid(assignment_.rules.word_count))
            refuse(Reason::number_not_valid, "word_count",
                   "The most words are more than the least, and none are negative.");
        const auto& files = assignment_.rules.files;
        if (files.most.value_or(files.minimum) < files.minimum)
            refuse(Reason::number_not_valid, "files", "The most files are no less than the least.");
        if (!assignment_.rules.scheme.steps.empty() && !is_valid(assignment_.rules.scheme))
            refuse(Reason::invalid_value, "scheme", "Its names differ, and its limits fall to 0.");
    }

    void dates() {
        const auto after = [](const std::optional<Time>& a, const std::optional<Time>& b) {
            return a && b && *a > *b;
        };
        if (after(assignment_.open_at, assignment_.due_at))
            refuse(Reason::dates_not_valid, "due_at", "Work cannot be due before it is taken.");
        if (after(assignment_.open_at, assignment_.close_at))
            refuse(Reason::dates_not_valid, "close_at", "It cannot close before it opens.");
        if (after(assignment_.due_at, assignment_.close_at))
            refuse(Reason::dates_not_valid, "close_at", "It cannot close before work is due.");
    }

    void assignees() {
        if (assignment_.everybody) return;
        const auto& people = assignment_.assignees;
        if (people.empty())
            return refuse(Reason::assignees_not_valid, "assignees", "It is given to nobody.");
        if (people.size() > kMostAssignees)
            return refuse(Reason::assignees_not_valid, "assignees",
                          "There are at most " + std::to_string(kMostAssignees) + ".");
        if (!names_assignees_) return;  // those of before may have left the class
        for (const auto& person : people) {
            const auto& place = state_.memberships.at({assignment_.class_id, person});
            if (!place || !place->roles.has(Role::student))
                return refuse(Reason::assignees_not_valid, "assignees",
                              person.str() + " is no student of this class.");
        }
    }

    const State& state_;
    const Assignment& assignment_;
    bool names_assignees_;
    Refusals refusals_;
};

std::optional<Refusal> check_author(const State& state, const ChangeAssignment& command) {
    const auto& klass = state.classes.at(command.class_id);
    if (!klass || klass->account_id != command.actor.account_id)
        return Refusal{Reason::not_found, "class_id", ""};
    if (command.granted) return std::nullopt;
    const auto& actor = command.actor.person_id;
    if (!actor && command.actor.kind == Token::Kind::integration) return std::nullopt;
    if (actor) {
        const auto& membership = state.memberships.at({command.class_id, *actor});
        if (!membership) return Refusal{Reason::not_found, "class_id", ""};
        if (membership->roles.teaches()) return std::nullopt;
    }
    return Refusal{Reason::not_permitted, "", "Only who teaches the class sets assignments in it."};
}

bool answered(const Assignment& assignment, const std::optional<ReplayKey>& key) {
    return key && std::ranges::find(assignment.keys, *key) != assignment.keys.end();
}

void remember(Assignment& assignment, const std::optional<ReplayKey>& key) {
    if (!key) return;
    auto& keys = assignment.keys;
    if (keys.size() >= kMostChangeKeys) keys.erase(keys.begin() + 1);  // the first made it
    keys.push_back(*key);
}

bool same_but_for_times(const Assignment& a, Assignment b) {
    b.updated_at = a.updated_at;
    return a == b;
}

AssignmentFacts facts_of(const Assignment& assignment) {
    // More than every form of events shows, and no cut through a code point that matters.
    constexpr std::size_t shown = (kEventTextCodePoints + 1) * 4;
    return {.title = assignment.title,
            .description = assignment.description.substr(0, shown),
            .open_at = assignment.open_at,
            .due_at = assignment.due_at,
            .close_at = assignment.close_at,
            .points_possible = assignment.points_possible,
            .kinds = assignment.kinds.bits,
            .anonymous = assignment.rules.marking == Anonymity::anonymous,
            .published = assignment.published,
            .deleted = assignment.deleted_at.has_value(),
            .updated_at = assignment.updated_at};
}

Event event_of(const State& state, ChangeAssignment& command, const Assignment& after, Time now) {
    const auto kind = command.kind == Kind::create ? Event::Kind::assignment_created
                                                   : Event::Kind::assignment_updated;
    auto event =
        class_event(kind, command.event_id, state, *state.accounts.at(command.actor.account_id),
                    *state.classes.at(command.class_id), {command.actor, command.origin},
                    std::move(command.request), now);
    event.assignment_id = after.id;
    event.assignment_number = after.number;
    event.submission_id = after.id;  // its lane: in the order of its changes
    event.submission_version = to_micros(after.updated_at);
    event.assignment = facts_of(after);
    return event;
}

}  // namespace

std::expected<Accepted, Refusals> decide_assignment(const State& state, ChangeAssignment& command,
                                                    Time now) {
    const auto refused = [](Reason reason, std::string field, std::string detail) {
        return std::unexpected(Refusals{{reason, std::move(field), std::move(detail)}});
    };
    if (auto refusal = check_author(state, command))
        return std::unexpected(Refusals{std::move(*refusal)});
    const auto& row = state.assignments.at(command.assignment_id);
    const bool creates = command.kind == Kind::create;
    const bool here = row && row->class_id == command.class_id;
    Accepted accepted;
    if (here && answered(*row, command.replay_key)) {
        accepted.assignment = *row;
        accepted.repeated = true;
        return accepted;
    }
    if (creates && row)
        return refused(Reason::already_there, "id", "There is an assignment with that id.");
    if (!creates && (!here || row->deleted_at))
        return refused(Reason::not_found, "assignment_id", "");

    Assignment after;
    if (row) {
        after = *row;
        after.updated_at = std::max(now, row->updated_at + Time::duration(1));
    } else {
        after.id = command.assignment_id;
        after.class_id = command.class_id;
        after.number = state.last_assignments.at(command.actor.account_id) + 1;
        after.created_at = after.updated_at = now;
    }
    if (command.kind == Kind::remove) {
        after.deleted_at = now;
    } else {
        const bool names_assignees = command.fields.assignees.has_value();
        set_fields(command.fields, after);
        if (auto refusals = Check(state, after, names_assignees).all(); !refusals.empty())
            return std::unexpected(std::move(refusals));
        if (after.number > kMostAssignments)
            return refused(Reason::number_not_valid, "number", "There are too many assignments.");
    }
    const bool changed = !row || !same_but_for_times(*row, after);
    if (!changed) after.updated_at = row->updated_at;
    remember(after, command.replay_key);
    accepted.assignment = after;
    accepted.unchanged = !changed && !command.replay_key;
    if (accepted.unchanged) return accepted;
    if (changed) accepted.changes.events.push_back(event_of(state, command, after, now));
    accepted.changes.assignments.push_back(std::move(after));
    return accepted;
}

}  // namespace handin::domain
