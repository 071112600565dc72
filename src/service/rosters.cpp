#include "service/rosters.hpp"

#include <algorithm>
#include <functional>

#include "service/place.hpp"
#include "service/readable_classes.hpp"
#include "service/standing.hpp"

namespace handin::service {
namespace {

using store::Reader;

// However long a page may be asked to be: it is held in memory.
constexpr std::size_t kLongestPage = 1000;

std::unexpected<domain::Refusal> denied() {
    return std::unexpected(
        domain::Refusal{domain::Reason::not_permitted, "", "Only the school itself may ask that."});
}

// A program that stands for the whole school. A grant lets a person read classes, not look up
// everybody in them.
bool may_read_school(Reader& reader, const domain::Actor& actor) {
    return !actor.person_id &&
           domain::may(standing_of(reader, actor, {}), domain::Permission::class_read,
                       {.account_id = actor.account_id});
}

Page one_more(Page& page) {
    page.limit = std::clamp<std::size_t>(page.limit, 1, kLongestPage);
    return {page.after, page.limit + 1};
}

const Uuid& id_of(const Profile& profile) {
    return profile.person.id;
}
template <class Row>
const Uuid& id_of(const Row& row) {
    return row.id;
}

// Cuts what was read one too many to know whether there is more.
template <class Row>
Listed<Row> cut(std::vector<Row> rows, const Page& page) {
    Listed<Row> listed{.items = std::move(rows), .next = std::nullopt};
    if (listed.items.size() > page.limit) {
        listed.items.resize(page.limit);
        listed.next = id_of(listed.items.back());
    }
    listed.looked_at = listed.items.size();
    return listed;
}

// Names are no secret in a class; what else the school knows of somebody is.
void hide_private(domain::Person& person) {
    person.email.clear();
    person.login.clear();
    person.sis_id.clear();
    person.university_id.clear();
}

domain::Roles roles_of(Part part) {
    domain::Roles roles;
    switch (part) {
        case Part::everybody:
            roles.bits = ~std::uint32_t{0};
            break;
        case Part::students:
            roles.add(domain::Role::student);
            break;
        case Part::teachers:
            roles.add(domain::Role::teacher);
            roles.add(domain::Role::ta);
            break;
        case Part::administrators:
            roles.add(domain::Role::administrator);
            roles.add(domain::Role::district_administrator);
            break;
    }
    return roles;
}

bool has(const std::vector<Uuid>& ids, const Uuid& id) {
    return std::ranges::find(ids, id) != ids.end();
}

// Of a long list what `keep` makes of its rows. However rarely it keeps one, so many are looked at
// in one snapshot, and it goes on after them.
template <class Row, class Ask, class Keep>
Listed<Row> gather(const Page& page, Ask ask, Keep keep) {
    auto rows = ask(store::Page{.after = page.after, .limit = kLongestPage});
    std::optional<Uuid> next;
    if (rows.size() == kLongestPage) next = rows.back().id;
    std::vector<Row> found;
    for (auto& row : rows)
        if (auto kept = keep(row)) {
            found.push_back(std::move(*kept));
            if (found.size() > page.limit) break;
        }
    auto listed = cut(std::move(found), page);
    if (!listed.next) listed.next = next;
    listed.looked_at = rows.size();
    return listed;
}

Profile profile_of(Reader& reader, domain::Person person) {
    auto affiliation = reader.affiliation(person.id);
    return {std::move(person), std::move(affiliation)};
}

}  // namespace

task<Answer<Listed<Profile>>> Rosters::people(domain::Actor actor, Page page) {
    using List = Listed<Profile>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        if (!may_read_school(reader, actor)) return denied();
        std::vector<Profile> found;
        for (auto& person : reader.administration().people(actor.account_id, one_more(page)))
            found.push_back(profile_of(reader, std::move(person)));
        return cut(std::move(found), page);
    });
}

