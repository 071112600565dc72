// What teachers do to a submission: grade it, give it back (edlink.md 4.1 rows 16 and 17).
#include "api/edlink/edlink.hpp"
#include "api/edlink/mark_body.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"

namespace handin::edlink {
namespace {

// A comment of the greatest length, escaped, and what is beside it.
constexpr std::size_t kLongestBody = 512 * 1024;
constexpr std::size_t kCopies = 2;  // of a body: itself, and what is made of it

http::Response reply(Call& call, const std::expected<service::Accepted, domain::Refusals>& outcome,
                     const Uuid& class_id) {
    if (!outcome) return failure(call, fail(call.request, outcome.error()));
    if (outcome->repeated) call.warnings.push_back(repeated_key());
    return success(call, render(outcome->submission, {call.tree, call.request.base_url(), class_id},
                                json_memory()));
}

}  // namespace

task<http::Response> Edlink::change_submission(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto id = id_in(*call, "submission_id");
    if (!id) co_return failure(*call, id.error());
    const auto key = replay_key_of(*call, "change");
    if (!key) co_return failure(*call, key.error());
    if (const auto refusal = co_await services_.marking.admit(
            call->actor, {path->class_id, path->assignment_id, *id}))
        co_return failure(*call, fail(call->request, {*refusal}));
    const auto seat = services_.marking.seat(call->request.body().length());
    auto kept = services_.marking.kept();
    auto body = co_await http::read_all(call->request, kLongestBody, [&kept](std::size_t bytes) {
        if (!kept.grow_to(kCopies * bytes)) throw service::Overloaded("too much is being received");
    });
    if (!body) co_return failure(*call, fail("INVALID_REQUEST_BODY", "The body is too long.", 413));
    domain::MarkSubmission command{.actor = {},
                                   .origin = domain::Origin::edlink,
                                   .class_id = path->class_id,
                                   .assignment_id = path->assignment_id,
                                   .person_id = {},
                                   .event_id = {},
                                   .received_at = call->request.body().received_at(),
                                   .replay_key = *key,
                                   .request = facts_of(call->request)};
    auto errors = read_mark_body(only_properties(*call, std::move(*body)), command, call->warnings);
    if (!errors.empty()) co_return failure(*call, {.status = 400, .errors = std::move(errors)});
    const auto outcome = co_await services_.marking.mark(call->actor, *id, std::move(command));
    co_return reply(*call, outcome, path->class_id);
}

task<http::Response> Edlink::return_submission(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto id = id_in(*call, "submission_id");
    if (!id) co_return failure(*call, id.error());
    const auto key = replay_key_of(*call, "return");
    if (!key) co_return failure(*call, key.error());
    const auto outcome = co_await services_.marking.mark(
        call->actor, *id,
        domain::MarkSubmission{.actor = {},
                               .origin = domain::Origin::edlink,
                               .class_id = path->class_id,
                               .assignment_id = path->assignment_id,
                               .person_id = {},
                               .event_id = {},
                               .received_at = call->request.started_at,
                               .replay_key = *key,
                               .request = facts_of(call->request),
                               .give_back = true});
    co_return reply(*call, outcome, path->class_id);
}

}  // namespace handin::edlink
