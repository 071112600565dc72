// The tables of paths (edlink.md 4.1, 4.2).
#include "api/edlink/edlink.hpp"

namespace handin::edlink {
namespace {

using http::Method;

constexpr std::string_view kAssignment = "/classes/:class_id/assignments/:assignment_id";

std::string below(std::string_view rest) {
    return std::string(kAssignment).append(rest);
}

}  // namespace

void Edlink::add_own_routes(http::Router& router) {
    const auto my = [&](Method method, std::string_view path, Action action,
                        http::RouteOptions options = {}) {
        on(router, Tree::my, method, path, action, options);
    };
    my(Method::get, "/profile", &Edlink::profile);
    my(Method::post, below("/submit"), &Edlink::submit, {.takes_forms = true});
    my(Method::post, below("/reclaim"), &Edlink::reclaim);
    my(Method::patch, below("/submissions/:submission_id"), &Edlink::change_submission);
    my(Method::post, below("/submissions/:submission_id/return"), &Edlink::return_submission);
    my(Method::get, below("/submissions/:submission_id/files/:file_id/download"),
       &Edlink::download);
    my(Method::get, "/classes/:class_id/files/:file_id/download", &Edlink::download);
}

void Edlink::add_graph_routes(http::Router& router) {
    const auto graph = [&](Method method, std::string_view path, Action action) {
        on(router, Tree::graph, method, path, action);
    };
    graph(Method::get, "/people", &Edlink::list_people);
    graph(Method::get, "/people/:person_id", &Edlink::fetch_person);
    graph(Method::get, "/people/:person_id/classes", &Edlink::list_person_classes);
    graph(Method::get, "/people/:person_id/enrollments", &Edlink::list_person_enrollments);
    graph(Method::get, "/people/:person_id/schools", &Edlink::list_person_schools);
    graph(Method::get, "/people/:person_id/districts", &Edlink::list_person_districts);
    graph(Method::get, "/people/:person_id/sections", &Edlink::list_person_nothing);
    graph(Method::get, "/people/:person_id/agents", &Edlink::list_person_nothing);
    graph(Method::post, "/classes/:class_id/files", &Edlink::upload_file);
    graph(Method::get, "/classes/:class_id/files/:file_id/download", &Edlink::download_file);
    graph(Method::patch, below("/submissions/:submission_id"), &Edlink::patch_submission);
}

// The same for both: what there is to see differs.
void Edlink::add_shared_routes(http::Router& router) {
    struct Row {
        Method method;
        std::string_view path;
        Action action;
    };
    const std::string assignments = "/classes/:class_id/assignments";
    const std::string categories = "/classes/:class_id/categories";
    const std::string category = "/classes/:class_id/categories/:category_id";
    const std::string submissions = below("/submissions");
    const std::string submission = below("/submissions/:submission_id");
    const std::string assignment(kAssignment);
    const Row rows[] = {
        {Method::get, "/integration", &Edlink::integration},
        {Method::get, "/source", &Edlink::source},
        {Method::get, "/classes", &Edlink::list_classes},
        {Method::get, "/classes/:class_id", &Edlink::fetch_class},
        {Method::get, "/classes/:class_id/people", &Edlink::list_class_people},
        {Method::get, "/classes/:class_id/teachers", &Edlink::list_class_teachers},
        {Method::get, "/classes/:class_id/students", &Edlink::list_class_students},
        {Method::get, "/classes/:class_id/enrollments", &Edlink::list_class_enrollments},
        {Method::get, "/classes/:class_id/sections", &Edlink::list_class_sections},
        {Method::get, "/enrollments", &Edlink::list_enrollments},
        {Method::get, "/enrollments/:enrollment_id", &Edlink::fetch_enrollment},
        {Method::get, "/schools", &Edlink::list_schools},
        {Method::get, "/schools/:school_id", &Edlink::fetch_school},
        {Method::get, "/schools/:school_id/classes", &Edlink::list_school_classes},
        {Method::get, "/schools/:school_id/people", &Edlink::list_school_people},
        {Method::get, "/schools/:school_id/teachers", &Edlink::list_school_teachers},
        {Method::get, "/schools/:school_id/students", &Edlink::list_school_students},
        {Method::get, "/schools/:school_id/administrators", &Edlink::list_school_administrators},
        {Method::get, "/schools/:school_id/courses", &Edlink::list_school_nothing},
        {Method::get, "/schools/:school_id/sessions", &Edlink::list_school_nothing},
        {Method::get, "/districts", &Edlink::list_districts},
        {Method::get, "/districts/:district_id", &Edlink::fetch_district},
        {Method::get, "/sections", &Edlink::list_nothing},
        {Method::get, "/sections/:section_id", &Edlink::fetch_nothing},
        {Method::get, "/sessions", &Edlink::list_nothing},
        {Method::get, "/sessions/:session_id", &Edlink::fetch_nothing},
        {Method::get, "/courses", &Edlink::list_nothing},
        {Method::get, "/courses/:course_id", &Edlink::fetch_nothing},
        {Method::get, "/agents", &Edlink::list_nothing},
        {Method::get, "/agents/:agent_id", &Edlink::fetch_nothing},
        {Method::get, "/licenses", &Edlink::list_nothing},
        {Method::get, "/licenses/:license_id", &Edlink::fetch_nothing},
        {Method::get, categories, &Edlink::list_categories},
        {Method::post, categories, &Edlink::create_category},
        {Method::get, category, &Edlink::fetch_category},
        {Method::patch, category, &Edlink::update_category},
        {Method::del, category, &Edlink::delete_category},
        {Method::get, assignments, &Edlink::list_assignments},
        {Method::post, assignments, &Edlink::create_assignment},
        {Method::get, assignment, &Edlink::fetch_assignment},
        {Method::patch, assignment, &Edlink::update_assignment},
        {Method::del, assignment, &Edlink::delete_assignment},
        {Method::get, submissions, &Edlink::list_submissions},
        {Method::get, submission, &Edlink::fetch_submission},
    };
    for (const auto tree : {Tree::my, Tree::graph})
        for (const auto& [method, path, action] : rows)
            on(router, tree, method, path, action);
}

}  // namespace handin::edlink
