// Who sees which classes, assignments and submissions (edlink.md 1.3, 3.1, 3.4; DESIGN 10.6).
#include <algorithm>
#include <set>

#include "service/coursework_place.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Role;
using domain::SubmissionState;

using Ids = std::set<Uuid>;

class Visibility : public CourseworkTest {
 protected:
    Visibility() {
        place.school.add_assignment("draft").published = false;
        place.school.add_assignment("shown later").display_at = kNow + 1s;
        place.school.add_assignment("opens later").open_at = kNow + 1h;
        auto& individuals = place.school.add_assignment("individuals");
        individuals.everybody = false;
        individuals.assignees = {place.school.student};
        place.school.add_class(id_of("another class"));
        place.school.add_assignment("elsewhere").class_id = id_of("another class");
        place.school.enroll(id_of("another class"), place.school.other, Role::teacher);
    }

    static Uuid named(const std::string& title) { return id_of("assignment/" + title); }

    Ids assignments(const Uuid& person) {
        const auto list = run(coursework().assignments(school().actor(person), school().class_id,
                                                       {.after = {}, .limit = 100}));
        EXPECT_TRUE(list);
        Ids ids;
        for (const auto& each : list->items)
            ids.insert(each.id);
        return ids;
    }
};

TEST_F(Visibility, OfAssignments) {
    place.open();
    const auto& s = school();
    const Ids all{named("essay"), named("draft"), named("shown later"), named("opens later"),
                  named("individuals")};
    const std::pair<Uuid, Ids> cases[] = {
        {s.student, {named("essay"), named("opens later"), named("individuals")}},
        {s.other, {named("essay"), named("opens later")}},
        {s.observer, {named("essay"), named("opens later")}},
        {s.tutor, all},
        {s.teacher, all},
        {s.ta, all},
    };
    for (const auto& [person, visible] : cases) {
        SCOPED_TRACE(s.person(person).login);
        EXPECT_EQ(assignments(person), visible);
        for (const auto& id : all)
            EXPECT_EQ(refused(assignment(person, id)),
                      visible.contains(id) ? "" : "not found: assignment_id");
        EXPECT_EQ(refused(assignment(person, named("elsewhere"))), "not found: assignment_id");
        EXPECT_EQ(refused(assignment(person, id_of("nothing"))), "not found: assignment_id");
    }
    EXPECT_TRUE(
        same(*assignment(s.teacher, named("draft")), place.school.assignment(named("draft"))));

    place.clock.advance(1s);
    EXPECT_EQ(refused(assignment(s.student, named("shown later"))), "");
}

// Who else has more time, say, is no student's business.
TEST_F(Visibility, OfAssignees) {
    using List = std::vector<Uuid>;
    List both{place.school.student, place.school.tutor};
    std::ranges::sort(both);
    place.school.assignment(named("individuals")).assignees = both;
    place.open();
    const auto& s = school();
    const auto fetched = [&](const Uuid& person) {
        return assignment(person, named("individuals")).value().assignees;
    };
    EXPECT_EQ(fetched(s.student), List{s.student});
    EXPECT_EQ(fetched(s.teacher), both);
    const auto listed = [&](const Uuid& person) {
        const auto list = run(coursework().assignments(s.actor(person), s.class_id, {{}, 100}));
        const auto found =
            std::ranges::find(list->items, named("individuals"), &domain::Assignment::id);
        return found == list->items.end() ? List{} : found->assignees;
    };
    EXPECT_EQ(listed(s.student), List{s.student});
    EXPECT_EQ(listed(s.teacher), both);
}

