// PATCH of a submission through the Graph API, by its id or by its student's, which does everything
// (edlink.md 4.2): hand in, take back, grade, give back.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api/edlink/dom_bytes.hpp"
#include "api/edlink/edlink.hpp"
#include "api/edlink/mark_body.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"
#include "api/edlink/submit/json_content.hpp"
#include "api/receipt_link.hpp"

namespace handin::edlink {
namespace {

// It is in memory as a whole, unlike a submit.
constexpr std::size_t kLongestBody = 4 * 1024 * 1024;

struct Patch {
    std::optional<std::string> attachments;  // a body of a submit
    std::string state;                       // empty: as it is
    bool marks = false;                      // anything for those who grade
    domain::MarkSubmission mark;
};

Failure invalid(std::string message) {
    return fail("INVALID_REQUEST_BODY", std::move(message));
}

std::expected<Patch, Failure> read_patch(std::string_view body, std::vector<Notice>& warnings) {
    boost::system::error_code error;
    auto value = json::parse(json::string_view(body.data(), body.size()), error);
    if (error || !value.is_object())
        return std::unexpected(invalid("The body must be a JSON object."));
    auto& object = value.get_object();
    Patch patch;
    if (const auto* state = object.if_contains("state")) {
        const auto* text = state->if_string();
        if (text == nullptr ||
            (*text != "submitted" && *text != "reclaimed" && *text != "returned"))
            return std::unexpected(invalid("state: expected submitted, reclaimed or returned."));
        patch.state = std::string(*text);
        object.erase("state");
    }
    if (auto* attachments = object.if_contains("attachments")) {
        patch.attachments = json::serialize(json::object{{"attachments", std::move(*attachments)}});
        object.erase("attachments");
    }
    if (patch.attachments.has_value() != (patch.state == "submitted"))
        return std::unexpected(
            fail("MISSING_REQUIRED_FIELD",
                 "To hand in takes both attachments and the state 'submitted'."));
    if (object.contains("rubric_grade"))
        return std::unexpected(
            fail("UNSUPPORTED_OPERATION", "rubric_grade: this server has no rubrics."));
    patch.marks = !object.empty();
    auto errors = read_mark_body(json::serialize(object), patch.mark, warnings);
    if (!errors.empty())
        return std::unexpected(Failure{.status = 400, .errors = std::move(errors)});
    return patch;
}

// The body, whose parsed form is counted as well. If we have to give up, when this student's work
// came is remembered.
task<std::optional<std::string>> read_seated(http::Request request, service::Intake* intake,
                                             const service::Seat* seat,
                                             service::Reception::Kept* kept) {
    const auto grow = [kept](std::size_t bytes) {
        if (!kept->grow_to(bytes)) throw service::Overloaded("too much is being received");
    };
    try {
        auto body = co_await http::read_all(request, kLongestBody, grow);
        if (body) grow(dom_bytes(*body));
        co_return body;
    } catch (const service::TryLater& why) {
        intake->turned_away(*seat, why);
        throw;
    }
}

task<std::expected<SubmitContent, Failure>> staged(std::string_view body, service::Intake* intake,
                                                   const service::Seat* seat) {
    JsonContent json(*intake);
    try {
        co_await json.feed(body);
    } catch (const service::TryLater& why) {
        intake->turned_away(*seat, why);
        throw;
    }
    if (!json.problem()) json.finish();
    if (const auto& problem = json.problem())
        co_return std::unexpected(invalid(
            problem->field.empty() ? problem->message : problem->field + ": " + problem->message));
    co_return json.take();
}

bool hands_in(const Patch& patch) {
    return patch.state == "submitted" || patch.state == "reclaimed";
}

bool gives_marks(const Patch& patch) {
    return patch.marks || !hands_in(patch);
}

// Where work is marked without names: nothing of what others have sent or said, by which one could
// find it among the rest.
void leave_own_part(service::ShownSubmission& shown, bool submitted) {
    auto& attempts = shown.attempts;
    if (!submitted)
        attempts.clear();
    else if (!attempts.empty())
        attempts.erase(attempts.begin(), attempts.end() - 1);
    shown.facts.marking = {};
    shown.grade_comment.reset();
    shown.flags.excused = false;
}

}  // namespace

task<http::Response> Edlink::patch_submission(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto id = id_in(*call, "submission_id");
    if (!id) co_return failure(*call, id.error());
    const auto keys = {replay_key_of(*call, "submit"), replay_key_of(*call, "reclaim"),
                       replay_key_of(*call, "change")};
    if (!*keys.begin()) co_return failure(*call, keys.begin()->error());
    const auto key = [&](std::size_t which) { return **(keys.begin() + which); };
    // Before the body is read: whoever may neither hand in nor grade need not send it.
    const auto there = co_await services_.coursework.whose(
        call->actor, path->class_id, path->assignment_id, *id, domain::Permission::submission_read);
    if (!there) co_return failure(*call, fail(call->request, {there.error()}));
    auto seat = services_.intake.seat(call->actor, path->assignment_id, call->request.started_at,
                                      call->request.body().length(), there->person_id);
    auto kept = services_.intake.kept();
    auto body = co_await read_seated(call->request, &services_.intake, &seat, &kept);
    if (!body) co_return failure(*call, fail("INVALID_REQUEST_BODY", "The body is too long.", 413));
    auto patch = read_patch(only_properties(*call, std::move(*body)), call->warnings);
    if (!patch) co_return failure(*call, patch.error());
    auto person = there;
    for (const auto& [asks, permission] :
         {std::pair{hands_in(*patch), domain::Permission::submission_create_for},
          std::pair{gives_marks(*patch), domain::Permission::feedback_manage}}) {
        if (!asks) continue;
        person = co_await services_.coursework.whose(call->actor, path->class_id,
                                                     path->assignment_id, *id, permission);
        if (!person) co_return failure(*call, fail(call->request, {person.error()}));
    }

    const auto received_at = call->request.body().received_at();
    auto& mark = patch->mark;
    mark.origin = domain::Origin::edlink;
    mark.class_id = path->class_id;
    mark.assignment_id = path->assignment_id;
    mark.received_at = received_at;
    mark.replay_key = key(2);
    mark.request = facts_of(call->request);
    mark.give_back = patch->state == "returned";
    // Work that is in stays: what is wrong with the marks must be said before.
    if (hands_in(*patch) && gives_marks(*patch))
        if (const auto checked = co_await services_.marking.check(call->actor, person->name, mark);
            !checked)
            co_return failure(*call, fail(call->request, checked.error()));

    std::optional<std::string> receipt;
    std::expected<service::Accepted, domain::Refusals> outcome;
    if (patch->state == "submitted") {
        auto content = co_await staged(*patch->attachments, &services_.intake, &seat);
        if (!content) co_return failure(*call, content.error());
        auto errors = classify(*content, call->warnings);
        if (!errors.empty()) co_return failure(*call, {.status = 400, .errors = std::move(errors)});
        outcome = co_await services_.intake.submit(
            call->actor, {.origin = domain::Origin::edlink,
                          .class_id = path->class_id,
                          .assignment_id = path->assignment_id,
                          .attachments = std::move(content->attachments),
                          .received_at = received_at,
                          .replay_key = key(0),
                          .request = facts_of(call->request),
                          .seat = std::move(seat),
                          .for_another = service::ForAnother{.person_id = person->person_id,
                                                             .how = {.as_student = true}}});
        if (outcome && outcome->submission.attempts.back().has_receipt)
            receipt = api::receipt_url(call->request, outcome->submission.attempts.back().id);
    } else if (patch->state == "reclaimed") {
        outcome =
            co_await services_.intake.reclaim(call->actor, {.origin = domain::Origin::edlink,
                                                            .class_id = path->class_id,
                                                            .assignment_id = path->assignment_id,
                                                            .received_at = received_at,
                                                            .replay_key = key(1),
                                                            .request = facts_of(call->request),
                                                            .for_another = person->person_id});
    }
    if (!outcome) co_return failure(*call, fail(call->request, outcome.error()));
    if (gives_marks(*patch)) {
        outcome = co_await services_.marking.mark(call->actor, person->name, std::move(mark));
        if (!outcome) co_return failure(*call, fail(call->request, outcome.error()));
    }
    if (outcome->repeated) call->warnings.push_back(repeated_key());
    // Where work is marked without names, not even this tells whose it is.
    if (person->is_pseudonym && person->by_person) {
        leave_own_part(outcome->submission, patch->state == "submitted");
    } else if (person->is_pseudonym) {
        receipt.reset();  // it names the student
        auto shown = co_await services_.coursework.submission(call->actor, path->class_id,
                                                              path->assignment_id, person->name);
        if (!shown) co_return failure(*call, fail(call->request, {shown.error()}));
        outcome->submission = std::move(*shown);
    }
    auto response = success(
        *call, render(outcome->submission, {call->tree, call->request.base_url(), path->class_id},
                      json_memory()));
    if (receipt) response.headers.emplace_back(api::kReceiptHeader, *receipt);
    co_return response;
}

}  // namespace handin::edlink
