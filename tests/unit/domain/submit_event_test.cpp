// The events of handing in and taking back, complete in themselves (DESIGN 5.6).
#include <gtest/gtest.h>

#include "domain/desk.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::AttachmentKind;
using domain::Event;
using domain::SubmissionFacts;

const Event& event_of(const Outcome& outcome) {
    return outcome.value().changes.events.at(0);
}

// canvas-live-events.md 1.2: what every form of the event may need
TEST(SubmitEvent, TellsEverything) {
    Desk desk;
    desk.now = kNow + 2s;
    const auto command = submit_of(desk.school, desk.school.student);
    const auto outcome = desk.run(command);
    ASSERT_TRUE(outcome);
    ASSERT_EQ(outcome->changes.events.size(), 1U);

    const auto& school = desk.school;
    Event expected;
    expected.id = command.event_id;
    expected.kind = Event::Kind::submission_created;
    expected.at = desk.now;
    expected.account_id = school.account_id;
    expected.shard = 3;
    expected.account_number = 7;
    expected.account_token = "T0kenT0kenT0kenT0kenT0kenT0kenT0kenT0ken";
    expected.account_lti_guid = "guid.test.handin";
    expected.origin = domain::Origin::edlink;
    expected.request = request_facts();
    expected.actor = domain::ActorFacts{.number = 1,
                                        .login = "student",
                                        .sis_id = "sis-student",
                                        .time_zone = "Europe/London",
                                        .role = domain::Role::student};
    expected.integration_number = 5;
    expected.class_id = school.class_id;
    expected.class_number = 11;
    expected.class_sis_id = "sis-class-11";
    expected.assignment_id = school.assignment_id;
    expected.assignment_number = 101;
    expected.submission_id = outcome->submission.id;
    expected.submission_version = 1;
    expected.person_id = school.student;
    expected.person_number = 1;
    expected.person_lti_id = "lti-student";
    expected.before.updated_at = school.made;
    expected.after = {.attempts = 1,
                      .reclaimed = false,
                      .submitted_at = kNow,
                      .updated_at = desk.now,
                      .late = false,
                      .missing = false,
                      .kind = AttachmentKind::file,
                      .text = {},
                      .url = {}};
    EXPECT_TRUE(same(event_of(outcome), expected));
}

TEST(SubmitEvent, NamesTheLeadingRoleOfTheActor) {
    Desk desk;
    const auto outcome = desk.submit(desk.school.tutor);  // a student who also teaches
    ASSERT_TRUE(outcome);
    EXPECT_EQ(event_of(outcome).actor->role, domain::Role::teacher);
}

// DESIGN 5.6: ordered within a submission by its version
TEST(SubmitEvent, VersionsGoUpByOneAndBeforeIsTheLastAfter) {
    Desk desk;
    desk.school.assignment().due_at = kNow + 90min;
    const auto first = desk.submit(desk.school.student);
    desk.now = kNow + 1h;
    const auto back = desk.reclaim(desk.school.student);
    desk.now = kNow + 2h;
    auto command = submit_of(desk.school, desk.school.student, list(a_text()));
    command.received_at = kNow + 110min;
    const auto second = desk.run(std::move(command));

    EXPECT_EQ(event_of(first).submission_version, 1);
    EXPECT_EQ(event_of(back).submission_version, 2);
    EXPECT_EQ(event_of(second).submission_version, 3);
    EXPECT_EQ(event_of(first).kind, Event::Kind::submission_created);
    EXPECT_EQ(event_of(back).kind, Event::Kind::submission_reclaimed);
    EXPECT_EQ(event_of(second).kind, Event::Kind::submission_created);

    EXPECT_EQ(event_of(first).before.attempts, 0U);
    EXPECT_FALSE(event_of(first).before.submitted_at);

    const auto& taken_back = event_of(back);
    EXPECT_TRUE(same(taken_back.before, SubmissionFacts{.attempts = 1,
                                                        .reclaimed = false,
                                                        .submitted_at = kNow,
                                                        .updated_at = kNow,
                                                        .kind = {},
                                                        .text = {},
                                                        .url = {}}));
    EXPECT_TRUE(same(taken_back.after, SubmissionFacts{.attempts = 1,
                                                       .reclaimed = true,
                                                       .submitted_at = kNow,
                                                       .updated_at = kNow + 1h,
                                                       .kind = {},
                                                       .text = {},
                                                       .url = {}}));

    const auto& again = event_of(second);
    EXPECT_TRUE(again.before.reclaimed);
    EXPECT_TRUE(again.before.missing);  // seen from now: taken back, and the due date has passed
    EXPECT_EQ(again.before.updated_at, kNow + 1h);
    EXPECT_TRUE(same(again.after, SubmissionFacts{.attempts = 2,
                                                  .reclaimed = false,
                                                  .submitted_at = kNow + 110min,
                                                  .updated_at = kNow + 2h,
                                                  .late = true,
                                                  .missing = false,
                                                  .kind = AttachmentKind::text,
                                                  .text = "an essay",
                                                  .url = {}}));
}

