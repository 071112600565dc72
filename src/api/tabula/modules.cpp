// Modules, departments and their assignments (tabula.md 3.8, 3.9), and those of a student (3.11).
#include <boost/json/array.hpp>

#include "api/tabula/assignments/settings.hpp"
#include "api/tabula/parameters.hpp"
#include "api/tabula/render.hpp"
#include "api/tabula/tabula.hpp"
#include "service/office/find.hpp"

namespace handin::tabula {
namespace {

constexpr std::string_view kManage = "Module.ManageAssignments";

int year_of(const domain::Assignment& assignment, const Look& look) {
    const auto said = settings_of(assignment, look.zone).academic_year;
    return said.value_or(
        academic_year_start(assignment.due_at.value_or(assignment.created_at), look.zone));
}

// Of the year that is asked for; without one all.
http::Response assignment_list(const Call& call, const Look& look,
                               const std::vector<service::AssignmentWork>& all) {
    const auto wanted = call.request.query("academicYear");
    const auto year = wanted ? parse_academic_year(*wanted, look.now, look.zone) : std::nullopt;
    json::array assignments;
    for (const auto& each : all)
        if (!year || year_of(each.place.assignment, look) == *year)
            assignments.push_back(render_assignment(look, each));
    json::value shown_year(nullptr);
    if (year) shown_year = academic_year_text(*year);
    return success({{"academicYear", shown_year}, {"assignments", std::move(assignments)}});
}

}  // namespace

task<http::Response> Tabula::list_modules(Call* call) {
    json::array modules;
    for (const auto& module : co_await services_.office.modules(call->actor))
        modules.push_back(render_module(module));
    co_return success({{"modules", std::move(modules)}});
}

task<http::Response> Tabula::show_module(Call* call) {
    const auto module =
        co_await services_.office.module(call->actor, call->request.parameter("module"));
    if (!module) co_return not_found("Module");
    co_return success({{"module", render_module(*module)}});
}

task<http::Response> Tabula::list_departments(Call* call) {
    json::array departments;
    for (const auto& department : co_await services_.office.departments(call->actor))
        departments.push_back(render_department(department));
    co_return success({{"departments", std::move(departments)}});
}

task<http::Response> Tabula::show_department(Call* call) {
    const auto code = call->request.parameter("department");
    for (const auto& department : co_await services_.office.departments(call->actor)) {
        const auto rendered = render_department(department);
        const auto& id = department.department;
        if (service::office::same_code(id.code, code) || id.id.str() == code)
            co_return success({{"department", rendered}});
    }
    co_return not_found("Department");
}

task<http::Response> Tabula::list_assignments(Call* call) {
    const auto all = co_await services_.office.module_assignments(
        call->actor, call->request.parameter("module"));
    if (!all) co_return refused(*call, all.error(), kManage);
    co_return assignment_list(*call, look_of(*call), *all);
}

task<http::Response> Tabula::department_assignments(Call* call) {
    const auto all = co_await services_.office.department_assignments(
        call->actor, call->request.parameter("department"));
    if (!all) co_return refused(*call, all.error(), kManage);
    co_return assignment_list(*call, look_of(*call), *all);
}

task<http::Response> Tabula::show_assignment(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto whole =
        co_await services_.office.works(call->actor, call->request.parameter("module"), *id);
    if (!whole) co_return refused(*call, whole.error(), "Submission.Read");
    co_return whole_assignment(look_of(*call), *whole);
}

http::Response Tabula::whole_assignment(const Look& look, const service::AssignmentWork& whole) {
    json::array students;
    for (const auto& work : whole.students)
        students.push_back(render_student(look, whole.place.assignment, work));
    return success({{"assignment", render_assignment(look, whole)},
                    {"genericFeedback", nullptr},
                    {"students", std::move(students)}});
}

task<http::Response> Tabula::member_assignments(Call* call) {
    const auto look = look_of(*call);
    const auto all =
        co_await services_.office.member(call->actor, call->request.parameter("member"));
    if (!all) co_return refused(*call, all.error(), all.error().detail);
    const auto wanted = call->request.query("academicYear");
    const auto year = wanted ? parse_academic_year(*wanted, look.now, look.zone) : std::nullopt;
    json::array enrolled;
    json::array historic;
    for (const auto& each : *all) {
        const auto& assignment = each.place.assignment;
        if (year && year_of(assignment, look) != *year) continue;
        // Historic: nothing is to be done any more.
        const bool over =
            each.work.attempt || each.work.facts.marking.posted_at || !each.work.enrolled;
        (over ? historic : enrolled).push_back(render_member_assignment(look, each));
    }
    co_return success({{"enrolledAssignments", std::move(enrolled)},
                       {"historicAssignments", std::move(historic)}});
}

task<http::Response> Tabula::upcoming_assignments(Call* call) {
    const auto look = look_of(*call);
    const auto all =
        co_await services_.office.member(call->actor, call->request.parameter("member"));
    if (!all) co_return refused(*call, all.error(), all.error().detail);
    json::array enrolled;
    for (const auto& each : *all) {
        const auto deadline = each.work.dates.deadline();
        if (!each.work.attempt && each.work.enrolled && deadline && *deadline > look.now)
            enrolled.push_back(render_member_assignment(look, each));
    }
    co_return success(
        {{"enrolledAssignments", std::move(enrolled)}, {"historicAssignments", json::array()}});
}

}  // namespace handin::tabula
