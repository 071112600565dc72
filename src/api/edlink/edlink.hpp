// The Edlink dialect: which path is answered by what (edlink.md 4.1, 4.2).
#pragma once

#include <functional>
#include <string>

#include "api/edlink/listing.hpp"
#include "api/edlink/paging.hpp"
#include "api/edlink/reply.hpp"
#include "http/router.hpp"
#include "service/access.hpp"
#include "service/assignments.hpp"
#include "service/categories.hpp"
#include "service/coursework.hpp"
#include "service/intake.hpp"
#include "service/marking.hpp"
#include "service/rosters.hpp"
#include "service/sign_in.hpp"
#include "service/uploads.hpp"

namespace handin::edlink {

class Edlink {
 public:
    struct Services {
        service::Access& access;
        service::Coursework& coursework;
        service::Rosters& rosters;
        service::Intake& intake;
        service::Marking& marking;
        service::Assignments& assignments;
        service::Categories& categories;
        service::Uploads& uploads;
        service::SignIn& sign_in;
        const Clock& clock;
    };

    // What `services` refer to outlives it. cursor_key: secret, the same after a restart.
    // token_status: of an answer to a token that is not good, about which Edlink's documentation
    // contradicts itself (edlink.md 2.4): 400 or 401.
    Edlink(Services services, std::string cursor_key, int token_status = 401);

    // It outlives the router's use.
    void add_routes(http::Router& router);

 private:
    using Action = task<http::Response> (Edlink::*)(Call*);

    // Paths below /api/v2/my, for people; below /api/v2/graph, for programs; and below both.
    void add_own_routes(http::Router& router);
    void add_graph_routes(http::Router& router);
    void add_shared_routes(http::Router& router);
    void on(http::Router& router, Tree tree, http::Method method, std::string_view path,
            Action action, http::RouteOptions options = {});
    task<http::Response> with_actor(http::Request request, Tree tree, Action action);
    task<std::expected<domain::Actor, Failure>> authenticate(http::Request request, Tree tree);

    // One for each row of the tables in routes.cpp.
    task<http::Response> profile(Call* call);
    task<http::Response> integration(Call* call);
    task<http::Response> source(Call* call);
    task<http::Response> list_classes(Call* call);
    task<http::Response> fetch_class(Call* call);
    task<http::Response> list_class_people(Call* call);
    task<http::Response> list_class_teachers(Call* call);
    task<http::Response> list_class_students(Call* call);
    task<http::Response> list_class_enrollments(Call* call);
    task<http::Response> list_class_sections(Call* call);
    task<http::Response> list_people(Call* call);
    task<http::Response> fetch_person(Call* call);
    task<http::Response> list_person_classes(Call* call);
    task<http::Response> list_person_enrollments(Call* call);
    task<http::Response> list_enrollments(Call* call);
    task<http::Response> fetch_enrollment(Call* call);
    task<http::Response> list_schools(Call* call);
    task<http::Response> fetch_school(Call* call);
    task<http::Response> list_school_classes(Call* call);
    task<http::Response> list_school_people(Call* call);
    task<http::Response> list_school_teachers(Call* call);
    task<http::Response> list_school_students(Call* call);
    task<http::Response> list_school_administrators(Call* call);
    task<http::Response> list_school_nothing(Call* call);
    task<http::Response> list_person_schools(Call* call);
    task<http::Response> list_person_districts(Call* call);
    task<http::Response> list_person_nothing(Call* call);
    task<http::Response> list_districts(Call* call);
    task<http::Response> fetch_district(Call* call);
    task<http::Response> list_nothing(Call* call);
    task<http::Response> fetch_nothing(Call* call);
    task<http::Response> list_assignments(Call* call);
    task<http::Response> fetch_assignment(Call* call);
    task<http::Response> create_assignment(Call* call);
    task<http::Response> update_assignment(Call* call);
    task<http::Response> delete_assignment(Call* call);
    task<http::Response> list_categories(Call* call);
    task<http::Response> fetch_category(Call* call);
    task<http::Response> create_category(Call* call);
    task<http::Response> update_category(Call* call);
    task<http::Response> delete_category(Call* call);
    task<http::Response> list_submissions(Call* call);
    task<http::Response> fetch_submission(Call* call);
    task<http::Response> submit(Call* call);
    task<http::Response> reclaim(Call* call);
    task<http::Response> change_submission(Call* call);
    task<http::Response> patch_submission(Call* call);
    task<http::Response> return_submission(Call* call);
    task<http::Response> download(Call* call);
    task<http::Response> upload_file(Call* call);
    task<http::Response> download_file(Call* call);
    task<http::Response> exchange_token(http::Request request);

    task<http::Response> change_assignment(Call* call, domain::ChangeAssignment::Kind kind);
    task<http::Response> list_members(Call* call, service::Part part);
    task<http::Response> list_school_members(Call* call, service::Part part);

    // `fetch` asks a service for a page, `show` renders an item.
    template <class Fetch, class Show>
    task<http::Response> list(Call* call, Fetch fetch, Show show) {
        const auto wish = paging_.wish_of(*call);
        if (!wish) co_return failure(*call, wish.error());
        auto listing = co_await gather(&*wish, &fetch, &show);
        if (!listing)
            co_return failure(*call, fail(call->request, domain::Refusals{listing.error()}));
        if (listing->too_long)
            co_return failure(*call,
                              fail("UNSUPPORTED_OPERATION",
                                   "This list is too long to be read from its end: use $first."));
        co_return co_await reply_list(call, &*wish, std::move(*listing));
    }
    task<http::Response> reply_list(Call* call, const Wish* wish, Listing listing);
    // One object, with what $expand and $fields ask for.
    task<http::Response> reply_one(Call* call, json::object object);

    task<void> expand(Call* call, const Query* query, std::vector<json::object*> objects);
    using Find = task<json::value> (Edlink::*)(Call*, Uuid);
    struct Expansion;
    static const Expansion* expansion_named(std::string_view name);
    task<json::value> find_class(Call* call, Uuid id);
    task<json::value> find_person(Call* call, Uuid id);
    task<json::value> find_school(Call* call, Uuid id);
    task<json::value> find_district(Call* call, Uuid id);
    task<json::value> find_assignment(Call* call, Uuid id);
    task<json::value> find_category(Call* call, Uuid id);
    task<json::value> find_none(Call* call, Uuid id);

    Services services_;
    Paging paging_;
    int token_status_;
};

}  // namespace handin::edlink
