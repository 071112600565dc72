// Marks and feedback of many students at once (tabula.md 3.10, 4.9): all of them or none.
#include <boost/json/array.hpp>
#include <map>
#include <set>

#include "api/tabula/parameters.hpp"
#include "api/tabula/render.hpp"
#include "api/tabula/scalars.hpp"
#include "api/tabula/tabula.hpp"
#include "domain/mark.hpp"
#include "http/header_value.hpp"

namespace handin::tabula {
namespace {

constexpr std::size_t kLongestBody = std::size_t{4} * 1024 * 1024;
// More at a time would keep others on their io thread waiting.
constexpr std::size_t kMostLines = 1000;
constexpr std::size_t kMostFaults = 100;  // that are told

struct Line {
    std::optional<std::string> id;
    domain::MarkEntry entry;
};

std::optional<BodyProblem> take(Line& line, std::string_view name, const json::value& value) {
    std::optional<std::string>* field = name == "id"         ? &line.id
                                        : name == "mark"     ? &line.entry.mark
                                        : name == "grade"    ? &line.entry.grade
                                        : name == "feedback" ? &line.entry.feedback
                                                             : nullptr;
    if (field == nullptr) return "There is no property '" + std::string(name) + "'.";
    auto text = text_in(name, value);
    if (!text) return text.error();
    *field = std::move(*text);
    return std::nullopt;
}

std::expected<std::vector<Line>, BodyProblem> parse_marks(std::string_view body) {
    const auto object = parse_object(body);
    if (!object) return std::unexpected(object.error());
    std::vector<Line> lines;
    for (const auto& [name, value] : *object) {
        if (name != "students")
            return std::unexpected("There is no property '" + std::string(name) + "'.");
        if (!value.is_array()) return std::unexpected("students: a list is expected.");
        for (const auto& each : value.get_array()) {
            if (!each.is_object()) return std::unexpected("students: an object is expected.");
            if (lines.size() == kMostLines)
                return std::unexpected("students: at most " + std::to_string(kMostLines) +
                                       " at a time.");
            auto& line = lines.emplace_back();
            for (const auto& [key, item] : each.get_object())
                if (auto problem = take(line, {key.data(), key.size()}, item))
                    return std::unexpected(std::move(*problem));
        }
    }
    return lines;
}

std::string field_of(std::size_t index, std::string_view name) {
    return "students[" + std::to_string(index) + "]." + std::string(name);
}

Fault fault_of(domain::MarkProblem problem, std::size_t index) {
    switch (problem) {
        using enum domain::MarkProblem;
        case not_whole:
            return {"actualMark.format", "A mark is a whole number.", field_of(index, "mark")};
        case out_of_range:
            return {"mark.range", "A mark is from 0 to 100.", field_of(index, "mark")};
        case not_on_scale:
            return {"mark.markPoint", "That mark is not on the scale.", field_of(index, "mark")};
        case grade_without_mark:
            return {"actualMark.validateGrade.adjustedGrade", "A grade needs a mark.",
                    field_of(index, "grade")};
        case grade_not_allowed:
            break;
    }
    return {"actualGrade.invalidSITS", "That mark does not have that grade.",
            field_of(index, "grade")};
}

// Students by the names that a line may use: university id, else usercode (tabula.md 3.10).
std::map<std::string, Uuid> students_of(const service::AssignmentWork& whole) {
    std::map<std::string, Uuid> students;
    for (const auto& work : whole.students)
        students.try_emplace(work.person.login, work.person.id);
    for (const auto& work : whole.students)
        if (!work.person.university_id.empty())
            students.insert_or_assign(work.person.university_id, work.person.id);
    return students;
}

bool given(const std::optional<std::string>& text) {
    return text && text->find_first_not_of(" \t\r\n") != std::string::npos;
}

service::Marking::StudentMark mark_for(const Uuid& person, const domain::MarkEntry& entry,
                                       const domain::Assignment& assignment) {
    service::Marking::StudentMark mark{.person_id = person};
    const auto whole = domain::mark_of(entry);
    if (whole || given(entry.grade)) {
        mark.grade = domain::NewGrade{.kind = domain::NewGrade::Kind::mark,
                                      .text = entry.grade.value_or("")};
        if (whole) mark.grade->score = score_of_mark(grading_of(assignment), *whole);
    }
    if (given(entry.feedback)) mark.comment = entry.feedback;
    return mark;
}

// What the rules refuse beside what a line says by itself. `lines`: those that the marks come from.
Fault fault_of(const domain::Refusal& refusal, const std::vector<std::size_t>& lines) {
    const auto index = std::stoul(refusal.field.substr(refusal.field.find('[') + 1));
    const bool comment = refusal.field.ends_with("comment");
    return {.code = comment ? "feedback.invalid" : "actualMark.format",
            .message = refusal.detail,
            .field = field_of(lines.at(index), comment ? "feedback" : "mark")};
}

}  // namespace

task<http::Response> Tabula::upload_marks(Call* call) {
    constexpr std::string_view permission = "Feedback.Manage";
    const auto id = Uuid::parse(call->request.parameter("assignment"));
    if (!id) co_return not_found("Assignment");
    const auto type = http::parse_header_value(call->request.header("Content-Type"));
    if (!type || type->value != "application/json")
        co_return failure(415, "Send application/json.");
    const auto body = co_await http::read_all(call->request, kLongestBody);
    if (!body) co_return failure(413, "The body is too long.");
    const auto lines = parse_marks(*body);
    if (!lines) co_return failure(400, lines.error());
    const auto whole = co_await services_.office.works(
        call->actor, call->request.parameter("module"), *id, domain::Permission::feedback_manage);
    if (!whole) co_return refused(*call, whole.error(), permission);

    const auto& place = whole->place;
    const auto students = students_of(*whole);
    service::Marking::Marks marks{.origin = domain::Origin::tabula,
                                  .class_id = place.module.klass.id,
                                  .assignment_id = place.assignment.id,
                                  .students = {},
                                  .received_at = call->request.body().received_at(),
                                  .request = facts_of(*call)};
    std::vector<Fault> faults;
    std::set<Uuid> seen;
    std::vector<std::size_t> index_of;  // of the line that a mark comes from
    for (std::size_t i = 0; i < lines->size() && faults.size() < kMostFaults; ++i) {
        const auto& [name, entry] = (*lines)[i];
        if (entry.empty() && given(name)) continue;  // tabula.md 4.9: silently
        const auto fault = [&](std::string code, std::string message) {
            faults.push_back({std::move(code), std::move(message), field_of(i, "id")});
        };
        const auto student = name ? students.find(*name) : students.end();
        if (!given(name))
            fault("NotEmpty", "Say whose mark it is.");
        else if (student == students.end())
            fault("id.userNotFound", "There is no such student here.");
        else if (!seen.insert(student->second).second)
            fault("id.duplicate.mark", "There is more than one mark for that student.");
        for (const auto problem : check_mark({}, entry))
            faults.push_back(fault_of(problem, i));
        if (!faults.empty()) continue;
        marks.students.push_back(mark_for(student->second, entry, place.assignment));
        index_of.push_back(i);
    }
    if (!faults.empty()) co_return invalid(faults);
    const auto done = co_await services_.marking.mark_all(call->actor, std::move(marks));
    if (done) co_return success();
    if (done.error().front().reason == domain::Reason::not_permitted)
        co_return forbidden(*call, permission, "Assignment[" + id->str() + "]");
    for (const auto& refusal : done.error())
        faults.push_back(fault_of(refusal, index_of));
    co_return invalid(faults);
}

}  // namespace handin::tabula
