// Why work is not taken (edlink.md 5, the table of checks).
#include <gtest/gtest.h>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::AttachmentKind;
using domain::AttachmentKinds;
using domain::Reason;
using domain::ScanResult;
using domain::Submit;

struct Case {
    const char* name;
    void (*arrange)(Desk&, Submit&);
    std::vector<Reason> reasons;
    std::vector<std::string> fields;
};

const Case kCases[] = {
    // edlink.md 5: class unknown or caller not enrolled; INF: NOT_FOUND
    {"class unknown",
     [](Desk&, Submit& s) { s.class_id = id_of("nowhere"); },
     {Reason::not_found},
     {"class_id"}},
    {"class of another school",
     [](Desk& d, Submit&) { d.school.klass().account_id = id_of("another account"); },
     {Reason::not_found},
     {"class_id"}},
    {"not enrolled",
     [](Desk& d, Submit& s) { s = submit_of(d.school, d.school.outsider); },
     {Reason::not_found},
     {"class_id"}},
    // edlink.md 5: assignment unknown, in another class, draft, or not assigned to caller
    {"assignment unknown",
     [](Desk&, Submit& s) { s.assignment_id = id_of("nothing"); },
     {Reason::not_found},
     {"assignment_id"}},
    {"assignment of another class",
     [](Desk& d, Submit&) { d.school.assignment().class_id = id_of("another class"); },
     {Reason::not_found},
     {"assignment_id"}},
    {"draft",
     [](Desk& d, Submit&) { d.school.assignment().published = false; },
     {Reason::not_found},
     {"assignment_id"}},
    {"not displayed yet",
     [](Desk& d, Submit&) { d.school.assignment().display_at = kNow + 1s; },
     {Reason::not_found},
     {"assignment_id"}},
    {"for others only",
     [](Desk& d, Submit&) {
         d.school.assignment().everybody = false;
         d.school.assignment().assignees = {d.school.other};
     },
     {Reason::not_found},
     {"assignment_id"}},
    // edlink.md 1.3, 5: caller is not a student there
    {"teacher",
     [](Desk& d, Submit& s) { s = submit_of(d.school, d.school.teacher); },
     {Reason::not_permitted},
     {""}},
    {"ta",
     [](Desk& d, Submit& s) { s = submit_of(d.school, d.school.ta); },
     {Reason::not_permitted},
     {""}},
    {"observer",
     [](Desk& d, Submit& s) { s = submit_of(d.school, d.school.observer); },
     {Reason::not_permitted},
     {""}},
    {"teacher of a draft",
     [](Desk& d, Submit& s) {
         d.school.assignment().published = false;
         s = submit_of(d.school, d.school.teacher);
     },
     {Reason::not_permitted},
     {""}},
    // edlink.md 1.3: submit acts on the caller's own submission
    {"for another student",
     [](Desk& d, Submit& s) { s.person_id = d.school.other; },
     {Reason::not_permitted},
     {""}},
    {"teacher for a student",
     [](Desk& d, Submit& s) { s.actor = d.school.actor(d.school.teacher); },
     {Reason::not_permitted},
     {""}},
    {"nobody", [](Desk&, Submit& s) { s.actor.person_id.reset(); }, {Reason::not_permitted}, {""}},
    // edlink.md 5: attachments missing or empty
    {"no attachments",
     [](Desk&, Submit& s) { s.attachments.clear(); },
     {Reason::nothing_attached},
     {"attachments"}},
    // edlink.md 3.4 submission_types unset, tabula.md S8
    {"takes nothing",
     [](Desk& d, Submit&) { d.school.assignment().kinds = {}; },
     {Reason::submissions_disabled},
     {""}},
    {"takes nothing and got nothing",
     [](Desk& d, Submit& s) {
         d.school.assignment().kinds = {};
         s.attachments.clear();
     },
     {Reason::submissions_disabled},
     {""}},
    // edlink.md 5: attachment type not in submission_types; each one is told
    {"kinds not accepted",
     [](Desk& d, Submit& s) {
         d.school.assignment().kinds = AttachmentKinds::of({AttachmentKind::text});
         s.attachments = list(a_file(), a_text(), a_link());
     },
     {Reason::kind_not_accepted, Reason::kind_not_accepted},
     {"attachments[0].type", "attachments[2].type"}},
    // DESIGN 5.5: what a virus scanner found, each attachment told
    {"infected",
     [](Desk&, Submit& s) {
         s.attachments = list(a_link(), a_file(), a_text());
         s.attachments[1].scan = {ScanResult::Kind::infected, "Some-Virus"};
         s.attachments[2].scan = {ScanResult::Kind::infected, "Other-Virus"};
     },
     {Reason::infected_file, Reason::infected_file},
     {"attachments[1]", "attachments[2]"}},
    {"not scanned to the end, and too late",
     [](Desk& d, Submit& s) {
         s.attachments = list(a_file());
         s.attachments[0].scan = {ScanResult::Kind::too_large, ""};
         d.school.assignment().close_at = kNow - 1s;
     },
     {Reason::unscannable_file, Reason::closed},
     {"attachments[0]", ""}},
    // edlink.md 5: before start_date, after end_date, locked
    {"opens later",
     [](Desk& d, Submit&) { d.school.assignment().open_at = kNow + 1s; },
     {Reason::not_open_yet},
     {""}},
    {"closed",
     [](Desk& d, Submit&) { d.school.assignment().close_at = kNow - 1s; },
     {Reason::closed},
     {""}},
    {"locked",
     [](Desk& d, Submit&) { d.school.assignment().locked = true; },
     {Reason::locked},
     {""}},
    {"closed and locked: the date is what counts",
     [](Desk& d, Submit&) {
         d.school.assignment().close_at = kNow - 1s;
         d.school.assignment().locked = true;
     },
     {Reason::closed},
     {""}},
    // edlink.md 5: attempts used up
    {"no attempts at all",
     [](Desk& d, Submit&) { d.school.assignment().max_attempts = 0; },
     {Reason::attempts_used_up},
     {""}},
    // DESIGN 5.1: several at once, in the order of the checks
    {"everything that can be wrong at once",
     [](Desk& d, Submit& s) {
         auto& assignment = d.school.assignment();
         assignment.kinds = AttachmentKinds::of({AttachmentKind::link});
         assignment.open_at = kNow + 1h;
         assignment.max_attempts = 0;
         s.attachments = list(a_link(), a_file(), a_text());
     },
     {Reason::kind_not_accepted, Reason::kind_not_accepted, Reason::not_open_yet,
      Reason::attempts_used_up},
     {"attachments[1].type", "attachments[2].type", "", ""}},
    {"empty, closed and used up",
     [](Desk& d, Submit& s) {
         d.school.assignment().close_at = kNow - 1h;
         d.school.assignment().max_attempts = 0;
         s.attachments.clear();
     },
     {Reason::nothing_attached, Reason::closed, Reason::attempts_used_up},
     {"attachments", "", ""}},
    // edlink.md 5: a stranger learns nothing about the rest
    {"a teacher's empty attempt at a locked assignment",
     [](Desk& d, Submit& s) {
         d.school.assignment().locked = true;
         s = submit_of(d.school, d.school.teacher, {});
     },
     {Reason::not_permitted},
     {""}},
};

