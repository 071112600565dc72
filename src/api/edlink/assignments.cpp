// Assignments, as those who teach set them (edlink.md 4.1 rows 9, 10 and 11).
#include "api/edlink/assignment_body.hpp"
#include "api/edlink/dom_bytes.hpp"
#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"

namespace handin::edlink {
namespace {

using Kind = domain::ChangeAssignment::Kind;

// Both forms of a description of the greatest length, escaped, and what is beside them.
constexpr std::size_t kLongestBody = 4 * 1024 * 1024;

std::string_view verb_of(Kind kind) {
    switch (kind) {
        case Kind::create:
            return "create assignment";
        case Kind::update:
            return "change assignment";
        case Kind::remove:
            break;
    }
    return "delete assignment";
}

void warn_of_result(const domain::AssignmentFields& asked, const domain::Assignment& result,
                    std::vector<Notice>& warnings) {
    if (asked.assignees && !asked.assignees->empty() && result.everybody)
        warnings.push_back(
            {"ASSIGNEES_IGNORED", "assignee_ids mean something with the mode 'individuals' only."});
}

}  // namespace

task<http::Response> Edlink::change_assignment(Call* call, Kind kind) {
    const auto class_id = id_in(*call, "class_id");
    if (!class_id) co_return failure(*call, class_id.error());
    service::AssignmentOrder order{
        .kind = kind, .origin = domain::Origin::edlink, .class_id = *class_id};
    if (kind != Kind::create) {
        const auto id = id_in(*call, "assignment_id");
        if (!id) co_return failure(*call, id.error());
        order.assignment_id = *id;
    }
    const auto key = replay_key_of(*call, verb_of(kind));
    if (!key) co_return failure(*call, key.error());
    order.replay_key = *key;
    if (const auto refusal =
            co_await services_.assignments.admit(call->actor, kind, *class_id, order.assignment_id))
        co_return failure(*call, fail(call->request, {*refusal}));
    std::optional<domain::AssignmentFields> asked;
    auto kept = services_.marking.kept();  // with what else those who teach send
    if (kind != Kind::remove) {
        const auto grow = [&kept](std::size_t bytes) {
            if (!kept.grow_to(bytes)) throw service::Overloaded("too much is being received");
        };
        auto body = co_await http::read_all(call->request, kLongestBody, grow);
        if (!body)
            co_return failure(*call, fail("INVALID_REQUEST_BODY", "The body is too long.", 413));
        // edlink.md 2.2: whatever is in the body of a repeat
        if (order.replay_key)
            if (const auto earlier = co_await services_.assignments.answered(
                    kind, *class_id, order.assignment_id, *order.replay_key)) {
                call->warnings.push_back(repeated_key());
                co_return success(*call, render(*earlier, services_.clock.now()));
            }
        grow(dom_bytes(*body));
        auto errors =
            read_assignment_body(only_properties(*call, std::move(*body)), order, call->warnings);
        if (!errors.empty()) co_return failure(*call, {.status = 400, .errors = std::move(errors)});
        asked = order.fields;
    }
    order.request = facts_of(call->request);
    const auto outcome = co_await services_.assignments.change(call->actor, std::move(order));
    if (!outcome) co_return failure(*call, fail(call->request, outcome.error()));
    if (outcome->repeated)
        call->warnings.push_back(repeated_key());
    else if (asked)
        warn_of_result(*asked, outcome->assignment, call->warnings);
    if (kind == Kind::remove) co_return success(*call);
    co_return success(*call, render(outcome->assignment, services_.clock.now()));
}

task<http::Response> Edlink::create_assignment(Call* call) {
    co_return co_await change_assignment(call, Kind::create);
}

task<http::Response> Edlink::update_assignment(Call* call) {
    co_return co_await change_assignment(call, Kind::update);
}

task<http::Response> Edlink::delete_assignment(Call* call) {
    co_return co_await change_assignment(call, Kind::remove);
}

}  // namespace handin::edlink
