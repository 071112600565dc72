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

}  // namespace
}  // namespace handin::test
