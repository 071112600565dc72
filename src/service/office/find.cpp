#include "service/office/find.hpp"

#include <algorithm>

#include "base/encoding.hpp"
#include "domain/comment.hpp"
#include "domain/file_name.hpp"
#include "service/place.hpp"
#include "service/standing.hpp"

namespace handin::service::office {
namespace {

constexpr std::size_t kChunk = 1000;  // rows that are asked for at once

std::string lowered(std::string text) {
    std::ranges::transform(text, text.begin(), lower);
    return text;
}

}  // namespace

std::string filename_of(const domain::Attachment& attachment) {
    const bool text = attachment.kind == domain::AttachmentKind::text;
    if (!text || attachment.title.contains('.')) return domain::sanitised_name(attachment.title);
    return domain::sanitised_name(attachment.title + ".txt");
}

std::string code_of(const domain::Class& klass) {
    return lowered(klass.module_code.empty() ? klass.sis_id : klass.module_code);
}

bool same_code(std::string_view one, std::string_view other) {
    return std::ranges::equal(one, other, {}, lower, lower);
}

bool is_named(const domain::Class& klass, const std::string& code) {
    return code_of(klass) == lowered(code) || klass.id.str() == lowered(code);
}

std::vector<domain::Class> all_classes(store::Reader& reader, const Uuid& account_id) {
    std::vector<domain::Class> all;
    store::Page page{.after = std::nullopt, .limit = kChunk};
    for (;;) {
        auto some = reader.administration().classes(account_id, page);
        const bool last = some.size() < kChunk;
        if (!last) page.after = some.back().id;
        std::ranges::move(some, std::back_inserter(all));
        if (last) return all;
    }
}

Answer<Module> module_of(store::Reader& reader, domain::Class klass) {
    auto department = reader.administration().department(klass.department_id);
    if (!department) return missing("Department");
    return Module{std::move(klass), std::move(*department)};
}

Answer<ModulePlace> find_assignment(store::Reader& reader, const domain::Actor& actor,
                                    const std::optional<std::string>& module,
                                    const Uuid& assignment_id) {
    auto assignment = reader.assignment(assignment_id);
    auto klass = assignment ? reader.klass(assignment->class_id) : std::nullopt;
    if (!klass || klass->account_id != actor.account_id || (module && !is_named(*klass, *module)))
        return missing("Assignment");
    auto found = module_of(reader, std::move(*klass));
    if (!found) return std::unexpected(found.error());
    return ModulePlace{std::move(*found), std::move(*assignment)};
}

Answer<domain::Person> find_member(store::Reader& reader, const domain::Actor& actor,
                                   const std::string& university_id) {
    if (university_id == "me" && actor.person_id) {
        if (auto person = reader.person(*actor.person_id)) return std::move(*person);
    }
    if (university_id.empty()) return missing("Member");
    auto people = reader.administration().people(actor.account_id, store::PersonName::university_id,
                                                 std::span(&university_id, 1));
    if (people.empty()) return missing("Member");
    return std::move(people.front());
}

bool may(store::Reader& reader, const domain::Actor& actor, domain::Permission permission,
         const Where& where) {
    const auto target = target_of(reader, actor, where);
    return target && domain::may(standing_of(reader, actor, where.class_id), permission, *target);
}

std::optional<domain::Refusal> deny(store::Reader& reader, const domain::Actor& actor,
                                    domain::Permission permission, const Where& where,
                                    std::string target) {
    if (may(reader, actor, permission, where)) return std::nullopt;
    return domain::Refusal{domain::Reason::not_permitted, std::move(target),
                           std::string(domain::info(permission).name)};
}

Work work_of(store::Reader& reader, const domain::Assignment& assignment, domain::Person person,
             bool enrolled, Time now) {
    const auto row = reader.submission(domain::submission_id(assignment.id, person.id));
    Work work{.person = std::move(person),
              .enrolled = enrolled,
              .facts = {},
              .flags = {},
              .dates = {},
              .attempt = std::nullopt,
              .feedback = std::nullopt};
    work.facts = row ? *row : untouched(assignment, work.person.id, assignment.created_at);
    work.flags = flags_of(work.facts, assignment, now);
    work.dates = dates_of(assignment, work.facts);
    if (const auto live = live_attempt(work.facts))
        if (auto attempt = reader.attempt(*live)) {
            ShownAttempt shown{.id = attempt->id,
                               .submitted_at = attempt->submitted_at,
                               .has_receipt = attempt->receipt.has_value(),
                               .attachments = {}};
            for (auto& each : attempt->attachments)
                shown.attachments.push_back({std::move(each), std::nullopt});
            work.attempt = std::move(shown);
        }
    if (!work.facts.marking.comments.empty())
        work.feedback =
            grade_comment(reader, work.facts, {.person_id = {}, .viewer = domain::Viewer::grader});
    return work;
}

std::vector<Work> works_of(store::Reader& reader, const domain::Assignment& assignment, Time now) {
    std::vector<Work> works;
    store::Page page{.after = std::nullopt, .limit = kChunk};
    for (;;) {
        const auto students = reader.students(assignment.class_id, page);
        for (const auto& student : students)
            if (auto person = reader.person(student.person_id)) {
                auto work = work_of(reader, assignment, std::move(*person), true, now);
                if (work.facts.version > 0 || assignment.assigned_to(work.person.id))
                    works.push_back(std::move(work));
            }
        if (students.size() < kChunk) break;
        page.after = students.back().person_id;
    }
    for (const auto& id : reader.participants(assignment.id, {.after = {}, .limit = kChunk})) {
        const auto membership = reader.membership(assignment.class_id, id);
        if (membership && membership->roles.has(domain::Role::student)) continue;  // since then
        if (auto person = reader.person(id))
            works.push_back(work_of(reader, assignment, std::move(*person), false, now));
    }
    return works;
}

}  // namespace handin::service::office
