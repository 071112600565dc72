// Marking through the service: whose submission it is, what events show of the work, who sees what.
#include "service/marking.hpp"

#include <gtest/gtest.h>

#include "service/coursework_place.hpp"

namespace handin::test {
namespace {

using domain::NewGrade;
using domain::Reason;

class MarkingService : public CourseworkTest {
 protected:
    MarkingService() {
        auto& waiting = place.school.add_assignment("waiting");
        waiting.due_at = kNow - std::chrono::hours(1);
        waiting.rules.posting = domain::PostPolicy::manual;
        place.open();
    }

    auto mark(const Uuid& actor, const Uuid& submission,
              const std::function<void(domain::MarkSubmission&)>& arrange) {
        auto command = mark_of(school(), Uuid{});
        command.event_id = {};
        arrange(command);
        return run(place.marking->mark(school().actor(actor), submission, std::move(command)));
    }
    static void eight(domain::MarkSubmission& command) { command.grade = NewGrade{.text = "8"}; }

    domain::Event last(domain::Event::Kind kind) {
        const auto all = place.events();
        const auto found = std::ranges::find_if(all.rbegin(), all.rend(), [&](const auto& stored) {
            return stored.event.kind == kind;
        });
        return found == all.rend() ? domain::Event{} : found->event;
    }
};

TEST_F(MarkingService, FindsTheStudentWithAndWithoutARow) {
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));
    for (const auto& person : {s.student, s.other}) {
        const auto done = mark(s.teacher, submission_of(person), eight);
        ASSERT_TRUE(done);
        EXPECT_EQ(done->submission.facts.person_id, person);
        EXPECT_EQ(done->submission.facts.marking.grade->counted.score, 8);
        const auto seen = submission(person, submission_of(person));
        EXPECT_EQ(seen->facts.marking, done->submission.facts.marking);
    }
    const auto refused = mark(s.teacher, id_of("none"), eight);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error()[0].field, "submission_id");
}

// A row of another assignment is not one of this.
TEST_F(MarkingService, OfTheAssignmentInThePath) {
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));
    const auto done = mark(s.teacher, submission_of(s.student), [&](auto& command) {
        eight(command);
        command.assignment_id = id_of("assignment/another");
    });
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error()[0].field, "assignment_id");
}

TEST_F(MarkingService, OnlyForThoseWhoTeach) {
    const auto& s = school();
    for (const auto& person : {s.student, s.observer}) {
        const auto done = mark(person, submission_of(s.student), eight);
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error()[0].reason, Reason::not_permitted);
    }
    const auto done = mark(s.outsider, submission_of(s.student), eight);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error()[0].reason, Reason::not_found);
}