TEST_F(Visibility, OfClasses) {
    place.open();
    const auto& s = school();
    const auto classes = [&](const Uuid& person) {
        Ids ids;
        const auto list = run(coursework().classes(s.actor(person), {.after = {}, .limit = 10}));
        for (const auto& each : list.value().items)
            ids.insert(each.id);
        return ids;
    };
    const auto klass = [&](const Uuid& person, const Uuid& id) {
        return run(coursework().klass(s.actor(person), id));
    };
    EXPECT_EQ(classes(s.student), Ids{s.class_id});
    EXPECT_EQ(classes(s.tutor), Ids{s.class_id});  // once, with two roles
    EXPECT_EQ(classes(s.other), (Ids{s.class_id, id_of("another class")}));
    EXPECT_EQ(classes(s.outsider), Ids{});
    EXPECT_TRUE(same(*klass(s.student, s.class_id), place.school.klass()));
    EXPECT_EQ(refused(klass(s.student, id_of("another class"))), "not found: class_id");
    EXPECT_EQ(refused(klass(s.outsider, s.class_id)), "not found: class_id");
    EXPECT_EQ(refused(klass(s.student, id_of("nowhere"))), "not found: class_id");
}

TEST_F(Visibility, OfOneself) {
    place.open();
    const auto& s = school();
    const auto profile = run(coursework().profile(s.actor(s.other)));
    ASSERT_TRUE(profile);
    EXPECT_TRUE(same(profile->person, s.person(s.other)));
    EXPECT_TRUE(profile->affiliation.roles.has(Role::student));
    EXPECT_TRUE(profile->affiliation.roles.has(Role::teacher));
    EXPECT_EQ(profile->affiliation.department_ids, std::vector{id_of("department")});
    auto nobody = s.actor(s.other);
    nobody.person_id.reset();
    EXPECT_EQ(refused(run(coursework().profile(nobody))), "not found: person_id");
}

// edlink.md 1.3: those who teach see all, anyone else only their own
TEST_F(Visibility, OfSubmissionLists) {
    place.open();
    const auto& s = school();
    ASSERT_TRUE(submit(s.other));
    const auto people = [&](const Uuid& person, const Uuid& assignment) {
        const auto list = submissions(person, {.after = {}, .limit = 100}, assignment);
        Ids ids;
        EXPECT_EQ(refused(list), "");
        for (const auto& each : list->items)
            ids.insert(each.facts.person_id);
        return ids;
    };
    const Ids students{s.student, s.other, s.tutor};
    for (const auto& person : {s.teacher, s.ta, s.tutor}) {
        EXPECT_EQ(people(person, s.assignment_id), students);
        EXPECT_EQ(people(person, named("draft")), students);
        EXPECT_EQ(people(person, named("individuals")), Ids{s.student});
    }
    EXPECT_EQ(people(s.student, s.assignment_id), Ids{s.student});
    EXPECT_EQ(people(s.other, s.assignment_id), Ids{s.other});
    EXPECT_EQ(people(s.student, named("individuals")), Ids{s.student});
    EXPECT_EQ(people(s.observer, s.assignment_id), Ids{});
    const service::Page all{.after = {}, .limit = 100};
    EXPECT_EQ(refused(submissions(s.other, all, named("individuals"))), "not found: assignment_id");
    EXPECT_EQ(refused(submissions(s.student, all, named("draft"))), "not found: assignment_id");
    EXPECT_EQ(refused(submissions(s.outsider, all)), "not found: class_id");
    EXPECT_EQ(refused(submissions(s.teacher, all, named("elsewhere"))), "not found: assignment_id");
}

