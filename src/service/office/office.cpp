#include "service/office/office.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.hpp"
#include "blob/passing.hpp"
#include "domain/submit_rules.hpp"
#include "service/office/find.hpp"
#include "service/place.hpp"
#include "service/standing.hpp"

namespace handin::service {

using domain::Permission;
using store::Reader;

namespace {

Where of(const ModulePlace& place) {
    return {.class_id = place.module.klass.id, .assignment_id = place.assignment.id};
}

std::string assignment_text(const Uuid& id) {
    return "Assignment[" + id.str() + "]";
}

Answer<ModulePlace> readable(Reader& reader, const domain::Actor& actor, const std::string& module,
                             const Uuid& assignment_id, Permission permission) {
    auto place = office::find_assignment(reader, actor, module, assignment_id);
    if (!place) return place;
    if (auto no =
            office::deny(reader, actor, permission, of(*place), assignment_text(assignment_id)))
        return std::unexpected(std::move(*no));
    return place;
}

// A denial may be about one student (docs/access.md): their work is not there.
void hide_denied(Reader& reader, const domain::Actor& actor, const ModulePlace& place,
                 std::vector<Work>& works) {
    const auto standing = standing_of(reader, actor, place.module.klass.id);
    const auto target = target_of(reader, actor, of(place));
    std::erase_if(works, [&](const Work& work) {
        auto about = *target;
        about.person_id = work.person.id;
        return !domain::may(standing, Permission::submission_read, about);
    });
}

// Whose live attempt it is; older ones are not there any more.
Answer<MemberWork> find_work(Reader& reader, const domain::Actor& actor, ModulePlace place,
                             const Uuid& attempt_id, Time now) {
    const auto attempt = reader.attempt(attempt_id);
    const auto row = attempt ? reader.submission(attempt->submission_id) : std::nullopt;
    if (!row || row->assignment_id != place.assignment.id || live_attempt(*row) != attempt_id)
        return missing("Submission");
    auto person = reader.person(row->person_id);
    auto where = of(place);
    where.person_id = row->person_id;
    if (!person || !office::may(reader, actor, Permission::submission_read, where))
        return missing("Submission");
    const auto membership = reader.membership(place.module.klass.id, person->id);
    const bool enrolled = membership && membership->roles.has(domain::Role::student);
    auto work = office::work_of(reader, place.assignment, std::move(*person), enrolled, now);
    return MemberWork{std::move(place), std::move(work)};
}

std::vector<AssignmentWork> works_in(Reader& reader, const Module& module, Time now) {
    constexpr std::size_t most = 1000;  // of one class: more than any has
    std::vector<AssignmentWork> all;
    for (auto& assignment : reader.assignments(module.klass.id, {.after = {}, .limit = most})) {
        auto students = office::works_of(reader, assignment, now);
        all.push_back({{module, std::move(assignment)}, std::move(students)});
    }
    return all;
}

}  // namespace

task<Answer<Errand>> Office::errand(domain::Actor actor, std::string module, Uuid assignment_id,
                                    std::string university_id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<Errand> {
        auto place = office::find_assignment(reader, actor, module, assignment_id);
        if (!place) return std::unexpected(place.error());
        auto person = office::find_member(reader, actor, university_id);
        if (!person) return std::unexpected(person.error());
        const auto for_another = Permission::submission_create_for;
        auto denied =
            office::deny(reader, actor, for_another, of(*place), assignment_text(assignment_id));
        if (!denied)
            denied = office::deny(reader, actor, for_another, {.person_id = person->id},
                                  "Member[" + university_id + "]");
        return Errand{.place = std::move(*place),
                      .person = std::move(*person),
                      .permitted = !denied,
                      .denied_on = denied ? denied->field : ""};
    });
}

task<Answer<Errand>> Office::timed_errand(domain::Actor actor, Uuid assignment_id,
                                          std::string university_id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<Errand> {
        auto place = office::find_assignment(reader, actor, std::nullopt, assignment_id);
        if (!place) return std::unexpected(place.error());
        auto person = office::find_member(reader, actor, university_id);
        if (!person) return std::unexpected(person.error());
        return Errand{.place = std::move(*place),
                      .person = std::move(*person),
                      .permitted = office::may(reader, actor, Permission::submission_update, {}),
                      .denied_on = "everything"};
    });
}

