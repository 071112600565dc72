// What people look at: classes, assignments, submissions.
#include <algorithm>
#include <boost/json/array.hpp>

#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"

namespace handin::edlink {
namespace {

// They may have long descriptions, and what is read at once is held in memory.
constexpr std::size_t kAssignmentsAtOnce = 100;

Failure refused(const Call& call, const domain::Refusal& refusal) {
    return fail(call.request, domain::Refusals{refusal});
}

}  // namespace

task<http::Response> Edlink::list_classes(Call* call) {
    auto fetch = [this, call](service::Page page) {
        return services_.coursework.classes(call->actor, page);
    };
    auto show = [](const domain::Class& klass) { return render(klass).as_object(); };
    co_return co_await list(call, fetch, show);
}

task<http::Response> Edlink::fetch_class(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    const auto klass = co_await services_.coursework.klass(call->actor, *id);
    if (!klass) co_return failure(*call, refused(*call, klass.error()));
    co_return co_await reply_one(call, render(*klass).as_object());
}

task<http::Response> Edlink::list_assignments(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        page.limit = std::min(page.limit, kAssignmentsAtOnce);
        return services_.coursework.assignments(call->actor, *id, page);
    };
    auto show = [now = services_.clock.now()](const domain::Assignment& assignment) {
        return render(assignment, now).as_object();
    };
    co_return co_await list(call, fetch, show);
}

task<http::Response> Edlink::fetch_assignment(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto assignment =
        co_await services_.coursework.assignment(call->actor, path->class_id, path->assignment_id);
    if (!assignment) co_return failure(*call, refused(*call, assignment.error()));
    co_return co_await reply_one(call, render(*assignment, services_.clock.now()).as_object());
}

// Not gathered: a page of submissions ends where it grows long, and goes on by its student. Only
// forwards (edlink.md 2.2: coursework lists honour $first only).
task<http::Response> Edlink::list_submissions(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    auto wish = paging_.wish_of(*call);
    if (!wish) co_return failure(*call, wish.error());
    if (wish->backwards) wish->backwards = false, wish->before.reset();
    auto list =
        co_await services_.coursework.submissions(call->actor, path->class_id, path->assignment_id,
                                                  {.after = wish->after, .limit = wish->limit});
    if (!list) co_return failure(*call, refused(*call, list.error()));
    Listing listing{.items = {}, .next = list->next};
    const Where where{call->tree, call->request.base_url(), path->class_id};
    const auto memory = json_memory();
    for (const auto& item : list->items) {
        auto object = std::move(render(item, where, memory).as_object());
        if (wish->query.keeps(object)) listing.items.push_back(std::move(object));
    }
    co_return co_await reply_list(call, &*wish, std::move(listing));
}

task<http::Response> Edlink::fetch_submission(Call* call) {
    const auto path = assignment_in(*call);
    if (!path) co_return failure(*call, path.error());
    const auto id = id_in(*call, "submission_id");
    if (!id) co_return failure(*call, id.error());
    const auto submission = co_await services_.coursework.submission(call->actor, path->class_id,
                                                                     path->assignment_id, *id);
    if (!submission) co_return failure(*call, refused(*call, submission.error()));
    const Where where{call->tree, call->request.base_url(), path->class_id};
    auto shown = render(*submission, where, json_memory());
    co_return co_await reply_one(call, std::move(shown.as_object()));
}

}  // namespace handin::edlink
