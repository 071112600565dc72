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

}  // namespace
}  // namespace handin::test
