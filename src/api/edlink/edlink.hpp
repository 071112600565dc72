// The Edlink dialect: which path is answered by what (edlink.md 4.1).
#pragma once

#include <functional>
#include <string>

#include "api/edlink/paging.hpp"
#include "api/edlink/reply.hpp"
#include "http/router.hpp"
#include "service/access.hpp"
#include "service/assignments.hpp"
#include "service/coursework.hpp"
#include "service/intake.hpp"
#include "service/marking.hpp"
#include "service/sign_in.hpp"

namespace handin::edlink {

class Edlink {
 public:
    struct Services {
        service::Access& access;
        service::Coursework& coursework;
        service::Intake& intake;
        service::Marking& marking;
        service::Assignments& assignments;
        service::SignIn& sign_in;
        const Clock& clock;
    };

    // What `services` refer to outlives it. cursor_key: secret, the same after a restart.
    Edlink(Services services, std::string cursor_key);

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Action = task<http::Response> (Edlink::*)(Call*);

    void on_person(http::Router& router, http::Method method, std::string_view path, Action action,
                   http::RouteOptions options = {});
    task<http::Response> with_person(http::Request request, Action action);
    task<std::expected<domain::Actor, Failure>> authenticate(http::Request request);

    // One for each row of the table in add_routes.
    task<http::Response> profile(Call* call);
    task<http::Response> list_classes(Call* call);
    task<http::Response> fetch_class(Call* call);
    task<http::Response> list_assignments(Call* call);
    task<http::Response> fetch_assignment(Call* call);
    task<http::Response> create_assignment(Call* call);
    task<http::Response> update_assignment(Call* call);
    task<http::Response> delete_assignment(Call* call);
    task<http::Response> list_submissions(Call* call);
    task<http::Response> fetch_submission(Call* call);
    task<http::Response> submit(Call* call);
    task<http::Response> reclaim(Call* call);
    task<http::Response> change_submission(Call* call);
    task<http::Response> return_submission(Call* call);
    task<http::Response> download(Call* call);
    task<http::Response> exchange_token(http::Request request);

    task<http::Response> change_assignment(Call* call, domain::ChangeAssignment::Kind kind);

    Services services_;
    Paging paging_;
};

}  // namespace handin::edlink