// DESIGN 5.4: lateness is judged on submitted_at, so the queue makes nobody late
TEST(SubmitEvent, LateFlag) {
    const struct {
        std::chrono::microseconds received;
        std::optional<std::chrono::microseconds> given;
        bool late;
    } cases[] = {{0s, {}, false},  {999'999us, {}, false}, {1s, {}, true},
                 {1h, -1s, false}, {-1s, 1s, true},        {-1h, {}, false}};
    for (std::size_t i = 0; i < std::size(cases); ++i) {
        Desk desk;
        desk.now = kNow + 5h;
        desk.school.assignment().due_at = kNow;
        auto command = submit_of(desk.school, desk.school.student);
        command.received_at = kNow + cases[i].received;
        if (cases[i].given) command.submitted_at = kNow + *cases[i].given;
        const auto outcome = desk.run(std::move(command));
        EXPECT_EQ(event_of(outcome).after.late, cases[i].late) << "case " << i;
        EXPECT_FALSE(event_of(outcome).after.missing) << "case " << i;
        EXPECT_TRUE(event_of(outcome).before.missing) << "case " << i;
        EXPECT_EQ(outcome->flags.late, cases[i].late) << "case " << i;
    }
}

struct KindCase {
    const char* name;
    Attachments attachments;
    AttachmentKind kind;
    std::optional<std::string> text, url;
};

// canvas-live-events.md 2.4: one submission_type an attempt. File before text before link.
TEST(SubmitEvent, SumsTheAttachmentsUp) {
    const KindCase cases[] = {
        {"file", list(a_file()), AttachmentKind::file, {}, {}},
        {"text", list(a_text("T")), AttachmentKind::text, "T", {}},
        {"link", list(a_link("http://u")), AttachmentKind::link, {}, "http://u"},
        {"link, text, file", list(a_link("http://u"), a_text("T"), a_file()), AttachmentKind::file,
         "T", "http://u"},
        {"file, text, link", list(a_file(), a_text("T"), a_link("http://u")), AttachmentKind::file,
         "T", "http://u"},
        {"link, text", list(a_link("http://u"), a_text("T")), AttachmentKind::text, "T",
         "http://u"},
        {"text, link", list(a_text("T"), a_link("http://u")), AttachmentKind::text, "T",
         "http://u"},
        {"the first of several", list(a_text("1"), a_text("2"), a_link("http://1"), a_link("2")),
         AttachmentKind::text, "1", "http://1"},
        {"an empty text is one", list(a_text(""), a_text("2")), AttachmentKind::text, "", {}},
    };
    for (const auto& c : cases) {
        Desk desk;
        const auto outcome = desk.run(submit_of(desk.school, desk.school.student, c.attachments));
        const auto& after = event_of(outcome).after;
        EXPECT_EQ(after.kind, c.kind) << c.name;
        EXPECT_EQ(after.text, c.text) << c.name;
        EXPECT_EQ(after.url, c.url) << c.name;
        EXPECT_FALSE(event_of(outcome).before.kind) << c.name;
    }
}

TEST(SubmitEvent, ShowsTheStartOfATextNotItsBytes) {
    Desk desk;
    auto text = a_text("the whole long text");
    text.text_start = "the whole";
    const auto outcome =
        desk.run(submit_of(desk.school, desk.school.student, list(std::move(text))));
    EXPECT_EQ(event_of(outcome).after.text, "the whole");
}

}  // namespace
}  // namespace handin::test
