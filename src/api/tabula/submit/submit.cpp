// Handing in for a student (tabula.md 3.3, 3.12), with the precedence of 1.4.
#include <utility>

#include "api/receipt_link.hpp"
#include "api/tabula/assignments/settings.hpp"
#include "api/tabula/faults.hpp"
#include "api/tabula/parameters.hpp"
#include "api/tabula/render.hpp"
#include "api/tabula/submit/read_submission.hpp"
#include "api/tabula/tabula.hpp"

namespace handin::tabula {

// What the private endpoint says beside the work.
struct Tabula::Timing {
    Time submitted_at;
    std::optional<Time> deadline = {};
};

namespace {

constexpr std::string_view kPermission = "Submission.CreateOnBehalfOf";
constexpr std::string_view kTimedPermission = "Submission.Update";

// Reads the body of a repeat for nothing: many clients look at an answer only when they have sent
// everything. Who asks before sending need not send.
task<void> let_by(http::Request request) {
    if (!request.header("Expect").empty()) co_return;
    while (!(co_await request.body().read()).empty()) {
    }
}

// If we have to give up on the way, when this student's work came is remembered.
task<std::expected<SubmissionContent, http::Response>> read_seated(http::Request request,
                                                                   service::Intake* intake,
                                                                   const service::Seat* seat) {
    try {
        co_return co_await read_submission(request, intake, false);
    } catch (const service::TryLater& why) {
        intake->turned_away(*seat, why);
        throw;
    }
}

// Those that were sent before come first.
std::deque<service::IncomingAttachment> attachments_of(SubmissionContent& content,
                                                       service::Intake& intake) {
    std::deque<service::IncomingAttachment> attachments;
    for (const auto& id : content.body.attachments)
        attachments.emplace_back(intake.incoming()).upload_id = id;
    for (auto& file : content.files)
        attachments.push_back(std::move(file));
    return attachments;
}

http::Response shown(const Call& call, const Look& look, const service::Errand& errand,
                     const service::Accepted& accepted) {
    const auto& submission = accepted.submission;
    const auto& attempt = submission.attempts.back();
    const auto& place = errand.place;
    auto response = created(
        call, path_of(place, attempt.id),
        {{"submission",
          render_submission(look, place.assignment, submission.facts, submission.flags, attempt)}});
    if (attempt.has_receipt)
        response.headers.emplace_back(api::kReceiptHeader,
                                      api::receipt_url(call.request, attempt.id));
    return response;
}

}  // namespace

task<http::Response> Tabula::take_submission(Call* call, const service::Errand* errand,
                                             const Timing* timing) {
    if (auto kind = check_media_type(call->request); !kind) co_return std::move(kind.error());
    auto& intake = services_.intake;
    const auto permission = timing ? kTimedPermission : kPermission;
    if (!errand->permitted) {
        // tabula.md 1.4: what cannot be read is told before what is not allowed.
        auto content = co_await read_submission(call->request, &intake, true);
        if (!content) co_return std::move(content.error());
        co_return forbidden(*call, permission, errand->denied_on);
    }
    auto key = replay_key_of(*call, "tabula submit");
    if (!key) co_return std::move(key.error());
    if (const auto earlier = co_await services_.office.answered(errand, *key)) {
        co_await let_by(call->request);
        co_return shown(*call, look_of(*call), *errand, *earlier);
    }
    const auto& place = errand->place;
    auto seat = intake.seat(call->actor, place.assignment.id, call->request.started_at,
                            call->request.body().length(), errand->person.id);
    auto content = co_await read_seated(call->request, &intake, &seat);
    if (!content) co_return std::move(content.error());
    if (content->body.attachments.size() + content->files.size() > kMostFiles)
        co_return failure(400, "A submission has at most 100 files.");

    service::ForAnother another{.person_id = errand->person.id};
    if (timing) {
        another.how.deadline = timing->deadline;
        another.submitted_at = timing->submitted_at;
    }
    service::Handin handin{.origin = domain::Origin::tabula,
                           .class_id = place.module.klass.id,
                           .assignment_id = place.assignment.id,
                           .attachments = attachments_of(*content, intake),
                           .received_at = call->request.body().received_at(),
                           .replay_key = *key,
                           .request = facts_of(*call),
                           .seat = std::move(seat),
                           .policy = {.files_only = true,
                                      .distinct_names = true,
                                      .replace_only_on_time = true,
                                      .ever_closed = !settings_of(place.assignment, zone_).by_aep,
                                      .declared = content->body.declared},
                           .for_another = another};
    const auto outcome = co_await intake.submit(call->actor, std::move(handin));
    if (outcome) co_return shown(*call, look_of(*call), *errand, *outcome);
    auto faults = faults_of(outcome.error(), place.assignment.id);
    if (faults.empty()) co_return not_found("Assignment");
    co_return invalid(faults);
}

task<http::Response> Tabula::create_submission(Call* call) {
    const auto university_id = call->request.query("universityId");
    if (!university_id) co_return failure(400, "The query parameter universityId is required.");
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto errand = co_await services_.office.errand(
        call->actor, call->request.parameter("module"), *id, *university_id);
    if (!errand) co_return refused(*call, errand.error(), kPermission);
    co_return co_await take_submission(call, &*errand, nullptr);
}

task<http::Response> Tabula::create_timed_submission(Call* call) {
    const auto university_id = call->request.query("universityId");
    if (!university_id) co_return failure(400, "The query parameter universityId is required.");
    const auto submitted = call->request.query("submittedDate");
    const auto deadline = call->request.query("submissionDeadline");
    const auto zone = look_of(*call).zone;
    const auto at = submitted ? parse_date_time(*submitted, zone) : std::nullopt;
    if (!at) co_return failure(400, "The query parameter submittedDate must be a time.");
    const auto until = deadline ? parse_date_time(*deadline, zone) : std::nullopt;
    if (deadline && !until)
        co_return failure(400, "The query parameter submissionDeadline must be a time.");
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto errand = co_await services_.office.timed_errand(call->actor, *id, *university_id);
    if (!errand) co_return refused(*call, errand.error(), kTimedPermission);
    const Timing timing{*at, until};
    co_return co_await take_submission(call, &*errand, &timing);
}

}  // namespace handin::tabula