TEST(SubmitRefusals, AnInfectedFileIsNamedWithWhatWasFound) {
    Desk desk;
    auto command = submit_of(desk.school, desk.school.student);
    command.attachments = list(a_file());
    command.attachments[0].attachment.title = "essay.docx";
    command.attachments[0].scan = {ScanResult::Kind::infected, "Some-Virus"};
    const auto outcome = desk.run(std::move(command));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error()[0].detail,
              "'essay.docx' is infected (Some-Virus): the virus scanner does not let it in.");
}

TEST(SubmitRefusals, Table) {
    for (const auto& c : kCases) {
        Desk desk;
        auto command = submit_of(desk.school, desk.school.student);
        c.arrange(desk, command);
        const auto outcome = desk.run(std::move(command));
        EXPECT_EQ(reasons(outcome), c.reasons) << c.name;
        EXPECT_EQ(fields(outcome), c.fields) << c.name;
        EXPECT_FALSE(desk.row(desk.school.student)) << c.name;
    }
}

TEST(SubmitRefusals, NoneWhenAllIsWell) {
    Desk desk;
    const auto outcome = desk.submit(desk.school.student);
    EXPECT_EQ(reasons(outcome), std::vector<Reason>{});
}

// Somebody may be both: they hand in as the student they are.
TEST(SubmitRefusals, NoneForAStudentWhoAlsoTeaches) {
    Desk desk;
    EXPECT_TRUE(desk.submit(desk.school.tutor));
}