// canvas-live-events.md 2.4: also texts that are kept in files, cut where events cut, or a little
// after
TEST_F(MarkingService, EventsShowTheLastWork) {
    const auto& s = school();
    const std::string small = "a small essay";
    std::string large;
    while (large.size() < 50'000)
        large += "€ and more ";
    for (const auto& words : {small, large}) {
        ASSERT_TRUE(submit(s.student, {sent_link("https://example.org/"), sent_text(words)}));
        ASSERT_TRUE(mark(s.teacher, submission_of(s.student), eight));
        const auto facts = last(domain::Event::Kind::submission_updated).after;
        EXPECT_EQ(facts.kind, domain::AttachmentKind::text);
        EXPECT_EQ(facts.url, "https://example.org/");
        ASSERT_TRUE(facts.text);
        EXPECT_TRUE(words.starts_with(*facts.text));
        EXPECT_GE(facts.text->size(), std::min<std::size_t>(words.size(), 32'700));
        EXPECT_EQ(*facts.text, well_formed_utf8(*facts.text));
    }
}

// The last comment of a grader is the grade's; the same again is no news.
TEST_F(MarkingService, Comments) {
    const auto& s = school();
    const auto say = [&](const std::string& text, bool draft = false) {
        return mark(s.teacher, submission_of(s.student), [&](auto& command) {
            command.comment = domain::NewComment{.text = text, .draft = draft};
        });
    };
    ASSERT_TRUE(submit(s.student));
    EXPECT_EQ(say("one")->submission.grade_comment, "one");
    const auto events = place.events().size();
    EXPECT_EQ(say("one")->submission.facts.marking.comments.size(), 1U);
    EXPECT_EQ(place.events().size(), events);
    for (int i = 0; i < 45; ++i)  // more than are looked at at once
        ASSERT_TRUE(say("draft " + std::to_string(i), true));
    const auto mine = submission(s.student, submission_of(s.student));
    EXPECT_EQ(mine->grade_comment, "one");
    EXPECT_EQ(mine->facts.marking.comments.size(), 46U);
}

// canvas-live-events.md 5.3: students see grades once they are posted
TEST_F(MarkingService, StudentsSeeWhatIsPosted) {
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));
    ASSERT_TRUE(mark(s.teacher, submission_of(s.student), [](auto& command) {
        eight(command);
        command.comment = domain::NewComment{.text = "fine"};
        command.post = false;
    }));
    ASSERT_TRUE(
        mark(s.teacher, submission_of(s.student), [](auto& command) { command.post = false; }));
    const auto as_teacher = submission(s.teacher, submission_of(s.student));
    EXPECT_EQ(as_teacher->facts.marking.grade->counted.score, 8);
    EXPECT_EQ(as_teacher->grade_comment, "fine");
    const auto list = submissions(s.student);
    ASSERT_EQ(list->items.size(), 1U);
    for (const auto& mine : {*submission(s.student, submission_of(s.student)), list->items[0]}) {
        EXPECT_FALSE(mine.facts.marking.grade);
        EXPECT_FALSE(mine.grade_comment);
    }
    // Nor does what a student does tell it.
    const auto again = submit(s.student);
    ASSERT_TRUE(again);
    EXPECT_FALSE(again->submission.facts.marking.grade);
    EXPECT_FALSE(again->submission.grade_comment);
}

// Nor do flags tell of a grade that waits: missing and late stay what they were without it.
TEST_F(MarkingService, FlagsTellOfNoGradeThatWaits) {
    const auto& s = school();
    auto id = submission_of(s.student, id_of("assignment/waiting"));
    const auto wait = [](auto& command) {
        command.assignment_id = id_of("assignment/waiting");
        command.post = false;
    };
    const auto mine = [&] { return submission(s.student, id, id_of("assignment/waiting"))->flags; };
    ASSERT_TRUE(mine().missing);
    ASSERT_TRUE(mark(s.teacher, id, [&](auto& command) {
        eight(command);
        wait(command);
    }));
    EXPECT_TRUE(mine().missing);
    EXPECT_FALSE(submission(s.teacher, id, id_of("assignment/waiting"))->flags.missing);
    ASSERT_TRUE(mark(s.teacher, id, [&](auto& command) {
        command.flags = domain::WantedFlags{.excused = true};
        wait(command);
    }));
    EXPECT_TRUE(mine().missing);
    EXPECT_FALSE(mine().excused);
    // Nor does the reply to what the student does.
    const auto handed_in = submit(s.student, {sent_text("late")}, id_of("assignment/waiting"));
    ASSERT_TRUE(handed_in);
    EXPECT_TRUE(handed_in->submission.flags.late);
    EXPECT_TRUE(mine().late);
}

// The student and the other one hand in together.
class GroupMarking : public CourseworkTest {
 protected:
    GroupMarking() {
        auto& rows = place.school.rows;
        domain::Group group{.id = id_of("group"), .set_id = id_of("set"), .number = 1};
        group.members = {place.school.student, place.school.other};
        std::ranges::sort(group.members);
        rows.groups.push_back(group);
        place.school.assignment().rules.groups.set_id = group.set_id;
    }
    auto grade(const Uuid& student, const std::string& text = "8") {
        auto command = mark_of(school(), Uuid{});
        command.grade = NewGrade{.text = text};
        return run(place.marking->mark(school().actor(school().teacher), submission_of(student),
                                       std::move(command)));
    }
    void deny(const Uuid& student) {
        place.school.rows.grants.push_back({.id = id_of("denied"),
                                            .holder = domain::Grant::Holder::person,
                                            .holder_id = school().teacher,
                                            .permission = "Feedback.Manage",
                                            .allow = false,
                                            .scope = domain::Grant::Scope::person,
                                            .scope_id = student});
    }
};

// Each member's event shows the work, which has come once.
TEST_F(GroupMarking, EventsShowEverybodysWork) {
    place.open();
    ASSERT_TRUE(submit(school().student, {sent_text("ours"), sent_link("https://example.org/")}));
    for (const auto& named : {school().other, school().student}) {
        ASSERT_TRUE(grade(named, named == school().other ? "8" : "9"));
        std::size_t told = 0;
        for (const auto& stored : place.events()) {
            if (stored.event.kind != domain::Event::Kind::submission_updated) continue;
            ++told;
            EXPECT_EQ(stored.event.after.text, "ours");
            EXPECT_EQ(stored.event.after.url, "https://example.org/");
        }
        EXPECT_EQ(told, named == school().other ? 2U : 4U);
    }
}

// A denial for one of them is one for what would touch them.
TEST_F(GroupMarking, NeedsLeaveForEverybody) {
    deny(school().other);
    place.open();
    ASSERT_TRUE(submit(school().student));
    for (const auto& named : {school().student, school().other}) {
        const auto refused = grade(named);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error()[0].reason, Reason::not_permitted);
    }
}

TEST_F(MarkingService, AdmitsWhoMayMarkBeforeABodyIsRead) {
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));
    const auto admit = [&](const Uuid& person, const Uuid& submission) {
        return run(
            place.marking->admit(s.actor(person), {s.class_id, s.assignment_id, submission}));
    };
    EXPECT_FALSE(admit(s.teacher, submission_of(s.student)));
    EXPECT_EQ(admit(s.student, submission_of(s.student))->reason, Reason::not_permitted);
    EXPECT_EQ(admit(s.outsider, submission_of(s.student))->reason, Reason::not_found);
    EXPECT_EQ(admit(s.teacher, id_of("none"))->field, "submission_id");
}

}  // namespace

