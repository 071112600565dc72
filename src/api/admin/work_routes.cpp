#include "api/admin/work_routes.hpp"

#include "api/admin/fields.hpp"
#include "api/admin/reply.hpp"

namespace handin::admin {
namespace {

using domain::Permission;
using http::Method;

http::Response answer(const service::WorkNotes::Done& done) {
    if (!done) return refused(done.error());
    http::Response response;
    response.status = 204;
    return response;
}

http::Response bad(std::string_view problem) {
    return failure(400, "bad_request", problem);
}

Uuid id_in(const http::Request& request) {
    return Uuid::parse(request.parameter("id")).value_or(Uuid{});  // nothing has the nil id
}

// 2027-01-31T12:00:00Z
std::optional<Time> parse_utc(std::string_view text) {
    if (text.size() != 20 || text.back() != 'Z') return std::nullopt;
    return parse_iso_micros(std::string(text.substr(0, 19)) + ".000000Z");
}

std::optional<int> percent(Fields& fields, std::string_view name) {
    const auto value = fields.number(name);
    if (!value) return std::nullopt;
    if (*value < 0 || *value > 100)
        fields.complain(std::string(name) + ": expected a percentage, from 0 to 100.");
    return static_cast<int>(*value);
}

}  // namespace

void WorkRoutes::add_routes(http::Router& router) {
    const auto add = [&](Method method, std::string_view path, Permission permission,
                         task<http::Response> (WorkRoutes::*action)(http::Request, Operator)) {
        guard_.add(router, method, path, permission,
                   [this, action](http::Request request, Operator by) {
                       return (this->*action)(request, std::move(by));
                   });
    };
    constexpr std::string_view report = "/api/handin/v1/attachments/:id/originality-report";
    add(Method::put, "/api/handin/v1/attempts/:id/plagiarism", Permission::submission_update,
        &WorkRoutes::set_plagiarism);
    add(Method::put, report, Permission::submission_update, &WorkRoutes::set_report);
    add(Method::del, report, Permission::submission_update, &WorkRoutes::remove_report);
    add(Method::put, "/api/handin/v1/assignments/:id/extensions/:person",
        Permission::feedback_manage, &WorkRoutes::set_extension);
    add(Method::put, "/api/handin/v1/people/:id/disability", Permission::access_manage,
        &WorkRoutes::set_disability);
}

task<http::Response> WorkRoutes::set_plagiarism(http::Request request, Operator by) {
    auto fields = co_await Fields::read(request, {"state"});
    const auto state = static_cast<domain::Plagiarism>(
        fields.choice("state", {"none", "suspected", "investigated"}));
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return answer(co_await notes_.set_plagiarism(std::move(by), id_in(request), state));
}

task<http::Response> WorkRoutes::set_report(http::Request request, Operator by) {
    auto fields = co_await Fields::read(request, {"overlap", "web_overlap", "student_overlap",
                                                  "publication_overlap", "report_url"});
    domain::OriginalityReport report{.overlap = percent(fields, "overlap"),
                                     .web_overlap = percent(fields, "web_overlap"),
                                     .student_overlap = percent(fields, "student_overlap"),
                                     .publication_overlap = percent(fields, "publication_overlap"),
                                     .report_url = fields.text("report_url").value_or("")};
    const bool link =
        report.report_url.starts_with("https://") || report.report_url.starts_with("http://");
    constexpr std::size_t longest = 2000;
    if (!report.report_url.empty() && (!link || report.report_url.size() > longest))
        fields.complain("report_url: expected an http or https address.");
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return answer(co_await notes_.set_report(std::move(by), id_in(request), std::move(report)));
}

task<http::Response> WorkRoutes::remove_report(http::Request request, Operator by) {
    co_return answer(co_await notes_.set_report(std::move(by), id_in(request), std::nullopt));
}

task<http::Response> WorkRoutes::set_extension(http::Request request, Operator by) {
    auto fields = co_await Fields::read(
        request, {"state", "until", "requested_at", "requested_until", "reason", "comment"});
    const auto time = [&](std::string_view name) -> std::optional<Time> {
        const auto text = fields.text(name);
        if (!text) return std::nullopt;
        const auto at = parse_utc(*text);
        if (!at) fields.complain(std::string(name) + ": expected a time as 2027-01-31T12:00:00Z.");
        return at;
    };
    domain::Extension extension{.state = static_cast<domain::Extension::State>(fields.choice(
                                    "state", {"unreviewed", "approved", "rejected", "revoked",
                                              "more_info_required", "more_info_received"})),
                                .requested_at = time("requested_at"),
                                .requested_until = time("requested_until"),
                                .until = time("until"),
                                .reason = fields.text("reason").value_or(""),
                                .reviewer_comment = fields.text("comment").value_or("")};
    if (!fields.problem().empty()) co_return bad(fields.problem());
    domain::RequestFacts facts{.request_id = std::string(request.id),
                               .session_id = {},
                               .hostname = {},
                               .http_method = std::string(http::name_of(request.method)),
                               .url = request.base_url() + std::string(request.target),
                               .referrer = {},
                               .user_agent = std::string(request.header("User-Agent")),
                               .client_ip = std::string(request.remote_address)};
    co_return answer(co_await notes_.set_extension(std::move(by), id_in(request),
                                                   request.parameter("person"),
                                                   std::move(extension), std::move(facts)));
}

task<http::Response> WorkRoutes::set_disability(http::Request request, Operator by) {
    auto fields = co_await Fields::read(request, {"state"});
    const auto state = static_cast<domain::Disability>(
        fields.choice("state", {"none", "reportable", "not_reportable"}));
    if (!fields.problem().empty()) co_return bad(fields.problem());
    co_return answer(co_await notes_.set_disability(std::move(by), request.parameter("id"), state));
}

}  // namespace handin::admin
