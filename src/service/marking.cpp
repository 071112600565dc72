#include "service/marking.hpp"

#include <utility>

#include "service/last_work.hpp"
#include "service/place.hpp"
#include "service/standing.hpp"

namespace handin::service {

// Whose submission it is, and what the command must be told of it.
struct Marking::Target {
    domain::Assignment assignment = {};
    Uuid person_id = {};
    std::optional<domain::Attempt> last = {};
    std::optional<std::string> comment = {};  // a grader's last one, if its row does not tell
    bool granted = false;                     // not by a role in the class
};

namespace {

std::unexpected<domain::Refusal> denied() {
    return std::unexpected(domain::Refusal{domain::Reason::not_permitted, "",
                                           "Only who teaches the class grades in it."});
}

}  // namespace

task<std::expected<Marking::Target, domain::Refusal>> Marking::find(
    domain::Actor actor, Uuid submission_id, const domain::MarkSubmission* command) {
    const auto now = clock_.now();
    using Found = std::expected<Target, domain::Refusal>;
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Found {
        auto place = find_place(reader, actor, command->class_id, command->assignment_id, now);
        if (!place) return std::unexpected(place.error());
        const auto standing = standing_of(reader, actor, command->class_id);
        const auto may_mark = [&](const std::optional<Uuid>& person) {
            const auto where = target_of(reader, actor,
                                         {.class_id = command->class_id,
                                          .assignment_id = command->assignment_id,
                                          .person_id = person});
            return where && domain::may(standing, domain::Permission::feedback_manage, *where);
        };
        const auto row = reader.submission(submission_id);
        const bool of_assignment = row && row->assignment_id == command->assignment_id;
        // Who may not mark learns nothing, so without a row nobody's is looked for.
        if (!may_mark(of_assignment ? std::optional(row->person_id) : std::nullopt))
            return denied();
        Target target{.granted = !place->member.membership.roles.teaches()};
        if (row) {
            if (!of_assignment) return missing("submission_id");
            target.person_id = row->person_id;
            if (!row->attempts.empty()) target.last = reader.attempt(row->attempts.back());
            if (command->comment && !row->marking.last_said)
                target.comment = grade_comment(reader, *row, grader(actor, place->assignment));
        } else if (const auto student = find_student(reader, place->assignment, submission_id)) {
            if (!may_mark(student->person_id)) return denied();
            target.person_id = student->person_id;
        } else {
            return missing("submission_id");
        }
        target.assignment = std::move(place->assignment);
        return target;
    });
}

task<std::expected<Accepted, domain::Refusals>> Marking::mark(domain::Actor actor,
                                                              Uuid submission_id,
                                                              domain::MarkSubmission command) {
    auto target = co_await find(actor, submission_id, &command);
    if (!target) co_return std::unexpected(domain::Refusals{std::move(target.error())});
    const auto onlooker = grader(actor, target->assignment);
    const auto now = clock_.now();
    command.actor = std::move(actor);
    command.person_id = target->person_id;
    command.granted = target->granted;
    command.event_id = uuid_v7(now);
    command.last_work =
        co_await last_work(&store_, &blobs_, target->last ? &*target->last : nullptr);
    if (command.comment) {
        command.comment->id = uuid_v7(now);
        command.comment->echo = command.comment->text == target->comment;
    }
    auto outcome = co_await committer_.execute(std::move(command));
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    const bool repeated = outcome->repeated;
    co_return Accepted{co_await show(&store_, &blobs_, std::move(*outcome), onlooker), repeated};
}

}  // namespace handin::service
