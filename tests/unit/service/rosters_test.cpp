// Who may look up whom (edlink.md 1.1, 3.5, 4.1 rows 5 and 6, 4.2).
#include "service/rosters.hpp"

#include "service/coursework_place.hpp"

namespace handin::test {
namespace {

using service::Page;
using service::Part;

const Page kAll{.after = {}, .limit = 100};

class RostersTest : public CourseworkTest {
 protected:
    RostersTest() {
        place.school.add_class(id_of("other class"));
        place.open();
    }

    domain::Actor program() {
        return {.kind = domain::Token::Kind::integration,
                .account_id = school().account_id,
                .person_id = {},
                .integration_id = school().integration_id,
                .integration_number = 5};
    }
    service::Rosters rosters() { return service::Rosters(place.store); }
};

template <class T>
std::string outcome(const service::Answer<T>& answer) {
    if (answer) return "";
    return answer.error().reason == domain::Reason::not_permitted ? "denied" : answer.error().field;
}

TEST_F(RostersTest, OnlyAProgramAsksAboutTheSchool) {
    const auto& s = school();
    const auto teacher = s.actor(s.teacher);
    auto people = run(rosters().people(program(), kAll));
    ASSERT_TRUE(people);
    EXPECT_EQ(people->items.size(), s.rows.people.size());
    EXPECT_EQ(outcome(run(rosters().people(teacher, kAll))), "denied");
    EXPECT_EQ(outcome(run(rosters().person(teacher, s.student))), "denied");
    EXPECT_EQ(outcome(run(rosters().person(teacher, s.teacher))), "");
    EXPECT_EQ(outcome(run(rosters().person(program(), id_of("none")))), "person_id");
    EXPECT_EQ(outcome(run(rosters().enrollments(teacher, {.person_id = s.student}, kAll))),
              "denied");
    EXPECT_EQ(
        outcome(run(rosters().people_in(teacher, id_of("department"), Part::everybody, kAll))),
        "denied");
    // Another account's program learns nothing.
    auto stranger = program();
    stranger.account_id = id_of("elsewhere");
    EXPECT_TRUE(run(rosters().people(stranger, kAll))->items.empty());
    EXPECT_EQ(outcome(run(rosters().person(stranger, s.student))), "person_id");
    EXPECT_EQ(outcome(run(rosters().members(stranger, s.class_id, Part::everybody, kAll))),
              "class_id");
    EXPECT_EQ(outcome(run(rosters().department(stranger, id_of("department")))), "school_id");
    const auto id = s.rows.enrollments.front().id;
    EXPECT_EQ(outcome(run(rosters().enrollment(stranger, id))), "enrollment_id");
    EXPECT_EQ(outcome(run(rosters().enrollment(program(), id))), "");
}

TEST_F(RostersTest, WhatIsPrivateIsForThoseWhoTeach) {
    const auto& s = school();
    const auto seen = [&](const domain::Actor& actor, const Uuid& person) {
        for (const auto& each :
             run(rosters().members(actor, s.class_id, Part::everybody, kAll)).value().items)
            if (each.person.id == person) return each.person;
        return domain::Person{};
    };
    for (const auto& [who, knows] : {std::pair{s.student, false}, std::pair{s.observer, false},
                                     std::pair{s.teacher, true}, std::pair{s.ta, true}}) {
        const auto other = seen(s.actor(who), s.other);
        EXPECT_EQ(other.last_name, "other");
        EXPECT_EQ(!other.email.empty() && !other.sis_id.empty() && !other.university_id.empty() &&
                      !other.login.empty(),
                  knows);
        EXPECT_FALSE(seen(s.actor(who), who).email.empty());
        const auto alone = run(rosters().person(s.actor(who), s.other, s.class_id));
        EXPECT_EQ(alone.value().person.email.empty(), !knows);
    }
    EXPECT_EQ(
        outcome(run(rosters().members(s.actor(s.outsider), s.class_id, Part::everybody, kAll))),
        "class_id");
    EXPECT_EQ(outcome(run(rosters().person(s.actor(s.student), s.outsider, s.class_id))),
              "person_id");
}

TEST_F(RostersTest, PartsOfAClass) {
    const auto& s = school();
    const auto ids = [&](Part part, Page page = kAll) {
        std::vector<Uuid> found;
        for (const auto& each :
             run(rosters().members(program(), s.class_id, part, page)).value().items)
            found.push_back(each.person.id);
        return found;
    };
    const auto sorted = [](std::vector<Uuid> list) {
        std::ranges::sort(list);
        return list;
    };
    EXPECT_EQ(ids(Part::students), sorted({s.student, s.other, s.tutor}));
    EXPECT_EQ(ids(Part::teachers), sorted({s.teacher, s.ta, s.tutor}));
    EXPECT_EQ(ids(Part::everybody).size(), 6U);
    EXPECT_EQ(ids(Part::students, {.after = ids(Part::students)[0], .limit = 1}),
              std::vector{ids(Part::students)[1]});
}

TEST_F(RostersTest, ClassesOfADepartment) {
    const auto& s = school();
    const auto classes = run(rosters().classes_in(program(), id_of("department"), kAll));
    ASSERT_TRUE(classes);
    EXPECT_EQ(classes->items.size(), 2U);
    const auto own = run(rosters().classes_in(s.actor(s.student), id_of("department"), kAll));
    ASSERT_TRUE(own);
    ASSERT_EQ(own->items.size(), 1U);
    EXPECT_EQ(own->items[0].id, s.class_id);
    EXPECT_EQ(outcome(run(rosters().classes_in(s.actor(s.outsider), id_of("department"), kAll))),
              "school_id");
    EXPECT_EQ(outcome(run(rosters().classes_in(program(), id_of("none"), kAll))), "school_id");
    const auto first = run(rosters().classes_in(program(), id_of("department"), {{}, 1}));
    ASSERT_TRUE(first && first->next);
    const auto rest = run(rosters().classes_in(program(), id_of("department"), {first->next, 1}));
    ASSERT_EQ(rest->items.size(), 1U);
    EXPECT_FALSE(rest->next);
}

// What is denied of a class, in lists as where the class itself is asked for (docs/access.md).
TEST_F(RostersTest, DeniedClassesAreInNoList) {
    using Holder = domain::Grant::Holder;
    using Scope = domain::Grant::Scope;
    struct Case {
        Holder holder;
        Scope scope;
        const char* scope_id;
        bool program_sees, person_sees;
    };
    constexpr Case cases[] = {
        {Holder::integration, Scope::klass, "other class", false, true},
        {Holder::integration, Scope::department, "other department", false, true},
        {Holder::integration, Scope::klass, "nothing", true, true},
        {Holder::person, Scope::klass, "other class", true, false},
        {Holder::person, Scope::department, "other department", true, false},
    };
    for (const auto& each : cases) {
        ServicePlace at;
        auto& s = at.school;
        s.add_class(id_of("other class"));
        s.rows.departments.push_back({.id = id_of("other department"),
                                      .account_id = s.account_id,
                                      .code = "ma",
                                      .name = "Maths"});
        s.rows.classes.back().department_id = id_of("other department");
        s.enroll(id_of("other class"), s.student, domain::Role::student);
        const auto enrollment = s.rows.enrollments.back().id;
        s.rows.grants.push_back(
            {.id = id_of("denied"),
             .holder = each.holder,
             .holder_id = each.holder == Holder::person ? s.student : s.integration_id,
             .permission = "Module.Read",
             .allow = false,
             .scope = each.scope,
             .scope_id = id_of(each.scope_id)});
        at.open();
        service::Rosters rosters(at.store);
        const auto shows = [&](const domain::Actor& actor) {
            std::vector<bool> found;
            const auto add = [&](const auto& list, auto class_of) {
                found.push_back(std::ranges::count(list.items, id_of("other class"), class_of) > 0);
            };
            const auto id = &domain::Class::id;
            add(run(at.coursework->classes(actor, kAll)).value(), id);
            add(run(rosters.classes_of(actor, s.student, kAll)).value(), id);
            const auto in = run(rosters.classes_in(actor, id_of("other department"), kAll));
            add(in.value_or(service::Listed<domain::Class>{}), id);
            const auto klass = &domain::Enrollment::class_id;
            add(run(rosters.enrollments(actor, {}, kAll)).value(), klass);
            add(run(rosters.enrollments(actor, {.person_id = s.student}, kAll)).value(), klass);
            found.push_back(run(rosters.enrollment(actor, enrollment)).has_value());
            found.push_back(run(at.coursework->klass(actor, id_of("other class"))).has_value());
            return found;
        };
        EXPECT_EQ(shows(program()), std::vector<bool>(7, each.program_sees)) << each.scope_id;
        auto alone = s.actor(s.student);
        alone.integration_id.reset();
        EXPECT_EQ(shows(alone), std::vector<bool>(7, each.person_sees)) << each.scope_id;
        // An application may no more for a person than for itself.
        EXPECT_EQ(shows(s.actor(s.student)),
                  std::vector<bool>(7, each.program_sees && each.person_sees))
            << each.scope_id;
    }
}

// What is hidden shortens a page, but does not end the list.
TEST_F(RostersTest, DeniedClassesDoNotEndAList) {
    ServicePlace at;
    auto& s = at.school;
    for (int i = 0; i < 6; ++i) {
        const auto id = id_of("class " + std::to_string(i));
        s.add_class(id);
        if (i % 2 == 0)
            s.rows.grants.push_back({.id = uuid_v4(),
                                     .holder = domain::Grant::Holder::integration,
                                     .holder_id = s.integration_id,
                                     .permission = "Module.Read",
                                     .allow = false,
                                     .scope = domain::Grant::Scope::klass,
                                     .scope_id = id});
    }
    at.open();
    for (std::size_t limit = 1; limit <= 8; ++limit) {
        std::size_t count = 0;
        for (const auto& page : follow(limit, [&](const auto& part) {
                 return run(at.coursework->classes(program(), part)).value();
             }))
            count += page.size();
        EXPECT_EQ(count, 4U) << limit;
    }
}

// However rarely somebody belongs to the department: one read looks at so many people, and the list
// goes on after them.
TEST_F(RostersTest, PeopleOfADepartmentAreLookedForInParts) {
    ServicePlace at;
    auto& s = at.school;
    for (int i = 0; i < 2500; ++i)
        s.add_person("p" + std::to_string(i), {});
    s.add_person("head", {domain::Role::administrator});
    at.open();
    std::size_t found = 0;
    std::size_t parts = 0;
    std::size_t looked_at = 0;
    Page page{.after = {}, .limit = 10};
    for (bool more = true; more; ++parts) {
        const auto part = run(service::Rosters(at.store).people_in(program(), id_of("department"),
                                                                   Part::administrators, page))
                              .value();
        EXPECT_LE(part.looked_at, 1000U);
        found += part.items.size();
        looked_at += part.looked_at;
        more = part.next.has_value();
        page.after = part.next;
    }
    EXPECT_EQ(found, 1U);
    EXPECT_EQ(parts, 3U);
    EXPECT_EQ(looked_at, s.rows.people.size());
    // What was cut off by the page's limit is not lost.
    std::size_t students = 0;
    for (const auto& part : follow(2, [&](const auto& wanted) {
             return run(service::Rosters(at.store).people_in(program(), id_of("department"),
                                                             Part::students, wanted))
                 .value();
         }))
        students += part.size();
    EXPECT_EQ(students, 3U);
}

}  // namespace
}  // namespace handin::test
