// What people look at: profile, classes, assignments, submissions.
#include <boost/json/array.hpp>

#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"

namespace handin::edlink {
namespace {

Failure refused(const Call& call, const domain::Refusal& refusal) {
    return fail(call.request, domain::Refusals{refusal});
}

template <class Items, class Render>
json::array render_all(const Items& items, Render render_one) {
    json::array array;
    array.reserve(items.size());
    for (const auto& item : items)
        array.push_back(render_one(item));
    return array;
}

}  // namespace

task<http::Response> Edlink::profile(Call* call) {
    const auto profile = co_await services_.coursework.profile(call->actor);
    if (!profile) co_return failure(*call, refused(*call, profile.error()));
    co_return success(*call, render(*profile));
}

task<http::Response> Edlink::list_classes(Call* call) {
    const auto page = paging_.page_of(*call);
    if (!page) co_return failure(*call, page.error());
    const auto list = co_await services_.coursework.classes(call->actor, *page);
    auto data = render_all(list.items, [](const auto& item) { return render(item); });
    co_return success(*call, std::move(data), paging_.next(*call, *page, list.next));
}

task<http::Response> Edlink::fetch_class(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    const auto klass = co_await services_.coursework.klass(call->actor, *id);
    if (!klass) co_return failure(*call, refused(*call, klass.error()));
    co_return success(*call, render(*klass));
}

task<http::Response> Edlink::list_assignments(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    const auto page = paging_.page_of(*call);
    if (!page) co_return failure(*call, page.error());
    const auto list = co_await services_.coursework.assignments(call->actor, *id, *page);
    if (!list) co_return failure(*call, refused(*call, list.error()));
    const auto now = services_.clock.now();
    auto data = render_all(list->items, [now](const auto& item) { return render(item, now); });
    co_return success(*call, std::move(data), paging_.next(*call, *page, list->next));
}

task<http::Response> Edlink::fetch_assignment(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto assignment =
        co_await services_.coursework.assignment(call->actor, path->class_id, path->assignment_id);
    if (!assignment) co_return failure(*call, refused(*call, assignment.error()));
    co_return success(*call, render(*assignment, services_.clock.now()));
}

task<http::Response> Edlink::list_submissions(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto page = paging_.page_of(*call);
    if (!page) co_return failure(*call, page.error());
    const auto list = co_await services_.coursework.submissions(call->actor, path->class_id,
                                                                path->assignment_id, *page);
    if (!list) co_return failure(*call, refused(*call, list.error()));
    const auto base_url = call->request.base_url();
    const auto memory = json_memory();
    json::array data(memory);
    for (const auto& item : list->items)
        data.push_back(render(item, base_url, path->class_id, memory));
    co_return success(*call, std::move(data), paging_.next(*call, *page, list->next));
}

task<http::Response> Edlink::fetch_submission(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto id = id_in(*call, "submission_id");
    if (!id) co_return failure(*call, id.error());
    const auto submission = co_await services_.coursework.submission(call->actor, path->class_id,
                                                                     path->assignment_id, *id);
    if (!submission) co_return failure(*call, refused(*call, submission.error()));
    co_return success(*call,
                      render(*submission, call->request.base_url(), path->class_id, json_memory()));
}

}  // namespace handin::edlink