task<std::optional<Accepted>> Office::answered(const Errand* errand,
                                               std::optional<domain::ReplayKey> key) {
    if (!key) co_return std::nullopt;
    const auto& assignment = errand->place.assignment;
    auto earlier = co_await store::read(&store_, [&](Reader& reader) {
        const auto row = reader.submission(domain::submission_id(assignment.id, errand->person.id));
        return row ? domain::answered_before(*row, assignment, key, clock_.now()) : std::nullopt;
    });
    if (!earlier) co_return std::nullopt;
    const Onlooker onlooker{.person_id = {}, .viewer = domain::Viewer::grader};
    co_return Accepted{co_await show(&store_, &blobs_, std::move(*earlier), onlooker), true};
}

task<Answer<AssignmentWork>> Office::works(domain::Actor actor, std::string module,
                                           Uuid assignment_id, Permission permission) {
    const auto now = clock_.now();
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<AssignmentWork> {
        auto place = readable(reader, actor, module, assignment_id, permission);
        if (!place) return std::unexpected(place.error());
        auto students = office::works_of(reader, place->assignment, now);
        if (permission == Permission::submission_read) hide_denied(reader, actor, *place, students);
        return AssignmentWork{std::move(*place), std::move(students)};
    });
}

task<Answer<MemberWork>> Office::work(domain::Actor actor, std::string module, Uuid assignment_id,
                                      Uuid attempt_id) {
    const auto now = clock_.now();
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<MemberWork> {
        auto place = readable(reader, actor, module, assignment_id, Permission::submission_read);
        if (!place) return std::unexpected(place.error());
        return find_work(reader, actor, std::move(*place), attempt_id, now);
    });
}

task<Answer<Office::File>> Office::file(domain::Actor actor, std::string module, Uuid assignment_id,
                                        Uuid attempt_id, std::string name) {
    const auto now = clock_.now();
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<File> {
        auto place = readable(reader, actor, module, assignment_id, Permission::submission_read);
        if (!place) return std::unexpected(place.error());
        auto found = find_work(reader, actor, std::move(*place), attempt_id, now);
        if (!found) return std::unexpected(found.error());
        for (const auto& [each, text] : found->work.attempt->attachments) {
            if (each.kind == domain::AttachmentKind::link || office::filename_of(each) != name)
                continue;
            File file{.of = {}, .download = {.attachment = each, .row_bytes = {}, .reader = {}}};
            if (each.bytes.in_row)
                file.download.row_bytes = reader.row_bytes(each.bytes.storage_id);
            file.of = std::move(*found);
            return file;
        }
        return missing("FileAttachment");
    });
}

task<void> Office::open(File* file, std::uint64_t offset, std::uint64_t length) {
    const auto& bytes = file->download.attachment.bytes;
    if (!bytes.in_row && length > 0) try {
            file->download.reader = co_await blobs_.open(bytes.storage_id, offset, length);
        } catch (const std::system_error& error) {
            if (!blob::is_passing(error)) throw;
            log::warn("a file cannot be read now",
                      {{"storage_id", bytes.storage_id.str()}, {"reason", error.what()}});
            throw TryLater(error.what());
        }
}

task<void> Office::note_download(domain::Actor actor, const File* file) {
    const auto* found = &file->of;
    const auto& facts = found->work.facts;
    if (note_on(facts.marking.notes, static_cast<std::uint32_t>(facts.attempts.size())).downloaded)
        co_return;
    try {
        (void)co_await committer_.execute(
            domain::NoteAttempt{.actor = std::move(actor),
                                .class_id = found->place.module.klass.id,
                                .assignment_id = facts.assignment_id,
                                .person_id = facts.person_id,
                                .attempt_id = found->work.attempt->id,
                                .downloaded = true});
    } catch (const TryLater& why) {
        // Reading does not wait for writing: the next download notes it.
        log::warn("a download is not noted", {{"reason", why.what()}});
    }
}

