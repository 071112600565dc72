// Setting assignments up (tabula.md 3.9), whatever their rules in Tabula's words are.
#include <algorithm>

#include "service/office/find.hpp"
#include "service/place.hpp"

namespace handin::service {

using domain::Permission;
using store::Reader;
using Kind = domain::ChangeAssignment::Kind;

namespace {

constexpr std::size_t kMostOfClass = 1000;  // more than any has

void add_others(Reader& reader, const domain::Class& klass, SettingPlace& place) {
    for (auto& each : reader.assignments(klass.id, {.after = {}, .limit = kMostOfClass}))
        if (!place.assignment || each.id != place.assignment->id)
            place.others.push_back(std::move(each));
}

// By usercode or university id; who is no student there is left out without a word (tabula.md 4.8).
std::vector<Uuid> students_named(Reader& reader, const domain::Class& klass,
                                 const std::vector<std::string>& names) {
    std::vector<Uuid> found;
    for (const auto kind : {store::PersonName::university_id, store::PersonName::login})
        for (const auto& person : reader.administration().people(klass.account_id, kind, names)) {
            const auto membership = reader.membership(klass.id, person.id);
            if (membership && membership->roles.has(domain::Role::student))
                found.push_back(person.id);
        }
    return found;
}

std::vector<Uuid> all_students(Reader& reader, const Uuid& class_id) {
    std::vector<Uuid> found;
    store::Page page{.after = std::nullopt, .limit = kMostOfClass};
    for (;;) {
        const auto some = reader.students(class_id, page);
        for (const auto& each : some)
            found.push_back(each.person_id);
        if (some.size() < page.limit) return found;
        page.after = some.back().person_id;
    }
}

}  // namespace

task<Answer<SettingPlace>> Office::setting_place(domain::Actor actor, std::string code,
                                                 std::optional<Uuid> assignment_id,
                                                 Permission permission) {
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<SettingPlace> {
        SettingPlace place;
        if (assignment_id) {
            auto found = office::find_assignment(reader, actor, code, *assignment_id);
            if (!found) return std::unexpected(found.error());
            place.module = std::move(found->module);
            place.assignment = std::move(found->assignment);
        }
        bool known = assignment_id.has_value();
        for (auto& klass : office::all_classes(reader, actor.account_id)) {
            if (!office::is_named(klass, code)) continue;
            add_others(reader, klass, place);
            if (known) continue;
            auto module = office::module_of(reader, std::move(klass));
            if (!module) return std::unexpected(module.error());
            place.module = std::move(*module);  // of several classes the first
            known = true;
        }
        if (!known) return missing("Module");
        if (auto no =
                office::deny(reader, actor, permission,
                             {.class_id = place.module.klass.id, .assignment_id = assignment_id},
                             assignment_id ? "Assignment[" + assignment_id->str() + "]"
                                           : "Module[" + code + "]"))
            return std::unexpected(std::move(*no));
        return place;
    });
}

task<std::expected<Uuid, domain::Refusals>> Office::set_assignment(domain::Actor actor,
                                                                   AssignmentSetting setting) {
    const auto now = clock_.now();
    const auto& klass = setting.klass;
    auto fields = std::move(setting.fields);
    if (setting.include || setting.exclude)
        co_await store_.read_long([&](Reader& reader) {
            auto people = setting.include ? students_named(reader, klass, *setting.include)
                                          : all_students(reader, klass.id);
            const auto gone =
                students_named(reader, klass, setting.exclude.value_or(std::vector<std::string>{}));
            std::erase_if(people, [&](const Uuid& person) {
                return std::ranges::find(gone, person) != gone.end();
            });
            fields.everybody = people.empty();  // nobody cannot be
            fields.assignees = std::move(people);
        });
    const auto made = setting.replay_key ? uuid_v5(klass.id, *setting.replay_key) : uuid_v7(now);
    auto outcome = co_await committer_.execute(
        domain::ChangeAssignment{.kind = setting.kind,
                                 .actor = std::move(actor),
                                 .origin = domain::Origin::tabula,
                                 .class_id = klass.id,
                                 .assignment_id = setting.assignment_id.value_or(made),
                                 .event_id = uuid_v7(now),
                                 .replay_key = setting.replay_key,
                                 .request = std::move(setting.request),
                                 .granted = true,
                                 .fields = std::move(fields)});
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    co_return outcome->assignment->id;
}

}  // namespace handin::service
