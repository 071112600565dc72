// Submissions, as those who mark them see them (tabula.md 3.4, 3.5, 3.7).
#include <boost/json/array.hpp>
#include <map>

#include "api/tabula/parameters.hpp"
#include "api/tabula/render.hpp"
#include "api/tabula/tabula.hpp"
#include "base/zone.hpp"

namespace handin::tabula {
namespace {

constexpr std::string_view kPermission = "Submission.Read";

// The days that are asked about; the error is the answer.
struct Period {
    Time from;
    Time to;  // no more
};

Time midnight(Time time, const std::string& zone, std::chrono::years back = {}) {
    const auto today = std::chrono::floor<std::chrono::days>(local_in_zone(time, zone));
    const std::chrono::year_month_day date(today);
    auto day = date - back;
    if (!day.ok()) day = day.year() / day.month() / std::chrono::last;  // 29 February
    return from_local(std::chrono::local_days(day), zone);
}

std::expected<Period, http::Response> period_of(const Call& call, const Look& look) {
    const auto from = call.request.query("fromDate");
    const auto to = call.request.query("toDate");
    const auto first = from ? parse_date(*from, look.zone) : std::nullopt;
    const auto last = to ? parse_date(*to, look.zone) : std::nullopt;
    const auto fault = [](std::string code, std::string message) {
        return std::unexpected(invalid({{.code = std::move(code), .message = std::move(message)}}));
    };
    if (first && !last) return fault("listSubmissions.api.noToDate", "toDate is missing.");
    if (last && !first) return fault("listSubmissions.api.noFromDate", "fromDate is missing.");
    if (!first)
        return Period{midnight(look.now, look.zone, std::chrono::years(1)),
                      midnight(look.now, look.zone)};
    if (*first > *last)
        return fault("listSubmissions.api.fromDateAfterToDate", "fromDate is after toDate.");
    // The whole of that day.
    return Period{*first, midnight(*last + std::chrono::hours(36), look.zone)};
}

}  // namespace

task<http::Response> Tabula::list_submissions(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto whole =
        co_await services_.office.works(call->actor, call->request.parameter("module"), *id);
    if (!whole) co_return refused(*call, whole.error(), kPermission);
    const auto look = look_of(*call);
    json::object submissions;
    for (const auto& work : whole->students) {
        if (!work.enrolled && !work.attempt) continue;
        submissions[name_of(work.person)] =
            work.attempt ? json::value(render_submission(look, whole->place.assignment, work))
                         : json::value(nullptr);
    }
    co_return success({{"submissions", std::move(submissions)}});
}

task<http::Response> Tabula::show_submission(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto attempt = Uuid::parse(call->request.parameter("submission"));
    const auto found = co_await services_.office.work(
        call->actor, call->request.parameter("module"), *id, attempt.value_or(Uuid{}));
    if (!found) co_return refused(*call, found.error(), kPermission);
    co_return success(
        {{"submission", render_submission(look_of(*call), found->place.assignment, found->work)}});
}

task<http::Response> Tabula::member_submissions(Call* call) {
    const auto look = look_of(*call);
    const auto all =
        co_await services_.office.member(call->actor, call->request.parameter("member"));
    if (!all) co_return refused(*call, all.error(), all.error().detail);
    auto period = period_of(*call, look);
    if (!period) co_return std::move(period.error());
    std::size_t total = 0;
    std::size_t extensions = 0;
    for (const auto& each : *all) {
        total += each.work.attempt ? 1 : 0;
        const auto& extension = each.work.facts.marking.extension;
        extensions += extension && extension->requested_at ? 1 : 0;
    }
    json::array submissions;
    for (const auto& each : *all) {
        const auto& attempt = each.work.attempt;
        if (attempt && attempt->submitted_at >= period->from && attempt->submitted_at < period->to)
            submissions.push_back(render_member_submission(look, each, total, extensions));
    }
    co_return success({{"fromDate", date_time(look, period->from)},
                       {"toDate", date_time(look, period->to)},
                       {"submissions", std::move(submissions)}});
}

}  // namespace handin::tabula