// canvas-live-events.md 2.3 "one member submits": the bytes are there once, and for everybody
TEST_F(CourseworkTest, AGroupHandsInTogether) {
    auto& rows = place.school.rows;
    domain::Group group{.id = id_of("group"), .set_id = id_of("set"), .number = 1};
    group.members = {place.school.student, place.school.other};
    std::ranges::sort(group.members);
    rows.groups.push_back(group);
    place.school.assignment().rules.groups.set_id = group.set_id;
    place.open();
    const auto& s = school();
    const std::string large(50'000, 'x');
    for (std::size_t attempts = 1; attempts <= 2; ++attempts) {
        const auto done = submit(s.student, {sent_text("ours"), sent_file(large)});
        ASSERT_TRUE(done);
        EXPECT_EQ(done->submission.facts.person_id, s.student);
        ASSERT_EQ(done->submission.attempts.size(), attempts);
        EXPECT_EQ(done->submission.attempts.back().attachments[0].text, "ours");
        const auto others = submission(s.other, submission_of(s.other));
        ASSERT_EQ(others->attempts.size(), attempts);
        EXPECT_EQ(others->attempts.back().attachments[0].text, "ours");
        EXPECT_EQ(others->attempts.back().attachments[1].attachment.bytes.size, large.size());
    }
    EXPECT_EQ(place.files(), 2U);
}

// tabula.md 3.9, canvas: anonymous_grading
TEST_F(CourseworkTest, AnonymousMarkingNamesNobody) {
    place.school.assignment().rules.marking = domain::Anonymity::anonymous;
    place.open();
    const auto& s = school();
    ASSERT_TRUE(submit(s.student));
    const auto id = submission_of(s.student);
    const auto name = place.pseudonyms.of(id);
    EXPECT_FALSE(submission(s.teacher, name)->names_person);
    EXPECT_TRUE(submission(s.student, id)->names_person);
    for (const auto& item : submissions(s.teacher)->items)
        EXPECT_FALSE(item.names_person);
}

// Anybody can compute the id of a submission who knows the student: markers know it by another, and
// in another order than that of the roster.
TEST_F(CourseworkTest, AnonymousMarkingKnowsNoIdsOfStudents) {
    for (int i = 0; i < 30; ++i)
        place.school.add_person("s" + std::to_string(i), {domain::Role::student});
    place.school.assignment().rules.marking = domain::Anonymity::anonymous;
    place.school.assignment().rules.posting = domain::PostPolicy::manual;
    place.open();
    const auto& s = school();
    ASSERT_TRUE(submit(s.student, {sent_file("work")}));
    const auto id = submission_of(s.student);
    const auto name = place.pseudonyms.of(id);
    EXPECT_NE(name, id);
    EXPECT_EQ(place.pseudonyms.undone(name), id);
    EXPECT_EQ(name.bytes[6] & 0xf0U, 0x50U);

    EXPECT_EQ(submission(s.teacher, name)->id, name);
    EXPECT_EQ(refused(submission(s.teacher, id)), "not found: submission_id");
    EXPECT_EQ(submission(s.student, id)->id, id);
    EXPECT_EQ(refused(submission(s.student, name)), "not found: submission_id");

    const auto file = submission(s.student, id)->attempts[0].attachments[0].attachment.id;
    const auto download = [&](const Uuid& person, const Uuid& submission) {
        return refused(
            run(coursework().file(s.actor(person), s.class_id, s.assignment_id, submission, file)));
    };
    EXPECT_EQ(download(s.teacher, name), "");
    EXPECT_EQ(download(s.teacher, id), "not found: file_id");
    EXPECT_EQ(download(s.student, id), "");

    const auto mark = [&](const Uuid& submission) {
        auto command = mark_of(s, Uuid{});
        command.grade = domain::NewGrade{.text = "8"};
        return run(place.marking->mark(s.actor(s.teacher), submission, std::move(command)));
    };
    EXPECT_FALSE(mark(id));
    const auto marked = mark(name);
    ASSERT_TRUE(marked);
    EXPECT_EQ(marked->submission.id, name);
    EXPECT_FALSE(marked->submission.names_person);

    std::vector<Uuid> names, people;
    for (const auto& items : follow(7, [&](service::Page page) {
             page.limit = 7;
             return *submissions(s.teacher, page);
         }))
        for (const auto& item : items) {
            names.push_back(item.id);
            people.push_back(item.facts.person_id);
        }
    EXPECT_EQ(names.size(), 33U);  // tutor, student, other and the thirty
    EXPECT_TRUE(std::ranges::is_sorted(names));
    EXPECT_FALSE(std::ranges::is_sorted(people));
    std::ranges::sort(people);
    EXPECT_EQ(std::ranges::unique(people).begin(), people.end());
}

}  // namespace handin::test