task<Answer<std::vector<MemberWork>>> Office::member(domain::Actor actor,
                                                     std::string university_id) {
    const auto now = clock_.now();
    constexpr std::size_t most = 1000;  // classes of one person, and assignments of one class
    using Found = Answer<std::vector<MemberWork>>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Found {
        const auto person = office::find_member(reader, actor, university_id);
        if (!person) return std::unexpected(person.error());
        for (const auto permission :
             {Permission::module_manage, Permission::submission_read,
              Permission::submission_plagiarism, Permission::extension_read})
            if (auto no = office::deny(reader, actor, permission, {.person_id = person->id},
                                       "Member[" + university_id + "]"))
                return std::unexpected(std::move(*no));
        std::vector<MemberWork> all;
        for (auto& klass : reader.classes_of(person->id, {.after = {}, .limit = most})) {
            const auto module = office::module_of(reader, std::move(klass));
            if (!module) continue;
            const auto membership = reader.membership(module->klass.id, person->id);
            const bool enrolled = membership && membership->roles.has(domain::Role::student);
            for (auto& each : reader.assignments(module->klass.id, {.after = {}, .limit = most})) {
                auto work = office::work_of(reader, each, *person, enrolled, now);
                if (work.facts.version == 0 && (!enrolled || !each.assigned_to(person->id)))
                    continue;
                all.push_back({{*module, std::move(each)}, std::move(work)});
            }
        }
        return all;
    });
}

task<std::vector<Module>> Office::modules(domain::Actor actor) {
    co_return co_await store::read_long(&store_, [&](Reader& reader) {
        std::vector<Module> all;
        for (auto& klass : office::all_classes(reader, actor.account_id))
            if (auto module = office::module_of(reader, std::move(klass)))
                all.push_back(std::move(*module));
        return all;
    });
}

task<Answer<Module>> Office::module(domain::Actor actor, std::string code) {
    for (auto& module : co_await modules(actor))
        if (office::is_named(module.klass, code)) co_return std::move(module);
    co_return missing("Module");
}

task<std::vector<DepartmentModules>> Office::departments(domain::Actor actor) {
    co_return co_await store::read_long(&store_, [&](Reader& reader) {
        std::vector<DepartmentModules> all;
        for (auto& department : reader.administration().departments(actor.account_id))
            all.push_back({std::move(department), {}});
        for (auto& klass : office::all_classes(reader, actor.account_id)) {
            const auto at = std::ranges::find(all, klass.department_id,
                                              [](const auto& each) { return each.department.id; });
            if (at != all.end()) at->modules.push_back(std::move(klass));
        }
        return all;
    });
}

task<Answer<std::vector<AssignmentWork>>> Office::module_assignments(domain::Actor actor,
                                                                     std::string code) {
    const auto now = clock_.now();
    using Found = Answer<std::vector<AssignmentWork>>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Found {
        std::vector<AssignmentWork> all;
        bool found = false;
        for (auto& klass : office::all_classes(reader, actor.account_id)) {
            if (!office::is_named(klass, code)) continue;
            found = true;
            if (auto no = office::deny(reader, actor, Permission::module_manage,
                                       {.class_id = klass.id}, "Module[" + code + "]"))
                return std::unexpected(std::move(*no));
            const auto module = office::module_of(reader, std::move(klass));
            if (!module) return std::unexpected(module.error());
            std::ranges::move(works_in(reader, *module, now), std::back_inserter(all));
        }
        if (!found) return missing("Module");
        return all;
    });
}

task<Answer<std::vector<AssignmentWork>>> Office::department_assignments(domain::Actor actor,
                                                                         std::string code) {
    const auto now = clock_.now();
    using Found = Answer<std::vector<AssignmentWork>>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Found {
        const auto departments = reader.administration().departments(actor.account_id);
        const auto department = std::ranges::find_if(
            departments, [&](const auto& each) { return office::same_code(each.code, code); });
        if (department == departments.end()) return missing("Department");
        std::vector<AssignmentWork> all;
        for (auto& klass : office::all_classes(reader, actor.account_id)) {
            if (klass.department_id != department->id) continue;
            if (auto no = office::deny(reader, actor, Permission::module_manage,
                                       {.class_id = klass.id}, "Department[" + code + "]"))
                return std::unexpected(std::move(*no));
            std::ranges::move(works_in(reader, {std::move(klass), *department}, now),
                              std::back_inserter(all));
        }
        return all;
    });
}

}  // namespace handin::service
