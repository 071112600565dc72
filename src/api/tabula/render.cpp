#include "api/tabula/render.hpp"

#include <algorithm>
#include <boost/json/array.hpp>

#include "base/encoding.hpp"
#include "base/zone.hpp"
#include "domain/attempt_note.hpp"
#include "service/office/find.hpp"

namespace handin::tabula {
namespace {

json::value optional_number(const std::optional<int>& number) {
    return number ? json::value(*number) : json::value(nullptr);
}

json::object render(const Look& look, const domain::FileReport& each, const Uuid& assignment_id) {
    const auto& report = each.report;
    auto url = report.report_url;
    if (url.empty())
        url = look.base_url + "/coursework/admin/assignments/" + assignment_id.str() +
              "/turnitin/report/" + each.attachment_id.str();
    return {{"similarity", optional_number(domain::similarity_of(report.overlap))},
            {"overlap", optional_number(report.overlap)},
            {"webOverlap", optional_number(report.web_overlap)},
            {"studentOverlap", optional_number(report.student_overlap)},
            {"publicationOverlap", optional_number(report.publication_overlap)},
            {"reportUrl", url}};
}

json::array render_files(const Look& look, const service::ShownAttempt& attempt,
                         const domain::AttemptNote& note, const Uuid& assignment_id) {
    json::array files;
    for (const auto& [item, text] : attempt.attachments) {
        if (item.kind == domain::AttachmentKind::link) continue;  // docs/tabula.md
        json::object file{{"filename", service::office::filename_of(item)},
                          {"id", item.id.str()},
                          {"originalityReport", nullptr}};
        const auto report =
            std::ranges::find(note.reports, item.id, &domain::FileReport::attachment_id);
        if (report != note.reports.end())
            file["originalityReport"] = render(look, *report, assignment_id);
        files.push_back(std::move(file));
    }
    return files;
}

std::string_view state_name(domain::Extension::State state) {
    switch (state) {
        using enum domain::Extension::State;
        case unreviewed:
            return "Unreviewed";
        case approved:
            return "Approved";
        case rejected:
            return "Rejected";
        case revoked:
            return "Revoked";
        case more_info_required:
            return "More info required";
        case more_info_received:
            return "More info received";
    }
    return "Unreviewed";
}

json::value optional_time(const Look& look, const std::optional<Time>& time) {
    return time ? json::value(date_time(look, *time)) : json::value(nullptr);
}

}  // namespace

std::string date_time(const Look& look, Time time) {
    return iso_in_zone(time, look.zone);
}

json::object render(const Look& look, const service::KnownFile& file) {
    return {{"id", file.id.str()},
            {"name", file.name},
            {"temporary", !file.attached},
            {"hash", hex(file.sha1)},
            {"uploadedBy", file.uploaded_by ? json::value(well_formed_utf8(*file.uploaded_by))
                                            : json::value(nullptr)},
            {"dateUploaded", date_time(look, file.uploaded_at)},
            {"uploadStarted", date_time(look, file.started_at)}};
}

json::object render(const Look& look, const domain::Extension& extension) {
    const bool approved = extension.state == domain::Extension::State::approved;
    const auto state = state_name(extension.state);
    return {{"id", extension.id.str()},
            {"state", json::string_view(state.data(), state.size())},
            {"expired", approved && !(extension.until && *extension.until > look.now)},
            {"expiryDate", optional_time(look, extension.until)},
            {"requestedExpiryDate", optional_time(look, extension.requested_until)}};
}

json::object render_submission(const Look& look, const domain::Assignment& assignment,
                               const domain::Submission& facts, const domain::Flags& flags,
                               const service::ShownAttempt& attempt) {
    const auto note =
        note_on(facts.marking.notes, static_cast<std::uint32_t>(facts.attempts.size()));
    json::object object{{"id", attempt.id.str()},
                        {"submittedDate", date_time(look, attempt.submitted_at)},
                        {"late", flags.late},
                        {"authorisedLate", flags.authorised_late},
                        {"wordCount", words_of(assignment, note)},
                        {"suspectPlagiarised", is_suspected(note.plagiarism)},
                        {"downloaded", note.downloaded},
                        {"extension", nullptr}};
    // tabula.md 3.5: only an approved one is shown.
    const auto& extension = facts.marking.extension;
    if (extension && extension->state == domain::Extension::State::approved)
        object["extension"] = render(look, *extension);
    if (note.deadline) object["explicitSubmissionDeadline"] = date_time(look, *note.deadline);
    object["attachments"] = render_files(look, attempt, note, assignment.id);
    return object;
}

json::object render_submission(const Look& look, const domain::Assignment& assignment,
                               const service::Work& work) {
    return render_submission(look, assignment, work.facts, work.flags, *work.attempt);
}

json::value words_of(const domain::Assignment& assignment, const domain::AttemptNote& note) {
    const auto& words = note.declared.word_count;
    return words && assignment.rules.word_count.asked() ? json::value(*words)
                                                        : json::value(nullptr);
}

const std::string& name_of(const domain::Person& person) {
    return person.university_id.empty() ? person.login : person.university_id;
}

std::string path_of(const service::ModulePlace& place, const Uuid& attempt_id) {
    return "/module/" + service::office::code_of(place.module.klass) + "/assignments/" +
           place.assignment.id.str() + "/submissions/" + attempt_id.str();
}

}  // namespace handin::tabula
