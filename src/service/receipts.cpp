#include "service/receipts.hpp"

#include "service/standing.hpp"

namespace handin::service {
namespace {

bool may_have(store::Reader& reader, const domain::Actor& actor, const Receipted& found) {
    // Theirs for good, also when they have left the class: it is their proof.
    if (actor.person_id == found.person_id && actor.account_id == found.account_id) return true;
    const auto target = target_of(
        reader, actor, {.assignment_id = found.assignment_id, .person_id = found.person_id});
    return target && domain::may(standing_of(reader, actor, found.class_id),
                                 domain::Permission::submission_read, *target);
}

std::optional<Receipted> find_attempt(store::Reader& reader, const Uuid& attempt_id) {
    auto attempt = reader.attempt(attempt_id);
    if (!attempt) return std::nullopt;
    const auto submission = reader.submission(attempt->submission_id);
    // A proof outlives its assignment.
    const auto assignment =
        submission ? reader.any_assignment(submission->assignment_id) : std::nullopt;
    const auto klass = assignment ? reader.klass(assignment->class_id) : std::nullopt;
    if (!klass) return std::nullopt;
    Receipted found{.account_id = klass->account_id,
                    .class_id = klass->id,
                    .assignment_id = assignment->id,
                    .person_id = submission->person_id,
                    .attempt = std::move(*attempt),
                    .batch = std::nullopt};
    if (const auto& place = found.attempt.receipt)
        found.batch = reader.receipt_batch(place->batch_id);
    return found;
}

}  // namespace

task<Answer<Receipted>> Receipts::find(domain::Actor actor, Uuid attempt_id) {
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Answer<Receipted> {
        auto found = find_attempt(reader, attempt_id);
        if (!found || !may_have(reader, actor, *found))
            return std::unexpected(domain::Refusal{domain::Reason::not_found, "attempt", ""});
        return std::move(*found);
    });
}

}  // namespace handin::service
