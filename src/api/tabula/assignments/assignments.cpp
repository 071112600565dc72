// Setting assignments, changing them, taking them away (tabula.md 3.9, 4.8).
#include <algorithm>

#include "api/tabula/assignments/body.hpp"
#include "api/tabula/parameters.hpp"
#include "api/tabula/tabula.hpp"
#include "http/header_value.hpp"
#include "service/office/find.hpp"

namespace handin::tabula {
namespace {

using Kind = domain::ChangeAssignment::Kind;

int year_of(const domain::Assignment& assignment, const std::string& zone) {
    const auto settings = settings_of(assignment, zone);
    const auto at = assignment.due_at.value_or(assignment.created_at);
    return settings.academic_year.value_or(academic_year_start(at, zone));
}

bool is_taken(const service::SettingPlace& place, const Settings& settings, int year,
              const std::string& zone) {
    return std::ranges::any_of(place.others, [&](const domain::Assignment& each) {
        return each.title == settings.name && year_of(each, zone) == year;
    });
}

// Beside Tabula's own rules there are those of every API.
http::Response refused_by_rules(const domain::Refusals& refusals) {
    std::vector<Fault> faults;
    for (const auto& refusal : refusals) {
        if (refusal.reason == domain::Reason::not_found) return not_found("Assignment");
        faults.push_back({"invalid", refusal.detail, refusal.field});
    }
    return invalid(faults);
}

bool has_running_extension(const service::AssignmentWork& whole, Time now) {
    return std::ranges::any_of(whole.students, [&](const service::Work& work) {
        const auto& extension = work.facts.marking.extension;
        return extension && extension->state == domain::Extension::State::approved &&
               extension->until && *extension->until > now;
    });
}

task<std::expected<std::string, http::Response>> read_json(http::Request request) {
    const auto type = http::parse_header_value(request.header("Content-Type"));
    if (!type || type->value != "application/json")
        co_return std::unexpected(failure(415, "Send application/json."));
    auto body = co_await http::read_all(request, kLongestAssignmentBody);
    if (!body) co_return std::unexpected(failure(413, "The body is too long."));
    co_return std::move(*body);
}

}  // namespace

task<http::Response> Tabula::create_assignment(Call* call) {
    auto body = co_await read_json(call->request);
    if (!body) co_return std::move(body.error());
    const auto look = look_of(*call);
    Settings settings;
    if (auto problem = read_assignment(*body, look.zone, look.now, settings))
        co_return failure(400, *problem);
    const auto place = co_await services_.office.setting_place(
        call->actor, call->request.parameter("module"), std::nullopt,
        domain::Permission::assignment_create);
    if (!place) co_return refused(*call, place.error(), "Assignment.Create");
    auto key = replay_key_of(*call, "tabula create");
    if (!key) co_return std::move(key.error());
    fill_dates(settings, look.now, look.zone);
    if (!settings.academic_year) settings.academic_year = academic_year_start(look.now, look.zone);
    const bool repeated = *key && std::ranges::any_of(place->others, [&](const auto& each) {
        return std::ranges::find(each.keys, **key) != each.keys.end();
    });
    const bool taken = !repeated && is_taken(*place, settings, *settings.academic_year, look.zone);
    if (const auto faults = faults_of(settings, nullptr, taken); !faults.empty())
        co_return invalid(faults);
    auto fields = fields_of(settings, look.zone);
    fields.grading =
        settings.collects_marks ? domain::GradingType::percent : domain::GradingType::not_graded;
    fields.points_possible = std::optional<double>(kPointsOfMarks);
    const auto made =
        co_await services_.office.set_assignment(call->actor, {.kind = Kind::create,
                                                               .klass = place->module.klass,
                                                               .fields = std::move(fields),
                                                               .include = settings.include,
                                                               .exclude = settings.exclude,
                                                               .replay_key = *key,
                                                               .request = facts_of(*call)});
    if (!made) co_return refused_by_rules(made.error());
    const auto code = service::office::code_of(place->module.klass);
    const auto whole = co_await services_.office.works(call->actor, code, *made,
                                                       domain::Permission::assignment_create);
    if (!whole) co_return refused(*call, whole.error(), "Assignment.Create");
    co_return created(*call, "/module/" + code + "/assignments/" + made->str(),
                      {{"assignment", render_assignment(look, *whole)}});
}

task<http::Response> Tabula::change_assignment(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    auto body = co_await read_json(call->request);
    if (!body) co_return std::move(body.error());
    const auto look = look_of(*call);
    const auto module = call->request.parameter("module");
    constexpr auto permission = domain::Permission::assignment_update;
    const auto place =
        co_await services_.office.setting_place(call->actor, module, *id, permission);
    if (!place) co_return refused(*call, place.error(), "Assignment.Update");
    const auto before = settings_of(*place->assignment, look.zone);
    auto settings = before;
    if (auto problem = read_assignment(*body, look.zone, look.now, settings))
        co_return failure(400, *problem);
    const int year = year_of(*place->assignment, look.zone);
    if (settings.academic_year != before.academic_year && settings.academic_year != year)
        co_return failure(400, "academicYear: it cannot be changed.");
    if (settings.open_ended && settings.close && !before.open_ended) settings.close.reset();
    auto faults = faults_of(settings, &before, is_taken(*place, settings, year, look.zone));
    auto whole = co_await services_.office.works(call->actor, module, *id, permission);
    if (!whole) co_return refused(*call, whole.error(), "Assignment.Update");
    if (settings.open_ended && !before.open_ended && has_running_extension(*whole, look.now))
        faults.push_back({"assignment.openEnded.hasExtensions",
                          "Students have extensions that still run.", "openEnded"});
    if (!faults.empty()) co_return invalid(faults);
    auto key = replay_key_of(*call, "tabula change");
    if (!key) co_return std::move(key.error());
    auto fields = fields_of(settings, look.zone);
    if (settings.collects_marks != before.collects_marks)
        fields.grading = settings.collects_marks ? domain::GradingType::percent
                                                 : domain::GradingType::not_graded;
    // What is as it was stays exactly so: other APIs say it more finely.
    if (settings.open == before.open) fields.open_at.reset();
    if (settings.close == before.close && settings.close_time == before.close_time &&
        settings.open_ended == before.open_ended) {
        fields.due_at.reset();
        fields.close_at.reset();
    }
    if (settings.collects == before.collects) fields.kinds.reset();
    if (settings.again_allowed == before.again_allowed) fields.resubmission.reset();
    if (settings.only_ids == before.only_ids) fields.marking.reset();
    if (settings.file_limit == before.file_limit && settings.unlimited == before.unlimited &&
        settings.file_types == before.file_types &&
        settings.file_mebibytes == before.file_mebibytes)
        fields.files.reset();
    const auto done =
        co_await services_.office.set_assignment(call->actor, {.kind = Kind::update,
                                                               .klass = place->module.klass,
                                                               .assignment_id = *id,
                                                               .fields = std::move(fields),
                                                               .include = settings.include,
                                                               .exclude = settings.exclude,
                                                               .replay_key = *key,
                                                               .request = facts_of(*call)});
    if (!done) co_return refused_by_rules(done.error());
    whole = co_await services_.office.works(call->actor, module, *id, permission);
    if (!whole) co_return refused(*call, whole.error(), "Assignment.Update");
    co_return whole_assignment(look, *whole);
}

task<http::Response> Tabula::delete_assignment(Call* call) {
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto whole = co_await services_.office.works(
        call->actor, call->request.parameter("module"), *id, domain::Permission::assignment_delete);
    if (!whole) co_return refused(*call, whole.error(), "Assignment.Delete");
    const auto any = [&](auto has) { return std::ranges::any_of(whole->students, has); };
    if (any([](const service::Work& work) { return work.attempt.has_value(); }))
        co_return invalid({{"assignment.delete.hasSubmissions", "Work was handed in for it."}});
    if (any([](const service::Work& work) {
            return work.facts.marking.grade && work.facts.marking.posted_at;
        }))
        co_return invalid({{"assignment.delete.hasFeedback", "Students have seen feedback."}});
    auto key = replay_key_of(*call, "tabula delete");
    if (!key) co_return std::move(key.error());
    const auto done =
        co_await services_.office.set_assignment(call->actor, {.kind = Kind::remove,
                                                               .klass = whole->place.module.klass,
                                                               .assignment_id = *id,
                                                               .replay_key = *key,
                                                               .request = facts_of(*call)});
    if (!done) co_return refused_by_rules(done.error());
    co_return success();
}

}  // namespace handin::tabula
