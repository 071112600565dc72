// Modules, departments and assignments as Tabula shows them (tabula.md 3.8, 3.9).
#include <algorithm>
#include <boost/json/array.hpp>

#include "api/tabula/assignments/settings.hpp"
#include "api/tabula/parameters.hpp"
#include "api/tabula/render.hpp"
#include "base/encoding.hpp"
#include "base/zone.hpp"
#include "domain/mark.hpp"
#include "domain/working_days.hpp"
#include "service/office/find.hpp"

namespace handin::tabula {
namespace {

constexpr int kFeedbackDays = 20;  // working days until feedback is due (tabula.md 4.5)
constexpr std::uint64_t kMebibyte = 1'048'576;

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

json::value optional_count(const std::optional<std::int64_t>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

bool collects(const domain::Assignment& assignment) {
    return assignment.kinds.has(domain::AttachmentKind::file);
}

// Nothing is due at a certain time.
bool open_ended(const domain::Assignment& assignment) {
    return !assignment.due_at && !assignment.close_at;
}

std::optional<Time> closes(const domain::Assignment& assignment) {
    return assignment.due_at ? assignment.due_at : assignment.close_at;
}

// In which it begins, unless it was said the year of its end.
std::string year_text(const Look& look, const domain::Assignment& assignment,
                      const Settings& settings) {
    if (settings.academic_year) return academic_year_text(*settings.academic_year);
    return academic_year(closes(assignment).value_or(assignment.created_at), look.zone);
}

Time opens(const domain::Assignment& assignment) {
    const auto& shown = assignment.open_at ? assignment.open_at : assignment.display_at;
    return shown.value_or(assignment.created_at);
}

bool is_opened(const Look& look, const domain::Assignment& assignment) {
    return look.now > opens(assignment);
}

bool is_closed(const Look& look, const domain::Assignment& assignment) {
    const auto at = closes(assignment);
    return at && look.now > *at;
}

void add_dates(const Look& look, const domain::Assignment& assignment, json::object& object) {
    object["openEnded"] = open_ended(assignment);
    object["opened"] = is_opened(look, assignment);
    object["closed"] = is_closed(look, assignment);
    object["openDate"] = date_time(look, opens(assignment));
    if (const auto at = closes(assignment)) {
        object["closeDate"] = date_time(look, *at);
        const auto day = std::chrono::floor<std::chrono::days>(local_in_zone(*at, look.zone));
        const auto due = domain::WorkingCalendar{}.after(day, kFeedbackDays);
        object["feedbackDeadline"] = iso_seconds(Time(due.time_since_epoch())).substr(0, 10);
        const auto flags = settings_of(assignment, look.zone).flags;
        if (flags.at("dissertation") || !flags.at("publishFeedback"))
            object["feedbackDeadline"] = nullptr;
    }
}

// What the assignment takes; `plural` names what older clients spell with an s (tabula.md 6,
// conflict 13).
void add_submission_rules(const domain::Assignment& assignment, std::string_view plural,
                          json::object& object) {
    const auto& files = assignment.rules.files;
    const auto& words = assignment.rules.word_count;
    const auto named = [&](std::string_view rest) {
        return std::string("allow").append(plural).append(rest);
    };
    object[named("LateSubmissions")] = assignment.rules.late_allowed;
    object[named("Resubmission")] = assignment.resubmission != domain::Resubmission::none;
    object["fileAttachmentLimit"] = files.most ? json::value(*files.most) : json::value(kMostFiles);
    json::array types;
    for (const auto& type : files.types)
        types.emplace_back(type);
    object["fileAttachmentTypes"] = std::move(types);
    object["individualFileSizeLimit"] =
        files.bytes ? json::value(*files.bytes / kMebibyte) : json::value(nullptr);
    object["submissionFormText"] = assignment.description;
    object["wordCountMin"] = words.asked() ? optional_count(words.minimum) : json::value(nullptr);
    object["wordCountMax"] = words.asked() ? optional_count(words.maximum) : json::value(nullptr);
    object["wordCountConventions"] = words.conventions;
}

struct Counts {
    std::size_t submissions = 0, feedback = 0, unpublished = 0, unapproved = 0, enrolled = 0;
};

bool has_feedback(const service::Work& work) {
    return work.facts.marking.grade || work.feedback;
}

Counts counts_of(const service::AssignmentWork& whole) {
    Counts counts;
    for (const auto& work : whole.students) {
        const auto& marking = work.facts.marking;
        counts.submissions += work.attempt ? 1 : 0;
        counts.feedback += has_feedback(work) ? 1 : 0;
        counts.unpublished += has_feedback(work) && !marking.posted_at ? 1 : 0;
        counts.enrolled += work.enrolled ? 1 : 0;
        counts.unapproved +=
            marking.extension && marking.extension->requested_at &&
                    marking.extension->state == domain::Extension::State::unreviewed
                ? 1
                : 0;
    }
    return counts;
}

json::object membership_of(const service::AssignmentWork& whole, std::size_t enrolled) {
    json::array users;
    for (const auto& work : whole.students) {
        if (!work.enrolled) continue;
        json::object user{{"userId", work.person.login}};
        if (!work.person.university_id.empty()) user["universityId"] = work.person.university_id;
        users.push_back(std::move(user));
    }
    return {{"total", enrolled},
            {"linkedSits", enrolled},
            {"included", 0},
            {"excluded", 0},
            {"users", std::move(users)}};
}

std::string top_url(const Look& look, std::string_view path, const Uuid& assignment,
                    std::string_view rest) {
    return look.base_url + std::string(path) + assignment.str() + std::string(rest);
}

json::object feedback_of(const domain::Assignment& assignment, const service::Work& work) {
    const auto& grade = work.facts.marking.grade;
    json::value mark(nullptr);
    json::value letter(nullptr);
    if (grade) {
        if (grade->counted.score)
            mark = domain::mark_of_score(grading_of(assignment), *grade->counted.score);
        if (!grade->counted.grade.empty()) letter = grade->counted.grade;
    }
    return {{"id", work.facts.id.str()},
            {"downloaded", false},
            {"onlineViewed", false},
            {"mark", mark},
            {"grade", letter},
            {"adjustments", json::array()},
            {"genericFeedback", nullptr},
            {"comments", work.feedback ? json::value(*work.feedback) : json::value(nullptr)},
            {"attachments", json::array()},
            {"downloadZip", nullptr},
            {"downloadPdf", nullptr}};
}

// Where the work of a student stands: the least of Tabula's marking workflow (tabula.md 3.9).
json::object state_of(const service::Work& work) {
    const bool marked = has_feedback(work);
    const bool released = marked && work.facts.marking.posted_at;
    const auto code = released       ? "workflow.Feedback.released"
                      : marked       ? "workflow.Feedback.ready"
                      : work.attempt ? (work.flags.late ? "workflow.Submission.late"
                                                        : "workflow.Submission.onTime")
                                     : "workflow.Submission.unsubmitted";
    const auto state = released       ? "Feedback released"
                       : marked       ? "Marked"
                       : work.attempt ? "Submitted"
                                      : "Not submitted";
    const json::object stage{{"stage", "Submission"},
                             {"action", "workflow.Submission.action"},
                             {"stateCode", code},
                             {"state", state},
                             {"health", work.flags.late || work.flags.missing ? "Warning" : "Good"},
                             {"completed", work.attempt.has_value()},
                             {"preconditionsMet", true}};
    return {{"progress", json::object{{"percentage", released       ? 100
                                                     : marked       ? 75
                                                     : work.attempt ? 50
                                                                    : 0},
                                      {"health", stage.at("health")},
                                      {"stateCode", code},
                                      {"state", state}}},
            {"nextStage", nullptr},
            {"stages", json::array{stage}}};
}

}  // namespace

json::object render_module(const service::Module& module) {
    const auto& klass = module.klass;
    return {{"code", upper(service::office::code_of(klass))},
            {"name", klass.name},
            {"active", true},
            {"adminDepartment", json::object{{"code", upper(module.department.code)},
                                             {"name", module.department.name}}}};
}

json::object render_short_module(const domain::Class& klass) {
    return {
        {"code", upper(service::office::code_of(klass))}, {"name", klass.name}, {"active", true}};
}

json::object render_department(const service::DepartmentModules& all) {
    json::array modules;
    for (const auto& klass : all.modules)
        modules.push_back(render_short_module(klass));
    const auto& department = all.department;
    return {{"code", upper(department.code)}, {"fullName", department.name},
            {"name", department.name},        {"shortName", department.name},
            {"modules", std::move(modules)},  {"routes", json::array()}};
}

json::object render_assignment(const Look& look, const service::AssignmentWork& whole) {
    const auto& assignment = whole.place.assignment;
    const auto counts = counts_of(whole);
    const auto settings = settings_of(assignment, look.zone);
    const auto flag = [&](const char* name) { return settings.flags.at(name); };
    auto module = render_module(whole.place.module);
    module.erase("active");
    json::object object{
        {"id", assignment.id.str()},
        {"module", std::move(module)},
        {"archived", false},
        {"academicYear", year_text(look, assignment, settings)},
        {"resitAssessment", flag("resitAssessment")},
        {"name", assignment.title},
        {"studentUrl", top_url(look, "/coursework/submission/", assignment.id, "/")},
        {"summaryUrl", top_url(look, "/coursework/admin/assignments/", assignment.id, "/summary")},
        {"collectMarks", assignment.rules.grading != domain::GradingType::not_graded},
        {"useMarkPoints", false},
        {"markingWorkflow", nullptr},
        {"feedbackTemplate", nullptr},
        {"summative", flag("summative")},
        {"dissertation", flag("dissertation")},
        {"publishFeedback", flag("publishFeedback")},
        {"collectSubmissions", collects(assignment)}};
    if (collects(assignment)) {
        object["displayPlagiarismNotice"] = flag("displayPlagiarismNotice");
        object["restrictSubmissions"] = flag("restrictSubmissions");
        add_submission_rules(assignment, "", object);
        object["submissions"] = counts.submissions;
    }
    object["allowExtensions"] = flag("allowExtensions");
    object["extensionAttachmentMandatory"] = flag("extensionAttachmentMandatory");
    object["allowExtensionsAfterCloseDate"] = flag("allowExtensionsAfterCloseDate");
    object["unapprovedExtensions"] = counts.unapproved;
    object["studentMembership"] = membership_of(whole, counts.enrolled);
    object["sitsLinks"] = json::array();
    add_dates(look, assignment, object);
    object["feedback"] = counts.feedback;
    object["unpublishedFeedback"] = counts.unpublished;
    return object;
}

json::object render_student(const Look& look, const domain::Assignment& assignment,
                            const service::Work& work) {
    json::object object{{"universityId", name_of(work.person)},
                        {"state", state_of(work)},
                        {"submission", nullptr},
                        {"extension", nullptr},
                        {"feedback", nullptr}};
    if (work.attempt) object["submission"] = render_submission(look, assignment, work);
    if (const auto& extension = work.facts.marking.extension)
        object["extension"] = render(look, *extension);
    if (has_feedback(work)) object["feedback"] = feedback_of(assignment, work);
    return object;
}

json::object render_member_submission(const Look& look, const service::MemberWork& item,
                                      std::size_t submissions, std::size_t extensions) {
    const auto& assignment = item.place.assignment;
    const auto settings = settings_of(assignment, look.zone);
    const auto flag = [&](const char* name) { return settings.flags.at(name); };
    auto object = render_submission(look, assignment, item.work);
    object.erase("downloaded");
    object.erase("explicitSubmissionDeadline");
    for (auto& each : object.at("attachments").as_array()) {
        auto& file = each.as_object();
        file["attachmentUrl"] = look.base_url + "/api/v1" +
                                path_of(item.place, item.work.attempt->id) + "/" +
                                std::string(file.at("filename").as_string());
    }
    object["student"] = json::object{{"totalExtensionRequestsEver", extensions},
                                     {"totalSubmissionsEver", submissions}};
    auto module = render_module(item.place.module);
    module.erase("active");
    const auto at = closes(assignment);
    object["assignment"] =
        json::object{{"id", assignment.id.str()},
                     {"module", std::move(module)},
                     {"openEnded", open_ended(assignment)},
                     {"opened", is_opened(look, assignment)},
                     {"closed", is_closed(look, assignment)},
                     {"openDate", date_time(look, opens(assignment))},
                     {"closeDate", at ? json::value(date_time(look, *at)) : json::value(nullptr)},
                     {"academicYear", year_text(look, assignment, settings)},
                     {"resitAssessment", flag("resitAssessment")},
                     {"name", assignment.title},
                     {"collectMarks", assignment.rules.grading != domain::GradingType::not_graded},
                     {"useMarkPoints", false},
                     {"markingWorkflow", nullptr},
                     {"feedbackTemplate", nullptr},
                     {"summative", flag("summative")},
                     {"dissertation", flag("dissertation")},
                     {"publishFeedback", flag("publishFeedback")}};
    object["extension"] = nullptr;
    if (const auto& extension = item.work.facts.marking.extension) {
        auto shown = render(look, *extension);
        shown.erase("expired");
        const bool approved = extension->state == domain::Extension::State::approved;
        const bool running = approved && extension->until && *extension->until > look.now;
        shown["isWithinApprovedExtension"] = running;
        shown["hasActiveExtension"] = running;
        shown["extensionRequested"] = extension->requested_at.has_value();
        shown["extensionRequestedOn"] = extension->requested_at
                                            ? json::value(date_time(look, *extension->requested_at))
                                            : json::value(nullptr);
        shown["attachments"] = json::array();
        shown["reason"] = extension->reason;
        shown["reviewerComments"] = extension->reviewer_comment;
        shown["extensionRequestedExtraDaysDuration"] = nullptr;
        shown["feedbackDueDate"] = nullptr;
        object["extension"] = std::move(shown);
    }
    return object;
}

json::object render_member_assignment(const Look& look, const service::MemberWork& item) {
    const auto& assignment = item.place.assignment;
    const auto settings = settings_of(assignment, look.zone);
    const auto flag = [&](const char* name) { return settings.flags.at(name); };
    const auto& work = item.work;
    const auto& extension = work.facts.marking.extension;
    const bool within = work.dates.extended_until && *work.dates.extended_until > look.now;
    const bool closed = is_closed(look, assignment);
    const bool taken = collects(assignment) && is_opened(look, assignment) && !assignment.locked &&
                       (within || !closed || assignment.rules.late_allowed) &&
                       (!assignment.close_at || look.now <= *assignment.close_at || within);
    const bool again = assignment.resubmission != domain::Resubmission::none;
    auto module = render_module(item.place.module);
    module.erase("active");
    json::object object{
        {"id", assignment.id.str()},
        {"academicYear", year_text(look, assignment, settings)},
        {"name", assignment.title},
        {"studentUrl", top_url(look, "/coursework/submission/", assignment.id, "/")},
        {"module", std::move(module)},
        {"hasSubmission", work.attempt.has_value()},
        {"hasFeedback", has_feedback(work)},
        {"hasExtension", extension.has_value()},
        {"hasActiveExtension", within},
        {"extended", within},
        {"extensionRequested", extension && extension->requested_at},
        {"studentDeadline", work.dates.deadline()
                                ? json::value(date_time(look, *work.dates.deadline()))
                                : json::value(nullptr)},
        {"submittable", taken && !work.attempt},
        {"resubmittable", taken && work.attempt && again && (within || !closed)},
        {"summative", flag("summative")},
        {"late", closed && !within},
        {"submission", nullptr},
        {"feedback", nullptr},
        {"extension", nullptr}};
    add_dates(look, assignment, object);
    if (collects(assignment)) {
        add_submission_rules(assignment, "s", object);
        object["allowsExtensions"] = flag("allowExtensions");
        object["extensionAttachmentMandatory"] = flag("extensionAttachmentMandatory");
        object["allowExtensionsAfterCloseDate"] = flag("allowExtensionsAfterCloseDate");
    }
    if (work.attempt) {
        const auto whole = render_submission(look, assignment, work);
        json::array files;
        for (const auto& file : whole.at("attachments").as_array())
            files.push_back(json::object{{"filename", file.at("filename")}, {"id", file.at("id")}});
        object["submission"] = json::object{{"id", whole.at("id")},
                                            {"late", whole.at("late")},
                                            {"authorisedLate", whole.at("authorisedLate")},
                                            {"attachments", std::move(files)},
                                            {"submittedDate", whole.at("submittedDate")},
                                            {"wordCount", whole.at("wordCount")}};
    }
    if (has_feedback(work) && work.facts.marking.posted_at)
        object["feedback"] = feedback_of(assignment, work);
    if (extension) {
        const auto whole = render(look, *extension);
        object["extension"] = json::object{{"id", whole.at("id")},
                                           {"state", whole.at("state")},
                                           {"requestedExpiryDate", whole.at("requestedExpiryDate")},
                                           {"expiryDate", whole.at("expiryDate")}};
    }
    return object;
}

}  // namespace handin::tabula