TEST_F(Visibility, OfSubmissions) {
    place.open();
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));  // handed in
    const auto done = submission_of(s.student);
    const auto phantom = submission_of(s.other);
    const struct {
        const char* name;
        Uuid person, submission;
        std::string refused;
    } cases[] = {
        {"own", s.student, done, ""},
        {"own, untouched", s.other, phantom, ""},
        {"teacher", s.teacher, done, ""},
        {"teacher, untouched", s.teacher, phantom, ""},
        {"ta, untouched", s.ta, phantom, ""},
        {"a student who teaches, of another", s.tutor, done, ""},
        {"another student's", s.other, done, "not found: submission_id"},
        {"another student's, untouched", s.student, phantom, "not found: submission_id"},
        {"observer", s.observer, done, "not found: submission_id"},
        {"observer's own", s.observer, submission_of(s.observer), "not found: submission_id"},
        {"outsider", s.outsider, done, "not found: class_id"},
        {"of a teacher", s.teacher, submission_of(s.teacher), "not found: submission_id"},
        {"of an outsider", s.teacher, submission_of(s.outsider), "not found: submission_id"},
        {"unknown", s.teacher, id_of("unknown"), "not found: submission_id"},
        {"of another assignment", s.teacher, submission_of(s.student, named("draft")),
         "not found: submission_id"},
        {"own, of another assignment", s.student, submission_of(s.student, named("draft")),
         "not found: submission_id"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(refused(submission(c.person, c.submission)), c.refused) << c.name;

    // A row of another assignment is not shown under this one.
    ASSERT_TRUE(submit(s.student, {sent_text("x")}, named("individuals")));
    EXPECT_EQ(refused(submission(s.teacher, submission_of(s.student, named("individuals")))),
              "not found: submission_id");
}

// edlink.md 3.4 assignee_mode individuals
TEST_F(Visibility, WhoIsNotAssignedHasNoSubmission) {
    place.open();
    const auto& s = school();
    const auto individuals = named("individuals");
    EXPECT_EQ(refused(submission(s.teacher, submission_of(s.other, individuals), individuals)),
              "not found: submission_id");
    EXPECT_EQ(refused(submission(s.teacher, submission_of(s.student, individuals), individuals)),
              "");
}

// edlink.md 3.1, 9.5: phantom submissions have their id before and after
TEST_F(Visibility, PhantomsKeepTheirId) {
    place.open();
    const auto& s = school();
    const auto before = submission(s.student, submission_of(s.student));
    ASSERT_TRUE(before);
    EXPECT_EQ(before->state, SubmissionState::created);
    EXPECT_TRUE(before->attempts.empty());
    EXPECT_EQ(before->facts.created_at, s.made);
    EXPECT_TRUE(same(submission(s.teacher, submission_of(s.student))->facts, before->facts));
    EXPECT_TRUE(same(submissions(s.student)->items.at(0).facts, before->facts));

    ASSERT_TRUE(submit(s.student));
    const auto after = submission(s.student, submission_of(s.student));
    ASSERT_TRUE(after);
    EXPECT_EQ(after->facts.id, before->facts.id);
    EXPECT_EQ(after->facts.created_at, before->facts.created_at);
    EXPECT_EQ(after->state, SubmissionState::submitted);
    ASSERT_EQ(after->attempts.size(), 1U);
    EXPECT_EQ(after->attempts[0].attachments.at(0).text, "work");
    // Lists and single reads agree (edlink.md 7.3.8).
    for (const auto& each : submissions(s.teacher)->items)
        if (each.facts.person_id == s.student) {
            EXPECT_TRUE(same(each.facts, after->facts));
            EXPECT_EQ(each.attempts.size(), 1U);
            EXPECT_EQ(each.attempts[0].attachments.at(0).text, "work");
        }
}

TEST_F(Visibility, FlagsAreOfNow) {
    place.school.assignment().due_at = kNow + 1h;
    place.open();
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));
    const auto missing = [&](const Uuid& person) {
        return submission(person, submission_of(person))->flags.missing;
    };
    EXPECT_FALSE(missing(s.student) || missing(s.other));
    place.clock.advance(2h);
    EXPECT_FALSE(missing(s.student));
    EXPECT_TRUE(missing(s.other));
    ASSERT_TRUE(submit(s.other));
    EXPECT_TRUE(submission(s.other, submission_of(s.other))->flags.late);
}

// More students than are tried at a time.
TEST_F(Visibility, FindsThePhantomOfAnyoneInALargeClass) {
    std::vector<Uuid> people;
    for (int i = 0; i < 1100; ++i)
        people.push_back(
            place.school.add_person("many " + std::to_string(i), {domain::Role::student}));
    place.open();
    const auto last = *std::ranges::max_element(people);
    const auto first = *std::ranges::min_element(people);
    EXPECT_EQ(submission(school().teacher, submission_of(last))->facts.person_id, last);
    EXPECT_EQ(submission(school().teacher, submission_of(first))->facts.person_id, first);
    EXPECT_EQ(refused(submission(school().teacher, submission_of(school().outsider))),
              "not found: submission_id");

    // However long a page is asked for: DESIGN 10.7
    const auto list = submissions(school().teacher, {.after = {}, .limit = 1'000'000});
    EXPECT_EQ(list->items.size(), 1000U);
    ASSERT_TRUE(list->next);
    const auto rest = submissions(school().teacher, {.after = list->next, .limit = 1'000'000});
    EXPECT_EQ(rest->items.size(), 103U);
    EXPECT_FALSE(rest->next);
}

