// Who belongs to what: people, enrollments, schools (edlink.md 3.5).
#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"

namespace handin::edlink {
namespace {

template <class T>
Failure refused(const Call& call, const service::Answer<T>& answer) {
    return fail(call.request, domain::Refusals{answer.error()});
}

json::object show(const auto& item) {
    return render(item).as_object();
}

constexpr auto kShow = [](const auto& item) { return show(item); };

}  // namespace

task<http::Response> Edlink::profile(Call* call) {
    const auto profile = co_await services_.coursework.profile(call->actor);
    if (!profile) co_return failure(*call, refused(*call, profile));
    co_return co_await reply_one(call, show(*profile));
}

task<http::Response> Edlink::integration(Call* call) {
    const auto found = co_await services_.rosters.integration(call->actor);
    if (!found) co_return failure(*call, refused(*call, found));
    co_return co_await reply_one(call, show(*found));
}

task<http::Response> Edlink::source(Call* call) {
    const auto account = co_await services_.rosters.account(call->actor);
    if (!account) co_return failure(*call, refused(*call, account));
    co_return co_await reply_one(call, render_source(*account).as_object());
}

task<http::Response> Edlink::list_members(Call* call, service::Part part) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id, part](service::Page page) {
        return services_.rosters.members(call->actor, *id, part, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::list_class_people(Call* call) {
    co_return co_await list_members(call, service::Part::everybody);
}

task<http::Response> Edlink::list_class_teachers(Call* call) {
    co_return co_await list_members(call, service::Part::teachers);
}

task<http::Response> Edlink::list_class_students(Call* call) {
    co_return co_await list_members(call, service::Part::students);
}

task<http::Response> Edlink::list_class_enrollments(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        return services_.rosters.enrollments(call->actor, {.class_id = *id}, page);
    };
    co_return co_await list(call, fetch, kShow);
}

// There are none in this model, of a class that is there.
task<http::Response> Edlink::list_class_sections(Call* call) {
    const auto id = id_in(*call, "class_id");
    if (!id) co_return failure(*call, id.error());
    const auto klass = co_await services_.coursework.klass(call->actor, *id);
    if (!klass) co_return failure(*call, refused(*call, klass));
    co_return co_await list_nothing(call);
}

task<http::Response> Edlink::list_people(Call* call) {
    auto fetch = [this, call](service::Page page) {
        return services_.rosters.people(call->actor, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::fetch_person(Call* call) {
    const auto id = id_in(*call, "person_id");
    if (!id) co_return failure(*call, id.error());
    const auto person = co_await services_.rosters.person(call->actor, *id);
    if (!person) co_return failure(*call, refused(*call, person));
    co_return co_await reply_one(call, show(*person));
}

task<http::Response> Edlink::list_person_classes(Call* call) {
    const auto id = id_in(*call, "person_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        return services_.rosters.classes_of(call->actor, *id, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::list_person_enrollments(Call* call) {
    const auto id = id_in(*call, "person_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        return services_.rosters.enrollments(call->actor, {.person_id = *id}, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::list_enrollments(Call* call) {
    auto fetch = [this, call](service::Page page) {
        return services_.rosters.enrollments(call->actor, {}, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::fetch_enrollment(Call* call) {
    const auto id = id_in(*call, "enrollment_id");
    if (!id) co_return failure(*call, id.error());
    const auto enrollment = co_await services_.rosters.enrollment(call->actor, *id);
    if (!enrollment) co_return failure(*call, refused(*call, enrollment));
    co_return co_await reply_one(call, show(*enrollment));
}

task<http::Response> Edlink::list_schools(Call* call) {
    auto fetch = [this, call](service::Page page) {
        return services_.rosters.departments(call->actor, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::fetch_school(Call* call) {
    const auto id = id_in(*call, "school_id");
    if (!id) co_return failure(*call, id.error());
    const auto school = co_await services_.rosters.department(call->actor, *id);
    if (!school) co_return failure(*call, refused(*call, school));
    co_return co_await reply_one(call, show(*school));
}

task<http::Response> Edlink::list_school_classes(Call* call) {
    const auto id = id_in(*call, "school_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        return services_.rosters.classes_in(call->actor, *id, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::list_school_members(Call* call, service::Part part) {
    const auto id = id_in(*call, "school_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id, part](service::Page page) {
        return services_.rosters.people_in(call->actor, *id, part, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::list_school_people(Call* call) {
    co_return co_await list_school_members(call, service::Part::everybody);
}

task<http::Response> Edlink::list_school_teachers(Call* call) {
    co_return co_await list_school_members(call, service::Part::teachers);
}

task<http::Response> Edlink::list_school_students(Call* call) {
    co_return co_await list_school_members(call, service::Part::students);
}

task<http::Response> Edlink::list_school_administrators(Call* call) {
    co_return co_await list_school_members(call, service::Part::administrators);
}

task<http::Response> Edlink::list_school_nothing(Call* call) {
    const auto id = id_in(*call, "school_id");
    if (!id) co_return failure(*call, id.error());
    const auto school = co_await services_.rosters.department(call->actor, *id);
    if (!school) co_return failure(*call, refused(*call, school));
    co_return co_await list_nothing(call);
}

task<http::Response> Edlink::list_person_schools(Call* call) {
    const auto id = id_in(*call, "person_id");
    if (!id) co_return failure(*call, id.error());
    auto fetch = [this, call, id](service::Page page) {
        return services_.rosters.departments_of(call->actor, *id, page);
    };
    co_return co_await list(call, fetch, kShow);
}

task<http::Response> Edlink::list_person_districts(Call* call) {
    const auto id = id_in(*call, "person_id");
    if (!id) co_return failure(*call, id.error());
    const auto person = co_await services_.rosters.person(call->actor, *id);
    if (!person) co_return failure(*call, refused(*call, person));
    co_return co_await list_districts(call);
}

task<http::Response> Edlink::list_person_nothing(Call* call) {
    const auto id = id_in(*call, "person_id");
    if (!id) co_return failure(*call, id.error());
    const auto person = co_await services_.rosters.person(call->actor, *id);
    if (!person) co_return failure(*call, refused(*call, person));
    co_return co_await list_nothing(call);
}

// An account is a district: one sees one's own.
task<http::Response> Edlink::list_districts(Call* call) {
    const auto wish = paging_.wish_of(*call);
    if (!wish) co_return failure(*call, wish.error());
    const auto account = co_await services_.rosters.account(call->actor);
    if (!account) co_return failure(*call, refused(*call, account));
    Listing listing;
    auto object = show(*account);
    const bool listed = (!wish->after || account->id > *wish->after) &&
                        (!wish->before || account->id < *wish->before);
    if (listed && wish->query.keeps(object)) listing.items.push_back(std::move(object));
    co_return co_await reply_list(call, &*wish, std::move(listing));
}

task<http::Response> Edlink::fetch_district(Call* call) {
    const auto id = id_in(*call, "district_id");
    if (!id) co_return failure(*call, id.error());
    const auto account = co_await services_.rosters.account(call->actor);
    if (!account) co_return failure(*call, refused(*call, account));
    if (account->id != *id)
        co_return failure(*call,
                          fail(call->request, {{domain::Reason::not_found, "district_id", ""}}));
    co_return co_await reply_one(call, show(*account));
}

// What this model does not have: sections, sessions, courses, agents, licenses.
task<http::Response> Edlink::list_nothing(Call* call) {
    const auto wish = paging_.wish_of(*call);
    if (!wish) co_return failure(*call, wish.error());
    co_return co_await reply_list(call, &*wish, {});
}

task<http::Response> Edlink::fetch_nothing(Call* call) {
    for (const std::string_view name :
         {"section_id", "session_id", "course_id", "agent_id", "license_id"}) {
        if (call->request.parameter(name).empty()) continue;
        const auto id = id_in(*call, name);
        if (!id) co_return failure(*call, id.error());
        co_return failure(
            *call, fail(call->request, {{domain::Reason::not_found, std::string(name), ""}}));
    }
    co_return failure(*call, fail("NOT_FOUND", "There is nothing at this path.", 404));
}

}  // namespace handin::edlink
