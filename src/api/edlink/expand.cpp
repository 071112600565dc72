// $expand and $fields (edlink.md 2.2): the objects beside their ids, and less of what was asked
// for.
#include <algorithm>
#include <map>

#include "api/edlink/edlink.hpp"
#include "api/edlink/parameters.hpp"
#include "api/edlink/render.hpp"
#include "base/encoding.hpp"

namespace handin::edlink {
namespace {

// What an object of some kind may have without having it always: no warning if it is asked for.
constexpr std::string_view kNotAlways[] = {
    "due_date",     "display_date", "start_date",        "end_date",   "points_possible",
    "max_attempts", "session_id",   "category_id",       "module_id",  "rubric_id",
    "parent_id",    "person_id",    "grade_points",      "grade",      "grade_comment",
    "grader_id",    "rubric_grade", "override_due_date", "attachments"};

// Each object has its own copies of what it names, and a reply is held in memory as a whole: so
// many people are shown beside the lists of their ids, and service::kShownOtherBytes of everything.
constexpr std::size_t kMostAssignees = 1000;

void warn_of_fields(const Query& query, const std::vector<std::string>& met, Call& call) {
    for (const auto& name : query.fields())
        if (std::ranges::find(met, name) == met.end() &&
            std::ranges::find(kNotAlways, name) == std::end(kNotAlways))
            call.warnings.push_back({"INVALID_FIELD_REQUESTED",
                                     well_formed_utf8(name) + " is no field of these objects."});
}

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

struct Edlink::Expansion {
    std::string_view name;
    std::string_view id;
    bool many;
    Find find;
};

const Edlink::Expansion* Edlink::expansion_named(std::string_view name) {
    static constexpr Expansion known[] = {
        {"class", "class_id", false, &Edlink::find_class},
        {"person", "person_id", false, &Edlink::find_person},
        {"grader", "grader_id", false, &Edlink::find_person},
        {"assignees", "assignee_ids", true, &Edlink::find_person},
        {"school", "school_id", false, &Edlink::find_school},
        {"schools", "school_ids", true, &Edlink::find_school},
        {"district", "district_id", false, &Edlink::find_district},
        {"assignment", "assignment_id", false, &Edlink::find_assignment},
        {"category", "category_id", false, &Edlink::find_category},
        // Known to Edlink; of these there are no objects here.
        {"course", "course_id", false, &Edlink::find_none},
        {"session", "session_id", false, &Edlink::find_none},
        {"sessions", "session_ids", true, &Edlink::find_none},
        {"section", "section_id", false, &Edlink::find_none},
        {"sections", "section_ids", true, &Edlink::find_none},
        {"module", "module_id", false, &Edlink::find_none},
        {"rubric", "rubric_id", false, &Edlink::find_none},
        {"parent", "parent_id", false, &Edlink::find_none}};
    const auto found = std::ranges::find(known, name, &Expansion::name);
    return found == std::end(known) ? nullptr : found;
}

task<json::value> Edlink::find_class(Call* call, Uuid id) {
    const auto found = co_await services_.coursework.klass(call->actor, id);
    co_return found ? render(*found) : json::value();
}

task<json::value> Edlink::find_person(Call* call, Uuid id) {
    const auto class_id = Uuid::parse(call->request.parameter("class_id"));
    const auto found = co_await services_.rosters.person(call->actor, id, class_id);
    co_return found ? render(*found) : json::value();
}

task<json::value> Edlink::find_school(Call* call, Uuid id) {
    const auto found = co_await services_.rosters.department(call->actor, id);
    co_return found ? render(*found) : json::value();
}

task<json::value> Edlink::find_district(Call* call, Uuid id) {
    const auto found = co_await services_.rosters.account(call->actor);
    co_return found && found->id == id ? render(*found) : json::value();
}

task<json::value> Edlink::find_assignment(Call* call, Uuid id) {
    const auto class_id = Uuid::parse(call->request.parameter("class_id"));
    if (!class_id) co_return json::value();
    const auto found = co_await services_.coursework.assignment(call->actor, *class_id, id);
    co_return found ? render(*found, services_.clock.now()) : json::value();
}

task<json::value> Edlink::find_category(Call* call, Uuid id) {
    const auto class_id = Uuid::parse(call->request.parameter("class_id"));
    if (!class_id) co_return json::value();
    const auto found = co_await services_.categories.find(call->actor, *class_id, id);
    co_return found ? render(*found) : json::value();
}

task<json::value> Edlink::find_none(Call* /*call*/, Uuid /*id*/) {
    co_return json::value();
}

task<void> Edlink::expand(Call* call, const Query* query, std::vector<json::object*> objects) {
    std::size_t bytes = 0;
    for (const auto& name : query->expansions()) {
        const auto* expansion = expansion_named(name);
        if (expansion == nullptr) {
            call->warnings.push_back(
                {"INVALID_EXPANSION", well_formed_utf8(name) + " cannot be expanded."});
            continue;
        }
        const bool bounded = expansion->many && expansion->find == &Edlink::find_person;
        std::size_t shown = 0;
        std::map<Uuid, json::value> found;
        for (auto* object : objects) {
            const auto* value = object->if_contains(view(expansion->id));
            if (value == nullptr) continue;
            std::vector<Uuid> ids;
            if (value->is_string()) {
                ids.push_back(Uuid::parse(value->get_string()).value());
            } else if (const auto* list = value->if_array()) {
                for (const auto& each : *list)
                    ids.push_back(Uuid::parse(each.as_string()).value());
            }
            shown += ids.size();
            if ((bounded && shown > kMostAssignees) || bytes > service::kShownOtherBytes) {
                call->warnings.push_back(
                    {"INVALID_EXPANSION",
                     std::string(name) + " is not expanded further: the reply grows too long."});
                break;
            }
            for (const auto& id : ids)
                if (!found.contains(id))
                    found.emplace(id, co_await (this->*expansion->find)(call, id));
            for (const auto& id : ids)
                bytes += bytes_of(found.at(id));
            if (!expansion->many) {
                (*object)[view(name)] = ids.empty() ? json::value() : found.at(ids.front());
                continue;
            }
            json::array all;
            for (const auto& id : ids)
                all.push_back(found.at(id));
            (*object)[view(name)] = std::move(all);
        }
    }
}

task<http::Response> Edlink::reply_list(Call* call, const Wish* wish, Listing listing) {
    std::vector<json::object*> objects;
    for (auto& item : listing.items)
        objects.push_back(&item);
    co_await expand(call, &wish->query, objects);
    std::vector<std::string> met;
    json::array data(listing.items.empty() ? json::storage_ptr() : listing.items.front().storage());
    data.reserve(listing.items.size());
    for (auto& item : listing.items) {
        wish->query.trim(item, met);
        data.push_back(std::move(item));
    }
    if (!data.empty()) warn_of_fields(wish->query, met, *call);
    co_return success(*call, std::move(data), paging_.next(*call, *wish, listing.next));
}

task<http::Response> Edlink::reply_one(Call* call, json::object object) {
    const auto query = Query::of(*call);
    if (!query) co_return failure(*call, query.error());
    co_await expand(call, &*query, {&object});
    std::vector<std::string> met;
    query->trim(object, met);
    warn_of_fields(*query, met, *call);
    co_return success(*call, std::move(object));
}

}  // namespace handin::edlink
