// Which request is answered by what, and who may make any at all (tabula.md 1.2).
#include <algorithm>
#include <map>

#include "api/tabula/credentials.hpp"
#include "api/tabula/tabula.hpp"

namespace handin::tabula {
namespace {

using http::Method;

constexpr std::array kMethods{Method::get, Method::post, Method::put, Method::patch, Method::del};

http::Response unauthorized() {
    auto response = failure(401,
                            "Sign in as an API user with HTTP Basic. (OAuth, which Tabula also "
                            "knows, is not offered here.)");
    response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"Tabula API\"");
    return response;
}

http::Response throttled(std::chrono::seconds wait) {
    auto response = failure(429, "Too many wrong passwords: try again later.");
    response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return response;
}

http::Response not_allowed(const std::string& allow) {
    return failure(405, "This path takes " + allow + " only.");
}

}  // namespace

std::vector<Tabula::Entry> Tabula::entries() const {
    const std::string attachments = "/attachments";
    const std::string module = "/module/:module";
    const std::string assignments = module + "/assignments";
    const std::string assignment = assignments + "/:assignment";
    const std::string submissions = assignment + "/submissions";
    const std::string member = "/member/:member/assignments";
    const http::RouteOptions upload{.body_bytes = services_.uploads.limits().bytes};
    const http::RouteOptions forms{.takes_forms = true};
    return {
        {Method::post, attachments, &Tabula::upload_attachment, upload},
        {Method::get, attachments + "/:attachment", &Tabula::show_attachment},
        {Method::get, "/module", &Tabula::list_modules},
        {Method::get, module, &Tabula::show_module},
        {Method::get, "/department", &Tabula::list_departments},
        {Method::get, "/department/:department", &Tabula::show_department},
        {Method::get, "/department/:department/assignments", &Tabula::department_assignments},
        {Method::get, assignments, &Tabula::list_assignments},
        {Method::post, assignments, &Tabula::create_assignment},
        {Method::get, assignment, &Tabula::show_assignment},
        {Method::put, assignment, &Tabula::change_assignment},
        {Method::del, assignment, &Tabula::delete_assignment},
        {Method::post, assignment, &Tabula::create_submission, forms},
        {Method::get, submissions, &Tabula::list_submissions},
        {Method::get, submissions + "/:submission", &Tabula::show_submission},
        {Method::get, submissions + "/:submission/:filename", &Tabula::download},
        {Method::post, assignment + "/marks", &Tabula::upload_marks},
        {Method::get, "/submissions/member/:member", &Tabula::member_submissions},
        {Method::get, member, &Tabula::member_assignments},
        {Method::get, member + "/upcoming", &Tabula::upcoming_assignments},
        {Method::post, "/private/assignments/:assignment", &Tabula::create_timed_submission, forms},
    };
}

void Tabula::add_routes(http::Router& router) {
    std::map<std::string, std::vector<Method>> methods;
    for (const auto& entry : entries()) {
        methods[entry.path].push_back(entry.method);
        router.add(
            entry.method, std::string(kBase) + entry.path,
            [this, action = entry.action](http::Request request) {
                return with_user(request, action);
            },
            entry.options);
    }
    // tabula.md 1.4: 401 comes before 405, so the other methods ask who it is, too.
    for (const auto& [path, known] : methods) {
        std::string allow;
        for (const auto method : known)
            allow.append(allow.empty() ? "" : ", ")
                .append(http::name_of(method))
                .append(method == Method::get ? ", HEAD" : "");
        for (const auto method : kMethods)
            if (std::ranges::find(known, method) == known.end())
                router.add(method, std::string(kBase) + path, [this, allow](http::Request request) {
                    return wrong_method(request, allow);
                });
    }
    router.on_miss(kBase, [](const http::Request& request, const http::Router::Miss& miss) {
        if (!is_basic(request.header("Authorization"))) return unauthorized();
        return miss.status == 405 ? not_allowed(miss.allow)
                                  : failure(404, "There is nothing at this path.");
    });
    router.on_failure(
        kBase, [](const http::Request& /*request*/, int status, std::string_view reason) {
            if (status != 503) return failure(status, reason);
            return failure(503,
                           "Too many requests are waiting, the disk is full, or files cannot be "
                           "scanned for viruses: try again soon.");
        });
}

task<std::expected<Call, http::Response>> Tabula::authenticate(http::Request request) {
    auto credentials = parse_basic(request.header("Authorization"));
    if (!credentials) co_return std::unexpected(unauthorized());
    Call call{.request = request, .actor = {}, .username = credentials->username};
    const auto actor = co_await services_.sign_in.sign_in(std::move(credentials->username),
                                                          std::move(credentials->password),
                                                          std::string(request.remote_address));
    if (!actor)
        co_return std::unexpected(actor.error().wait.count() > 0 ? throttled(actor.error().wait)
                                                                 : unauthorized());
    call.actor = *actor;
    co_return call;
}

task<http::Response> Tabula::with_user(http::Request request, Action action) {
    auto call = co_await authenticate(request);
    if (!call) co_return std::move(call.error());
    co_return co_await (this->*action)(&*call);
}

task<http::Response> Tabula::wrong_method(http::Request request, std::string allow) {
    auto call = co_await authenticate(request);
    if (!call) co_return std::move(call.error());
    auto response = not_allowed(allow);
    response.headers.emplace_back("Allow", allow);
    co_return response;
}

}  // namespace handin::tabula
