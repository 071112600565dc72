#include "service/work_notes.hpp"

#include <utility>

#include "base/json_writer.hpp"
#include "service/administration/named.hpp"

namespace handin::service {
namespace {

using domain::Reason;
using domain::Refusals;

Refusals nothing(std::string what) {
    return {{Reason::not_found, what, "There is no such " + what + "."}};
}

std::string detail_of(domain::Disability disability) {
    constexpr std::string_view names[] = {"none", "reportable", "not_reportable"};
    std::string detail;
    ObjectWriter out(detail);
    out.plain("disability", names[static_cast<std::size_t>(disability)]);
    out.end();
    return detail;
}

}  // namespace

task<std::expected<domain::NoteAttempt, Refusals>> WorkNotes::note_for(
    const Operator* by, std::optional<Uuid> attempt_id, std::optional<Uuid> file) {
    using Found = std::expected<domain::NoteAttempt, Refusals>;
    const auto actor = by->permit.actor();
    co_return co_await store::read(&store_, [&](store::Reader& reader) -> Found {
        const std::string what = file ? "attachment" : "attempt";
        const auto attempt = file ? reader.attempt_of(*file) : reader.attempt(*attempt_id);
        const auto row = attempt ? reader.submission(attempt->submission_id) : std::nullopt;
        const auto assignment = row ? reader.assignment(row->assignment_id) : std::nullopt;
        const auto klass = assignment ? reader.klass(assignment->class_id) : std::nullopt;
        if (!klass ||
            (actor.kind != domain::Token::Kind::admin && klass->account_id != actor.account_id))
            return std::unexpected(nothing(what));
        return domain::NoteAttempt{.actor = actor,
                                   .class_id = klass->id,
                                   .assignment_id = assignment->id,
                                   .person_id = row->person_id,
                                   .attempt_id = attempt->id};
    });
}

task<WorkNotes::Done> WorkNotes::carry_out(domain::NoteAttempt note) {
    auto outcome = co_await committer_.execute(std::move(note));
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return Done();
}

task<WorkNotes::Done> WorkNotes::set_plagiarism(Operator by, Uuid attempt_id,
                                                domain::Plagiarism plagiarism) {
    auto note = co_await note_for(&by, attempt_id, std::nullopt);
    if (!note) co_return std::unexpected(std::move(note.error()));
    note->plagiarism = plagiarism;
    co_return co_await carry_out(std::move(*note));
}

task<WorkNotes::Done> WorkNotes::set_report(Operator by, Uuid attachment_id,
                                            std::optional<domain::OriginalityReport> report) {
    auto note = co_await note_for(&by, std::nullopt, attachment_id);
    if (!note) co_return std::unexpected(std::move(note.error()));
    if (report)
        note->reports.push_back({attachment_id, std::move(*report)});
    else
        note->removed_reports.push_back(attachment_id);
    co_return co_await carry_out(std::move(*note));
}

task<WorkNotes::Done> WorkNotes::set_extension(Operator by, Uuid assignment_id, std::string name,
                                               domain::Extension extension,
                                               domain::RequestFacts request) {
    auto actor = by.permit.actor();
    const auto now = clock_.now();
    Marking::Marks marks{.origin = domain::Origin::handin,
                         .class_id = {},
                         .assignment_id = assignment_id,
                         .students = {},
                         .received_at = now,
                         .request = std::move(request)};
    auto refusals = co_await store::read(&store_, [&](store::Reader& reader) -> Refusals {
        const auto assignment = reader.assignment(assignment_id);
        const auto klass = assignment ? reader.klass(assignment->class_id) : std::nullopt;
        const bool admin = actor.kind == domain::Token::Kind::admin;
        if (!klass || (!admin && klass->account_id != actor.account_id))
            return nothing("assignment");
        actor.account_id = klass->account_id;
        const auto person = named::person(reader, klass->account_id, name);
        if (!person) return person.error();
        marks.class_id = klass->id;
        const auto row = reader.submission(domain::submission_id(assignment_id, person->id));
        const auto& before = row ? row->marking.extension : std::nullopt;
        extension.id = before ? before->id : uuid_v7(now);
        extension.assignment_id = assignment_id;
        extension.person_id = person->id;
        marks.students.push_back(
            {.person_id = person->id, .dates = domain::NewDates{.extension = extension}});
        return {};
    });
    if (!refusals.empty()) co_return std::unexpected(std::move(refusals));
    co_return co_await marking_.mark_all(std::move(actor), std::move(marks));
}

task<WorkNotes::Done> WorkNotes::set_disability(Operator by, std::string person,
                                                domain::Disability disability) {
    co_return co_await changer_.change(
        &by, "person.disability", [&](store::Reader& reader) -> Administered<Plan> {
            const auto account = named::account(reader, std::nullopt);
            if (!account) return std::unexpected(account.error());
            auto found = named::person(reader, account->id, person);
            if (!found) return std::unexpected(std::move(found.error()));
            Plan plan{.account_id = account->id,
                      .target = found->id.str(),
                      .detail = detail_of(disability)};
            if (found->disability == disability) return plan;
            found->disability = disability;
            plan.changes.people.push_back(std::move(*found));
            return plan;
        });
}

}  // namespace handin::service
