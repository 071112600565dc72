// Lists of the use cases: pages, and where the next one goes on (edlink.md 2.2, 9.7).
#include <algorithm>

#include "service/coursework_place.hpp"

namespace handin::test {
namespace {

using domain::Role;

class Lists : public CourseworkTest {
 protected:
    template <class Pages, class Id>
    static std::vector<Uuid> ids(const Pages& pages, std::size_t limit, Id id) {
        std::vector<Uuid> all;
        for (const auto& page : pages) {
            EXPECT_LE(page.size(), limit);
            for (const auto& each : page)
                all.push_back(id(each));
        }
        return all;
    }
};

TEST_F(Lists, SubmissionsOfAClass) {
    for (const auto* name : {"a", "b", "c"})
        place.school.add_person(name, {Role::student});
    place.open();
    ASSERT_TRUE(submit(id_of("person/b")));
    std::vector<Uuid> expected;
    for (const auto* name : {"student", "other", "tutor", "a", "b", "c"})
        expected.push_back(id_of(std::string("person/") + name));
    std::ranges::sort(expected);
    for (std::size_t limit = 1; limit <= 7; ++limit) {
        const auto pages =
            follow(limit, [&](const auto& page) { return *submissions(school().teacher, page); });
        EXPECT_EQ(ids(pages, limit, [](const auto& s) { return s.facts.person_id; }), expected)
            << limit;
        EXPECT_EQ(pages.size(), (6 + limit - 1) / limit);  // no empty page at the end
    }
}

TEST_F(Lists, OnesOwnSubmissionIsOnePage) {
    place.open();
    const auto list = submissions(school().student, {.after = {}, .limit = 1});
    EXPECT_EQ(list->items.size(), 1U);
    EXPECT_FALSE(list->next);
}

TEST_F(Lists, Classes) {
    for (const auto* name : {"a", "b", "c"}) {
        place.school.add_class(id_of(name));
        place.school.enroll(id_of(name), place.school.student, Role::student);
    }
    place.open();
    for (std::size_t limit = 1; limit <= 5; ++limit) {
        const auto pages = follow(limit, [&](const auto& page) {
            return run(coursework().classes(school().actor(school().student), page)).value();
        });
        const auto seen = ids(pages, limit, [](const auto& c) { return c.id; });
        EXPECT_EQ(seen.size(), 4U);
        EXPECT_TRUE(std::ranges::is_sorted(seen));
        EXPECT_EQ(pages.size(), (4 + limit - 1) / limit);
    }
}

// What somebody may not see shortens a page, but does not end the list.
TEST_F(Lists, AssignmentsWithSomeHidden) {
    for (int i = 0; i < 9; ++i)
        place.school.add_assignment("n" + std::to_string(i)).published = i % 3 == 0;
    place.open();
    const auto all = [&](const Uuid& person, std::size_t limit) {
        return ids(follow(limit,
                          [&](const auto& page) {
                              return *run(coursework().assignments(school().actor(person),
                                                                   school().class_id, page));
                          }),
                   limit, [](const auto& a) { return a.id; });
    };
    for (std::size_t limit = 1; limit <= 11; ++limit) {
        EXPECT_EQ(all(school().teacher, limit).size(), 10U) << limit;
        const auto seen = all(school().student, limit);
        EXPECT_EQ(seen.size(), 4U) << limit;
        EXPECT_TRUE(std::ranges::is_sorted(seen));
    }
}

// Texts are shown inside replies: DESIGN 10.7, memory is bounded
TEST_F(Lists, LongTextsEndAPageEarly) {
    std::vector<Uuid> people;
    for (const auto* name : {"a", "b", "c", "d"})
        people.push_back(place.school.add_person(name, {Role::student}));
    place.school.rows.enrollments.erase(  // nobody else is a student
        std::remove_if(place.school.rows.enrollments.begin(), place.school.rows.enrollments.end(),
                       [&](const auto& e) {
                           return e.role == Role::student &&
                                  std::ranges::find(people, e.person_id) == people.end();
                       }),
        place.school.rows.enrollments.end());
    place.open();
    const std::string text(600'000, 't');
    for (const auto& person : people)
        ASSERT_TRUE(submit(person, {sent_text(text)}));
    const auto list = [&](const auto& page) { return *submissions(school().teacher, page); };
    auto pages = follow(10, list);
    ASSERT_EQ(pages.size(), 2U);
    EXPECT_EQ(pages[0].size(), 2U);
    EXPECT_EQ(pages[1].size(), 2U);
    EXPECT_TRUE(pages[1][1].attempts.at(0).attachments.at(0).text == text);

    // However long, one is shown.
    for (const auto& person : people)
        ASSERT_TRUE(submit(person, {sent_text(text)}));
    pages = follow(10, list);
    ASSERT_EQ(pages.size(), 4U);
    for (const auto& page : pages)
        EXPECT_EQ(page.size(), 1U);
}

// Of one submission the latest texts are shown, up to a mebibyte.
TEST_F(Lists, LongTextsOfOneSubmission) {
    place.open();
    const auto& student = school().student;
    const auto shown = [&] {
        std::string texts;
        for (const auto& attempt : submission(student, submission_of(student))->attempts)
            for (const auto& item : attempt.attachments)
                texts += item.text ? item.text->substr(0, 1) : "-";
        return texts;
    };
    ASSERT_TRUE(submit(student, {sent_text("0"), sent_file("file")}));
    EXPECT_EQ(shown(), "0-");
    ASSERT_TRUE(submit(student, {sent_text(std::string(600'000, '1'))}));
    EXPECT_EQ(shown(), "0-1");
    ASSERT_TRUE(submit(student, {sent_text(std::string(400'000, '2'))}));
    EXPECT_EQ(shown(), "0-12");
    const auto outcome = submit(student, {sent_text(std::string(300'000, '3'))});
    EXPECT_EQ(shown(), "---23");
    // The reply to a submit says the same.
    EXPECT_FALSE(outcome->submission.attempts.at(1).attachments.at(0).text);
    EXPECT_TRUE(outcome->submission.attempts.at(3).attachments.at(0).text);
    ASSERT_TRUE(submit(student, {sent_text(std::string(1'048'577, '4'))}));
    EXPECT_EQ(shown(), "------");
    ASSERT_TRUE(submit(student, {sent_text("5")}));
    EXPECT_EQ(shown(), "------5");
}

// A reply is in memory as a whole, also where there are no texts.
TEST_F(Lists, LongNamesEndAPageEarly) {
    place.open();
    std::vector<Sent> links(100, sent_link("https://example.org/" + std::string(50'000, 'l')));
    for (const auto& person : {school().student, school().other, school().tutor})
        ASSERT_TRUE(submit(person, links));
    const auto pages =
        follow(10, [&](const auto& page) { return *submissions(school().teacher, page); });
    ASSERT_EQ(pages.size(), 3U);
    for (const auto& page : pages)
        EXPECT_EQ(page.size(), 1U);
}

TEST_F(Lists, FilesDoNotEndAPage) {
    place.open();
    for (const auto& person : {school().student, school().other, school().tutor})
        ASSERT_TRUE(submit(person, {sent_file(std::string(1'500'000, 'f'))}));
    EXPECT_EQ(submissions(school().teacher)->items.size(), 3U);
}

}  // namespace
}  // namespace handin::test
