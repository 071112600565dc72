// Lists, page by page.
#include <algorithm>

#include "store/store_suite.hpp"

namespace handin::test {
namespace {

using domain::Role;
using store::Page;
using store::Reader;

// Everything, in pages of every size; `list` gives a page, `id` the name of a row.
template <class List, class Id>
void expect_pages(const std::vector<Uuid>& all, List list, Id id) {
    for (std::size_t limit = 1; limit <= all.size() + 1; ++limit) {
        std::vector<Uuid> seen;
        Page page{.after = {}, .limit = limit};
        for (;;) {
            const auto rows = list(page);
            ASSERT_LE(rows.size(), limit);
            for (const auto& row : rows)
                seen.push_back(id(row));
            if (rows.size() < limit) break;
            page.after = seen.back();
        }
        EXPECT_EQ(seen, all) << "in pages of " << limit;
    }
}

std::vector<Uuid> sorted(std::vector<Uuid> ids) {
    std::ranges::sort(ids);
    return ids;
}

TEST_P(StoreSuite, ListsTheClassesOfAPerson) {
    std::vector<Uuid> mine{school_.class_id};
    for (const auto* name : {"a", "b", "c", "d", "e"}) {
        school_.add_class(id_of(name));
        school_.enroll(id_of(name), school_.student, Role::student);
        mine.push_back(id_of(name));
    }
    school_.enroll(id_of("b"), school_.student, Role::ta);  // once all the same
    school_.add_class(id_of("not mine"));
    school_.enroll(id_of("not mine"), school_.other, Role::student);
    commit(school_.rows);
    store().read_now([&](Reader& reader) {
        expect_pages(
            sorted(mine), [&](const Page& p) { return reader.classes_of(school_.student, p); },
            [](const domain::Class& row) { return row.id; });
        EXPECT_TRUE(reader.classes_of(school_.outsider, {{}, 10}).empty());
        const auto first = reader.classes_of(school_.other, {{}, 10});
        EXPECT_EQ(first.size(), 2U);
        for (const auto& row : first)
            EXPECT_TRUE(same(row, *reader.klass(row.id)));
    });
}

TEST_P(StoreSuite, ListsTheAssignmentsOfAClass) {
    std::vector<Uuid> ids{school_.assignment_id};
    for (const auto* name : {"a", "b", "c", "d"})
        ids.push_back(school_.add_assignment(name).id);
    school_.add_class(id_of("another"));
    school_.add_assignment("elsewhere").class_id = id_of("another");
    commit(school_.rows);
    store().read_now([&](Reader& reader) {
        expect_pages(
            sorted(ids), [&](const Page& p) { return reader.assignments(school_.class_id, p); },
            [](const domain::Assignment& row) { return row.id; });
        EXPECT_EQ(reader.assignments(id_of("another"), {{}, 10}).size(), 1U);
        EXPECT_TRUE(reader.assignments(id_of("nowhere"), {{}, 10}).empty());
    });
}

TEST_P(StoreSuite, ListsTheStudentsOfAClass) {
    std::vector<Uuid> ids{school_.student, school_.other, school_.tutor};
    for (const auto* name : {"a", "b", "c", "d"})
        ids.push_back(school_.add_person(name, {Role::student}));
    school_.add_class(id_of("another"));
    school_.enroll(id_of("another"), school_.outsider, Role::student);
    commit(school_.rows);
    store().read_now([&](Reader& reader) {
        expect_pages(
            sorted(ids), [&](const Page& p) { return reader.students(school_.class_id, p); },
            [](const store::ClassMember& row) { return row.person_id; });
        for (const auto& row : reader.students(school_.class_id, {{}, 100}))
            EXPECT_TRUE(same(row.membership, *reader.membership(school_.class_id, row.person_id)));
        EXPECT_EQ(reader.students(id_of("another"), {{}, 10}).size(), 1U);
    });
}

TEST_P(StoreSuite, ListsPeopleOfAnAccount) {
    commit(school_.rows);
    std::vector<Uuid> all;
    for (const auto& person : school_.rows.people)
        all.push_back(person.id);
    std::ranges::sort(all);
    store().read_now([&](Reader& reader) {
        auto& admin = reader.administration();
        std::vector<Uuid> found;
        for (store::Page page{.after = {}, .limit = 3};;) {
            const auto part = admin.people(school_.account_id, page);
            for (const auto& person : part) {
                EXPECT_TRUE(same(person, school_.person(person.id)));
                found.push_back(person.id);
            }
            if (part.size() < page.limit) break;
            page.after = part.back().id;
        }
        EXPECT_EQ(found, all);
        EXPECT_TRUE(admin.people(id_of("elsewhere"), {.after = {}, .limit = 3}).empty());
    });
}

TEST_P(StoreSuite, ListsEnrollmentsByTheirIds) {
    school_.add_class(id_of("other class"));
    school_.enroll(id_of("other class"), school_.student, domain::Role::student);
    commit(school_.rows);
    const auto& rows = school_.rows.enrollments;
    const auto wanted = [&](auto keeps) {
        std::vector<Uuid> ids;
        for (const auto& row : rows)
            if (keeps(row)) ids.push_back(row.id);
        std::ranges::sort(ids);
        return ids;
    };
    store().read_now([&](Reader& reader) {
        auto& admin = reader.administration();
        const auto ids = [&](store::EnrollmentFilter filter, std::size_t limit) {
            std::vector<Uuid> found;
            for (store::Page page{.after = {}, .limit = limit};;) {
                const auto part = admin.enrollments(filter, page);
                for (const auto& row : part)
                    found.push_back(row.id);
                if (part.size() < limit) return found;
                page.after = part.back().id;
            }
        };
        for (const std::size_t limit : {1U, 2U, 100U}) {
            EXPECT_EQ(ids({.account_id = school_.account_id}, limit),
                      wanted([](const auto&) { return true; }));
            EXPECT_EQ(ids({.account_id = school_.account_id, .class_id = school_.class_id}, limit),
                      wanted([&](const auto& row) { return row.class_id == school_.class_id; }));
            EXPECT_EQ(ids({.account_id = school_.account_id, .person_id = school_.student}, limit),
                      wanted([&](const auto& row) { return row.person_id == school_.student; }));
        }
        EXPECT_TRUE(ids({.account_id = id_of("elsewhere")}, 10).empty());
        EXPECT_TRUE(same(admin.enrollment(rows.back().id).value(), rows.back()));
        EXPECT_FALSE(admin.enrollment(id_of("none")));
    });
}

TEST_P(StoreSuite, ListsMembersByRole) {
    commit(school_.rows);
    store().read_now([&](Reader& reader) {
        const auto members = [&](std::initializer_list<domain::Role> wanted, store::Page page) {
            domain::Roles roles;
            for (const auto role : wanted)
                roles.add(role);
            return reader.administration().members(school_.class_id, roles, page);
        };
        const auto sorted = [](std::vector<Uuid> ids) {
            std::ranges::sort(ids);
            return ids;
        };
        const store::Page all{.after = {}, .limit = 100};
        using enum domain::Role;
        const auto teaching = sorted({school_.tutor, school_.teacher, school_.ta});
        EXPECT_EQ(members({teacher, ta}, all), teaching);
        EXPECT_EQ(members({student}, all), sorted({school_.student, school_.other, school_.tutor}));
        EXPECT_EQ(members({teacher, ta}, {.after = teaching[0], .limit = 1}),
                  std::vector{teaching[1]});
        EXPECT_EQ(members({student, teacher}, all).size(), 4U);  // the tutor once
        EXPECT_TRUE(members({parent}, all).empty());
    });
}

}  // namespace
}  // namespace handin::test