// What is denied to a teacher, or granted to somebody else, may be about one assignment or one
// student (domain/may.hpp).
class GrantedInPart : public CourseworkTest {
 protected:
    void grant(const Uuid& holder, bool allow, domain::Grant::Scope scope, const Uuid& scope_id,
               const std::string& permission = "Submission.Read") {
        place.school.rows.grants.push_back({.id = uuid_v4(),
                                            .holder = domain::Grant::Holder::person,
                                            .holder_id = holder,
                                            .permission = permission,
                                            .allow = allow,
                                            .scope = scope,
                                            .scope_id = scope_id});
    }
    std::size_t listed(const Uuid& person, std::optional<Uuid> assignment = {}) {
        return submissions(person, {.after = {}, .limit = 100}, assignment)->items.size();
    }
    auto file_of(const Uuid& reader, const Uuid& student) {
        const auto file =
            submission(student, submission_of(student))->attempts[0].attachments[0].attachment.id;
        return refused(
            run(coursework().file(school().actor(reader), school().class_id, {}, {}, file)));
    }
};

TEST_F(GrantedInPart, ADenialForOneStudentHidesTheirWork) {
    const auto& s = school();
    grant(s.teacher, false, domain::Grant::Scope::person, s.student);
    place.open();
    ASSERT_TRUE(submit(s.student));
    ASSERT_TRUE(submit(s.other));
    EXPECT_EQ(refused(submission(s.teacher, submission_of(s.student))), "not found: submission_id");
    EXPECT_EQ(refused(submission(s.teacher, submission_of(s.other))), "");
    EXPECT_EQ(file_of(s.teacher, s.student), "not found: file_id");
    EXPECT_EQ(file_of(s.teacher, s.other), "");
    EXPECT_EQ(listed(s.teacher), 2U);  // the other one's, and the tutor's
    EXPECT_EQ(listed(s.ta), 3U);
}

// Nor does the reply to a mark show what they may not read.
TEST_F(GrantedInPart, WhoMarksWithoutReadingSeesNoWork) {
    const auto& s = school();
    grant(s.teacher, false, domain::Grant::Scope::person, s.student);
    place.open();
    for (const auto& student : {s.student, s.other}) {
        ASSERT_TRUE(submit(student));
        const auto done = run(
            place.marking->mark(s.actor(s.teacher), submission_of(student), mark_of(s, Uuid{})));
        ASSERT_TRUE(done);
        EXPECT_EQ(done->submission.attempts.size(), student == s.student ? 0U : 1U);
    }
}

TEST_F(GrantedInPart, ADenialForOneAssignmentHidesItsWork) {
    const auto second = place.school.add_assignment("second").id;
    const auto& s = school();
    grant(s.teacher, false, domain::Grant::Scope::assignment, s.assignment_id);
    place.open();
    ASSERT_TRUE(submit(s.student));
    EXPECT_EQ(refused(submission(s.teacher, submission_of(s.student))), "not found: submission_id");
    EXPECT_EQ(file_of(s.teacher, s.student), "not found: file_id");
    EXPECT_EQ(listed(s.teacher), 0U);
    EXPECT_EQ(listed(s.teacher, second), 3U);
}

TEST_F(GrantedInPart, AGrantForOneStudentShowsTheirWorkOnly) {
    const auto& s = school();
    grant(s.observer, true, domain::Grant::Scope::person, s.student);
    place.open();
    ASSERT_TRUE(submit(s.student));
    ASSERT_TRUE(submit(s.other));
    EXPECT_EQ(refused(submission(s.observer, submission_of(s.student))), "");
    EXPECT_EQ(refused(submission(s.observer, submission_of(s.other))), "not found: submission_id");
    EXPECT_EQ(file_of(s.observer, s.student), "");
    EXPECT_EQ(file_of(s.observer, s.other), "not found: file_id");
}

}  // namespace
}  // namespace handin::test
