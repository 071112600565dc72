// What originality providers and a school's records say of work and of people (docs/tabula.md).
#pragma once

#include "api/admin/guard.hpp"
#include "http/router.hpp"
#include "service/work_notes.hpp"

namespace handin::admin {

class WorkRoutes {
 public:
    // Both outlive it.
    WorkRoutes(service::Access& access, service::WorkNotes& notes)
        : guard_(access), notes_(notes) {}

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Operator = service::Operator;

    task<http::Response> set_plagiarism(http::Request request, Operator by);
    task<http::Response> set_report(http::Request request, Operator by);
    task<http::Response> remove_report(http::Request request, Operator by);
    task<http::Response> set_extension(http::Request request, Operator by);
    task<http::Response> set_disability(http::Request request, Operator by);

    Guard guard_;
    service::WorkNotes& notes_;
};

}  // namespace handin::admin
