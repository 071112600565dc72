// Handing in and taking back (edlink.md 5): the body is parsed as it arrives, every file and text
// is staged as it is met, and what came is classified at the end.
#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"
#include "api/edlink/submit/content.hpp"
#include "api/receipt_link.hpp"

namespace handin::edlink {
namespace {

http::Response reply(Call& call, const std::expected<service::Accepted, domain::Refusals>& outcome,
                     const Uuid& class_id) {
    if (!outcome) return failure(call, fail(call.request, outcome.error()));
    if (outcome->repeated) call.warnings.push_back(repeated_key());
    return success(call, render(outcome->submission, {call.tree, call.request.base_url(), class_id},
                                json_memory()));
}

http::Response submit_reply(Call& call,
                            const std::expected<service::Accepted, domain::Refusals>& outcome,
                            const Uuid& class_id) {
    auto response = reply(call, outcome, class_id);
    if (!outcome) return response;
    const auto& attempt = outcome->submission.attempts.back();
    if (attempt.has_receipt)
        response.headers.emplace_back(api::kReceiptHeader,
                                      api::receipt_url(call.request, attempt.id));
    return response;
}

// Reads the body of a repeat for nothing: many clients look at an answer only when they have sent
// everything, and would lose one that comes with a reset. Who asks before sending need not send.
task<void> let_by(http::Request request) {
    if (!request.header("Expect").empty()) co_return;
    auto& body = request.body();
    while (!(co_await body.read()).empty()) {
    }
}

// Reads the body. If we have to give up on the way, when this student came is remembered.
task<std::expected<SubmitContent, Failure>> read_seated(http::Request request,
                                                        service::Intake* intake,
                                                        const service::Seat* seat) {
    try {
        co_return co_await read_submit(request, intake);
    } catch (const service::TryLater& why) {
        intake->turned_away(*seat, why);
        throw;
    }
}

}  // namespace

task<http::Response> Edlink::submit(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto key = replay_key_of(*call, "submit");
    if (!key) co_return failure(*call, key.error());
    auto admitted =
        co_await services_.intake.admit(call->actor, path->class_id, path->assignment_id, *key);
    if (!admitted) co_return failure(*call, fail(call->request, {admitted.error()}));
    if (*admitted) {
        co_await let_by(call->request);
        co_return submit_reply(*call, std::move(**admitted), path->class_id);
    }

    auto seat = services_.intake.seat(call->actor, path->assignment_id, call->request.started_at,
                                      call->request.body().length());
    auto content = co_await read_seated(call->request, &services_.intake, &seat);
    if (!content) co_return failure(*call, content.error());
    auto errors = classify(*content, call->warnings);
    if (!errors.empty()) co_return failure(*call, {.status = 400, .errors = std::move(errors)});
    service::Handin handin{.origin = domain::Origin::edlink,
                           .class_id = path->class_id,
                           .assignment_id = path->assignment_id,
                           .attachments = std::move(content->attachments),
                           .received_at = call->request.body().received_at(),
                           .replay_key = *key,
                           .request = facts_of(call->request),
                           .seat = std::move(seat)};
    const auto outcome = co_await services_.intake.submit(call->actor, std::move(handin));
    co_return submit_reply(*call, outcome, path->class_id);
}

task<http::Response> Edlink::reclaim(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto key = replay_key_of(*call, "reclaim");
    if (!key) co_return failure(*call, key.error());
    const auto outcome =
        co_await services_.intake.reclaim(call->actor, {.origin = domain::Origin::edlink,
                                                        .class_id = path->class_id,
                                                        .assignment_id = path->assignment_id,
                                                        .received_at = call->request.started_at,
                                                        .replay_key = *key,
                                                        .request = facts_of(call->request)});
    co_return reply(*call, outcome, path->class_id);
}

}  // namespace handin::edlink