task<Answer<Profile>> Rosters::person(domain::Actor actor, Uuid id, std::optional<Uuid> class_id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<Profile> {
        bool whole = actor.person_id == id || may_read_school(reader, actor);
        if (!whole) {
            if (!class_id) return denied();
            const auto member = enter(reader, actor, *class_id);
            if (!member || !reader.membership(*class_id, id)) return missing("person_id");
            whole = member->reads_all;
        }
        auto person = reader.person(id);
        if (!person || person->account_id != actor.account_id) return missing("person_id");
        if (!whole) hide_private(*person);
        return profile_of(reader, std::move(*person));
    });
}

task<Answer<Listed<Profile>>> Rosters::members(domain::Actor actor, Uuid class_id, Part part,
                                               Page page) {
    using List = Listed<Profile>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        const auto member = enter(reader, actor, class_id);
        if (!member) return std::unexpected(member.error());
        std::vector<Profile> found;
        for (const auto& id :
             reader.administration().members(class_id, roles_of(part), one_more(page))) {
            auto profile = profile_of(reader, reader.person(id).value());
            if (!member->reads_all && actor.person_id != id) hide_private(profile.person);
            found.push_back(std::move(profile));
        }
        return cut(std::move(found), page);
    });
}

task<Answer<Listed<domain::Enrollment>>> Rosters::enrollments(domain::Actor actor, EnrollmentsOf of,
                                                              Page page) {
    using List = Listed<domain::Enrollment>;
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        store::EnrollmentFilter filter{
            .account_id = actor.account_id, .class_id = of.class_id, .person_id = of.person_id};
        if (of.class_id) {
            if (const auto member = enter(reader, actor, *of.class_id); !member)
                return std::unexpected(member.error());
        } else if (!of.person_id && actor.person_id) {
            filter.person_id = actor.person_id;
        } else if (of.person_id != actor.person_id || !of.person_id) {
            if (!may_read_school(reader, actor)) return denied();
            if (of.person_id) {
                const auto person = reader.person(*of.person_id);
                if (!person || person->account_id != actor.account_id) return missing("person_id");
            }
        }
        auto list = cut(reader.administration().enrollments(filter, one_more(page)), page);
        ReadableClasses(reader, actor)
            .filter(list.items, std::mem_fn(&domain::Enrollment::class_id));
        return list;
    });
}

task<Answer<domain::Enrollment>> Rosters::enrollment(domain::Actor actor, Uuid id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Enrollment> {
        auto found = reader.administration().enrollment(id);
        if (!found) return missing("enrollment_id");
        if (!ReadableClasses(reader, actor).has(found->class_id)) return missing("enrollment_id");
        if (found->person_id == actor.person_id) return std::move(*found);
        const auto klass = reader.klass(found->class_id);
        if (!klass || klass->account_id != actor.account_id || !may_read_school(reader, actor))
            return missing("enrollment_id");
        return std::move(*found);
    });
}

task<Answer<Listed<domain::Class>>> Rosters::classes_of(domain::Actor actor, Uuid person_id,
                                                        Page page) {
    using List = Listed<domain::Class>;
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<List> {
        if (actor.person_id != person_id && !may_read_school(reader, actor)) return denied();
        const auto person = reader.person(person_id);
        if (!person || person->account_id != actor.account_id) return missing("person_id");
        auto list = cut(reader.classes_of(person_id, one_more(page)), page);
        ReadableClasses(reader, actor).filter(list.items, std::mem_fn(&domain::Class::id));
        return list;
    });
}

task<Answer<Listed<domain::Department>>> Rosters::departments(domain::Actor actor, Page page) {
    using List = Listed<domain::Department>;
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<List> {
        const bool all = may_read_school(reader, actor);
        if (!all && !actor.person_id) return denied();
        auto rows = reader.administration().departments(actor.account_id);
        if (!all) {
            const auto own = reader.affiliation(*actor.person_id).department_ids;
            std::erase_if(rows, [&](const domain::Department& each) { return !has(own, each.id); });
        }
        (void)one_more(page);
        if (page.after)
            std::erase_if(rows, [&](const auto& each) { return each.id <= *page.after; });
        return cut(std::move(rows), page);
    });
}

