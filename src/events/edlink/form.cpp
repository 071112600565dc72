#include "events/edlink/form.hpp"

#include <boost/json/array.hpp>

namespace handin::events::edlink {
namespace {

namespace json = boost::json;
using domain::Event;

struct Type {
    Event::Kind kind;
    const char* name;  // by which subscriptions choose: Canvas's where it has one
    const char* type;
};
constexpr Type kTypes[] = {
    {Event::Kind::submission_created, "submission_created", "submission.submitted"},
    {Event::Kind::submission_reclaimed, "submission_reclaimed", "submission.reclaimed"},
    {Event::Kind::submission_updated, "submission_updated", "submission.updated"},
    {Event::Kind::grade_changed, "grade_change", "submission.graded"},
    {Event::Kind::submission_returned, "submission_returned", "submission.returned"},
    {Event::Kind::dates_changed, "dates_changed", "submission.dates_changed"},
    {Event::Kind::submission_commented, "submission_comment_created", "submission.commented"},
    {Event::Kind::assignment_created, "assignment_created", "assignment.created"},
    {Event::Kind::assignment_updated, "assignment_updated", "assignment.updated"},
};

json::object wrapped(const char* type, json::object payload) {
    return {
        {"$events", json::array{json::object{{"type", type}, {"payload", std::move(payload)}}}}};
}

// Ids by which the API is asked for the rest: who may not see it learns nothing here.
json::object payload_of(const Event& event) {
    json::object payload{{"id", event.id.str()},
                         {"date", iso_millis(event.at)},
                         {"class_id", event.class_id.str()},
                         {"assignment_id", event.assignment_id.str()}};
    if (event.assignment) payload["deleted"] = event.assignment->deleted;
    if (event.of_assignment()) return payload;
    payload["submission_id"] = event.submission_id.str();
    payload["person_id"] = event.person_id.str();
    payload["attempts"] = event.after.attempts;
    return payload;
}

}  // namespace

std::optional<Shown> EdlinkForm::show(const Event& event) const {
    for (const auto& [kind, name, type] : kTypes)
        if (kind == event.kind) return Shown{name, wrapped(type, payload_of(event))};
    return std::nullopt;
}

json::object EdlinkForm::sample(Time now) const {
    return wrapped("handin.test", {{"date", iso_millis(now)}});
}

}  // namespace handin::events::edlink
