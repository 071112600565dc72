// The Tabula dialect: which path is answered by what (docs/tabula.md, tabula.md 3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/tabula/render.hpp"
#include "api/tabula/reply.hpp"
#include "http/router.hpp"
#include "service/intake.hpp"
#include "service/marking.hpp"
#include "service/office/office.hpp"
#include "service/password_sign_in.hpp"
#include "service/uploads.hpp"

namespace handin::tabula {

class Tabula {
 public:
    struct Services {
        service::PasswordSignIn& sign_in;
        service::Office& office;
        service::Intake& intake;
        service::Uploads& uploads;
        service::Marking& marking;
        const Clock& clock;
    };

    // What `services` refer to outlives it. Times are shown as clocks in `zone` show them.
    Tabula(Services services, std::string zone) : services_(services), zone_(std::move(zone)) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Action = task<http::Response> (Tabula::*)(Call*);
    struct Entry {
        http::Method method;
        std::string path;  // below /api/v1
        Action action;
        http::RouteOptions options = {};
    };

    std::vector<Entry> entries() const;
    task<http::Response> with_user(http::Request request, Action action);
    task<std::expected<Call, http::Response>> authenticate(http::Request request);
    task<http::Response> wrong_method(http::Request request, std::string allow);

    // One for each row of the table in routes.cpp.
    task<http::Response> upload_attachment(Call* call);
    task<http::Response> show_attachment(Call* call);
    task<http::Response> create_submission(Call* call);
    task<http::Response> create_timed_submission(Call* call);
    task<http::Response> list_submissions(Call* call);
    task<http::Response> show_submission(Call* call);
    task<http::Response> download(Call* call);
    task<http::Response> member_submissions(Call* call);
    task<http::Response> member_assignments(Call* call);
    task<http::Response> upcoming_assignments(Call* call);
    task<http::Response> list_modules(Call* call);
    task<http::Response> show_module(Call* call);
    task<http::Response> list_departments(Call* call);
    task<http::Response> show_department(Call* call);
    task<http::Response> list_assignments(Call* call);
    task<http::Response> department_assignments(Call* call);
    task<http::Response> show_assignment(Call* call);
    task<http::Response> create_assignment(Call* call);
    task<http::Response> change_assignment(Call* call);
    task<http::Response> delete_assignment(Call* call);
    task<http::Response> upload_marks(Call* call);

    static http::Response whole_assignment(const Look& look, const service::AssignmentWork& whole);

    struct Timing;
    task<http::Response> take_submission(Call* call, const service::Errand* errand,
                                         const Timing* timing);

    Look look_of(const Call& call) const {
        return {call.request.base_url(), zone_, services_.clock.now()};
    }

    Services services_;
    std::string zone_;
};

}  // namespace handin::tabula