TEST(SubmitRefusals, NoneForTheOnesItIsAssignedTo) {
    Desk desk;
    auto& assignment = desk.school.assignment();
    assignment.everybody = false;
    assignment.assignees = {desk.school.student, desk.school.other};
    std::ranges::sort(assignment.assignees);
    EXPECT_TRUE(desk.submit(desk.school.student));
    EXPECT_TRUE(desk.submit(desk.school.other));
    EXPECT_EQ(reasons(desk.submit(desk.school.tutor)), std::vector{Reason::not_found});
}

TEST(SubmitRefusals, AreToldInSentences) {
    Desk desk;
    desk.school.assignment().close_at = kNow - 1h;
    const auto closed = desk.submit(desk.school.student);
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().front().detail,
              "This assignment accepted work until 2025-03-03T08:00:00Z.");
    desk.school.assignment().close_at.reset();
    desk.school.assignment().open_at = kNow + 1h;
    desk.forget();
    const auto early = desk.submit(desk.school.student);
    ASSERT_FALSE(early);
    EXPECT_EQ(early.error().front().detail,
              "This assignment accepts work from 2025-03-03T10:00:00Z.");
}

struct TimeCase {
    const char* name;
    void (*arrange)(domain::Assignment&);
    std::chrono::microseconds submitted;  // after kNow
    std::optional<Reason> reason;
};

// Whole seconds, and equal is on time: DESIGN 5.4, tabula.md L7 and L8.
const TimeCase kTimes[] = {
    {"before it opens", [](auto& a) { a.open_at = kNow; }, -1us, Reason::not_open_yet},
    {"when it opens", [](auto& a) { a.open_at = kNow; }, 0us, {}},
    {"in the second in which it opens", [](auto& a) { a.open_at = kNow + 900ms; }, 0us, {}},
    {"before that second", [](auto& a) { a.open_at = kNow + 900ms; }, -1us, Reason::not_open_yet},
    {"when it closes", [](auto& a) { a.close_at = kNow; }, 0us, {}},
    {"in the second in which it closes", [](auto& a) { a.close_at = kNow; }, 999'999us, {}},
    {"a second after", [](auto& a) { a.close_at = kNow; }, 1s, Reason::closed},
    {"a second after, by the clock only", [](auto& a) { a.close_at = kNow - 1us; }, 0us,
     Reason::closed},
    {"due dates refuse nothing", [](auto& a) { a.due_at = kNow; }, 1000h, {}},
    // edlink.md 3.4: without a start date the display date opens
    {"before it is shown", [](auto& a) { a.display_at = kNow; }, -1us, Reason::not_open_yet},
    {"when it is shown", [](auto& a) { a.display_at = kNow; }, 0us, {}},
    {"open before it is shown",
     [](auto& a) { a.display_at = kNow, a.open_at = kNow - 1h; },
     -1us,
     {}},
};

TEST(SubmitRefusals, AreJudgedInWholeSecondsOfTheSubmission) {
    for (const auto& c : kTimes) {
        Desk desk;
        desk.now = kNow + 2000h;  // long in the queue: DESIGN 5.4
        c.arrange(desk.school.assignment());
        auto command = submit_of(desk.school, desk.school.student);
        command.received_at = kNow + c.submitted;
        const auto expected = c.reason ? std::vector{*c.reason} : std::vector<Reason>{};
        EXPECT_EQ(reasons(desk.run(command)), expected) << c.name;

        // The same when a privileged actor gives the time (DESIGN 5.4).
        command.received_at = kNow + 1999h;
        command.submitted_at = kNow + c.submitted;
        desk.state = {};
        EXPECT_EQ(reasons(desk.run(command)), expected) << c.name << ", given";
    }
}

}  // namespace
}  // namespace handin::test