task<Answer<domain::Department>> Rosters::department(domain::Actor actor, Uuid id) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Department> {
        auto found = reader.administration().department(id);
        if (!found || found->account_id != actor.account_id) return missing("school_id");
        if (may_read_school(reader, actor)) return std::move(*found);
        if (!actor.person_id) return denied();
        const auto own = reader.affiliation(*actor.person_id).department_ids;
        if (!has(own, id)) return missing("school_id");
        return std::move(*found);
    });
}

task<Answer<Listed<domain::Class>>> Rosters::classes_in(domain::Actor actor, Uuid department_id,
                                                        Page page) {
    using List = Listed<domain::Class>;
    (void)one_more(page);
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        const bool all = may_read_school(reader, actor);
        if (!all && !actor.person_id) return denied();
        const auto department = reader.administration().department(department_id);
        if (!department || department->account_id != actor.account_id) return missing("school_id");
        ReadableClasses readable(reader, actor);
        auto found = gather<domain::Class>(
            page,
            [&](const store::Page& part) {
                return all ? reader.administration().classes(actor.account_id, part)
                           : reader.classes_of(*actor.person_id, part);
            },
            [&](domain::Class& klass) {
                return klass.department_id == department_id && readable.has(klass.id)
                           ? std::optional(std::move(klass))
                           : std::nullopt;
            });
        if (!all && found.items.empty() && !found.next && !page.after) return missing("school_id");
        return found;
    });
}

task<Answer<Listed<Profile>>> Rosters::people_in(domain::Actor actor, Uuid department_id, Part part,
                                                 Page page) {
    using List = Listed<Profile>;
    (void)one_more(page);
    co_return co_await store::read_long(&store_, [&](Reader& reader) -> Answer<List> {
        if (!may_read_school(reader, actor)) return denied();
        const auto department = reader.administration().department(department_id);
        if (!department || department->account_id != actor.account_id) return missing("school_id");
        const auto roles = roles_of(part);
        return gather<Profile>(
            page,
            [&](const store::Page& next) {
                return reader.administration().people(actor.account_id, next);
            },
            [&](domain::Person& person) -> std::optional<Profile> {
                auto profile = profile_of(reader, std::move(person));
                if ((profile.affiliation.roles.bits & roles.bits) == 0 ||
                    !has(profile.affiliation.department_ids, department_id))
                    return std::nullopt;
                return profile;
            });
    });
}

task<Answer<Listed<domain::Department>>> Rosters::departments_of(domain::Actor actor,
                                                                 Uuid person_id, Page page) {
    using List = Listed<domain::Department>;
    (void)one_more(page);
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<List> {
        if (actor.person_id != person_id && !may_read_school(reader, actor)) return denied();
        const auto person = reader.person(person_id);
        if (!person || person->account_id != actor.account_id) return missing("person_id");
        const auto own = reader.affiliation(person_id).department_ids;
        auto rows = reader.administration().departments(actor.account_id);
        std::erase_if(rows, [&](const auto& each) {
            return !has(own, each.id) || (page.after && each.id <= *page.after);
        });
        return cut(std::move(rows), page);
    });
}

task<Answer<domain::Account>> Rosters::account(domain::Actor actor) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Account> {
        auto found = reader.account(actor.account_id);
        if (!found) return missing("district_id");
        return std::move(*found);
    });
}

task<Answer<domain::Integration>> Rosters::integration(domain::Actor actor) {
    co_return co_await store::read(&store_, [&](Reader& reader) -> Answer<domain::Integration> {
        auto found = actor.integration_id
                         ? reader.administration().integration(*actor.integration_id)
                         : std::nullopt;
        if (!found) return missing("integration_id");
        return std::move(*found);
    });
}

}  // namespace handin::service
