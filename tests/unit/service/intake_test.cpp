// Work comes in, with its bytes, or leaves nothing behind (DESIGN 5.5, 10.8).
#include "service/intake.hpp"

#include <gtest/gtest.h>

#include "service/broken_disk.hpp"
#include "service/service_place.hpp"

namespace handin::test {
namespace {

using domain::AttachmentKind;
using domain::Reason;
using domain::SubmissionState;
using service::InDoubt;
using service::Overloaded;

std::string bytes_of(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>('a' + i % 23);
    return bytes;
}

constexpr std::size_t kSmall = 8192;  // the largest that is a row
constexpr std::size_t kLarge = 8193;  // the smallest that is a file

class IntakeTest : public testing::Test {
 protected:
    HandedIn submit(std::vector<Sent> attachments, std::optional<domain::ReplayKey> key = {}) {
        return hand_in(
            place,
            {.person = place.school.student, .attachments = std::move(attachments), .key = key});
    }

    ServicePlace place;
};

TEST_F(IntakeTest, SmallBytesAreRowsLargeOnesAreFiles) {
    place.open();
    const struct {
        Sent sent;
        bool in_row;
        std::size_t files;  // from now on
    } cases[] = {
        {sent_file(""), true, 0},
        {sent_file("hello\n"), true, 0},
        {sent_file(bytes_of(kSmall)), true, 0},
        {sent_file(bytes_of(kLarge)), false, 1},
        {sent_text(bytes_of(kSmall)), true, 1},
        {sent_text(bytes_of(kLarge)), false, 2},
        {sent_file(bytes_of(1'000'000)), false, 3},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.sent.bytes.size());
        const auto outcome = submit({c.sent});
        ASSERT_TRUE(outcome);
        EXPECT_EQ(place.files(), c.files);
        const auto& shown = outcome->submission.attempts.back().attachments.at(0);
        EXPECT_EQ(shown.attachment.bytes.in_row, c.in_row);
        EXPECT_EQ(shown.attachment.bytes.size, c.sent.bytes.size());
        EXPECT_EQ(shown.attachment.bytes.sha256, sha256(c.sent.bytes));
        // A text comes back whole, a file by its URL only.
        if (c.sent.kind == AttachmentKind::text)
            EXPECT_TRUE(shown.text == c.sent.bytes);
        else
            EXPECT_FALSE(shown.text);
    }
}

// edlink.md 5: the reply is the whole Submission
TEST_F(IntakeTest, AnswersWithTheWholeSubmission) {
    place.open();
    ASSERT_TRUE(submit({sent_text("first")}));
    place.clock.advance(std::chrono::minutes(1));
    const auto outcome =
        submit({sent_link("https://example.org/"), sent_text("second"), sent_file("bytes")});
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->repeated);
    const auto& shown = outcome->submission;
    EXPECT_EQ(shown.state, SubmissionState::submitted);
    EXPECT_EQ(shown.facts.id,
              domain::submission_id(place.school.assignment_id, place.school.student));
    EXPECT_EQ(shown.facts.updated_at, kNow + std::chrono::minutes(1));
    ASSERT_EQ(shown.attempts.size(), 2U);
    EXPECT_EQ(shown.attempts[0].submitted_at, kNow);
    ASSERT_EQ(shown.attempts[0].attachments.size(), 1U);
    EXPECT_EQ(shown.attempts[0].attachments[0].text, "first");
    const auto& items = shown.attempts[1].attachments;
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0].attachment.kind, AttachmentKind::link);
    EXPECT_EQ(items[0].attachment.url, "https://example.org/");
    EXPECT_EQ(items[1].text, "second");
    EXPECT_EQ(items[2].attachment.kind, AttachmentKind::file);
    EXPECT_EQ(items[2].attachment.title, "title");
    EXPECT_FALSE(items[0].text || items[2].text);
    EXPECT_EQ(place.events().size(), 2U);
}

TEST_F(IntakeTest, TellsLateAndTaken) {
    place.school.assignment().due_at = kNow;
    place.open();
    EXPECT_FALSE(submit({sent_text("on time")})->submission.flags.late);
    place.clock.advance(std::chrono::seconds(1));
    EXPECT_TRUE(submit({sent_text("late")})->submission.flags.late);
    const auto back = take_back(place, place.school.student);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->submission.state, SubmissionState::reclaimed);
    EXPECT_TRUE(back->submission.flags.missing);
    EXPECT_FALSE(back->submission.flags.late);
    EXPECT_EQ(back->submission.attempts.size(), 2U);
}

// DESIGN 10.8
TEST_F(IntakeTest, ARefusedSubmitLeavesNothing) {
    place.school.assignment().locked = true;
    place.open();
    const auto outcome =
        submit({sent_file(bytes_of(kLarge)), sent_text(bytes_of(kLarge)), sent_file("small")});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().at(0).reason, Reason::locked);
    EXPECT_EQ(place.files(), 0U);
    EXPECT_TRUE(place.events().empty());
}

TEST_F(IntakeTest, BytesOfALinkLeaveNothing) {
    place.open();
    auto link = sent_link("https://example.org/");
    link.bytes = bytes_of(kLarge);
    const auto outcome = submit({link});
    ASSERT_TRUE(outcome);
    EXPECT_EQ(outcome->submission.attempts.at(0).attachments.at(0).attachment.bytes.size, 0U);
    EXPECT_EQ(place.files(), 0U);
}

task<void> give_up(ServicePlace* place) {
    auto incoming = place->intake->incoming();
    const auto bytes = bytes_of(1'000'000);
    co_await incoming.write(bytes);
}

TEST_F(IntakeTest, AClientThatGoesAwayLeavesNothing) {
    place.open();
    run(give_up(&place));
    EXPECT_EQ(place.files(), 0U);
}

// edlink.md 9.3, DESIGN 10.2
TEST_F(IntakeTest, ARepeatMakesNothingNew) {
    place.open();
    const auto first = submit({sent_file(bytes_of(kLarge)), sent_text("one")}, key_of("k"));
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->repeated);
    EXPECT_EQ(place.files(), 1U);
    const auto again = submit({sent_file(bytes_of(2 * kLarge)), sent_text("two")}, key_of("k"));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(place.files(), 1U);  // the second copy is gone
    EXPECT_EQ(place.events().size(), 1U);
    ASSERT_EQ(again->submission.attempts.size(), 1U);
    EXPECT_EQ(again->submission.attempts[0].id, first->submission.attempts[0].id);
    EXPECT_EQ(again->submission.attempts[0].attachments.at(1).text, "one");
}

TEST_F(IntakeTest, ARepeatIsAnsweredAsThen) {
    place.school.assignment().due_at = kNow;
    place.open();
    ASSERT_TRUE(submit({sent_text("one")}, key_of("1")));
    place.clock.advance(std::chrono::hours(1));
    ASSERT_TRUE(take_back(place, place.school.student, key_of("back")));
    ASSERT_TRUE(submit({sent_text("two")}, key_of("2")));
    const auto again = submit({sent_text("three")}, key_of("1"));
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->submission.state, SubmissionState::submitted);
    EXPECT_FALSE(again->submission.flags.late);
    EXPECT_EQ(again->submission.attempts.size(), 1U);
    const auto back = take_back(place, place.school.student, key_of("back"));
    ASSERT_TRUE(back);
    EXPECT_TRUE(back->repeated);
    EXPECT_EQ(back->submission.state, SubmissionState::reclaimed);
    EXPECT_EQ(place.events().size(), 3U);
}

// Nothing was committed, so nothing is kept.
TEST_F(IntakeTest, NoRoomLeavesNothing) {
    place.open();
    place.store.on_commit = [] { throw store::Unavailable("disk full"); };
    EXPECT_THROW((void)submit({sent_file(bytes_of(kLarge))}), Overloaded);
    EXPECT_EQ(place.files(), 0U);
}

// DESIGN 6: a full disk for files is a 503, like one for rows
TEST_F(IntakeTest, NoRoomForBytes) {
    for (const auto at : {BrokenDisk::At::stage, BrokenDisk::At::write, BrokenDisk::At::finish}) {
        ServicePlace site;
        site.open();
        BrokenDisk disk(at);
        site.intake.emplace(site.store, disk, *site.committer, site.clock);
        const auto attempt = [&](std::string bytes) {
            return hand_in(site, {.person = site.school.student,
                                  .attachments = {sent_file(std::move(bytes))}});
        };
        EXPECT_THROW((void)attempt(bytes_of(kLarge)), Overloaded);
        EXPECT_TRUE(site.events().empty());
        EXPECT_TRUE(attempt("small"));  // needs no disk of its own
    }
}

// A text that cannot be read must not hide the rest.
TEST_F(IntakeTest, ALostTextIsMissingAlone) {
    place.open();
    ASSERT_TRUE(submit({sent_text(bytes_of(kLarge)), sent_text("small")}));
    std::filesystem::remove_all(place.blob_folder());
    const auto outcome = submit({sent_text("another")});
    ASSERT_TRUE(outcome);
    const auto& first = outcome->submission.attempts.at(0).attachments;
    EXPECT_FALSE(first.at(0).text);
    EXPECT_EQ(first.at(1).text, "small");
    EXPECT_EQ(outcome->submission.attempts.at(1).attachments.at(0).text, "another");
}

// The commit may turn out to have named the bytes: they must outlive the doubt (DESIGN 10.1).
TEST_F(IntakeTest, ACommitInDoubtKeepsTheBytes) {
    place.open();
    place.store.on_commit = [] { throw store::Broken("sync failed"); };
    EXPECT_THROW((void)submit({sent_file(bytes_of(kLarge))}), InDoubt);
    EXPECT_EQ(place.files(), 1U);
}

struct Letters {
    const char* name;
    std::string letter;
};

const Letters kLetters[] = {{"1 byte", "a"}, {"2 bytes", "é"}, {"3 bytes", "€"}, {"4 bytes", "𝄞"}};

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

// canvas-live-events.md 1.7: an event keeps what every form may show, cut between code points.
TEST_F(IntakeTest, EventsKeepTheStartOfALongText) {
    place.open();
    std::size_t seen = 0;
    for (const auto& [name, letter] : kLetters)
        for (std::size_t shift = 0; shift < 4; ++shift) {
            SCOPED_TRACE(name + std::string(", shifted by ") + std::to_string(shift));
            std::string text(shift, '.');
            for (int i = 0; i < 40'000; ++i)
                text += letter;
            const auto outcome = hand_in(
                place,
                {.person = place.school.student, .attachments = {sent_text(text)}, .piece = 777});
            ASSERT_TRUE(outcome);
            EXPECT_TRUE(outcome->submission.attempts.back().attachments.at(0).text == text);
            const auto start = place.events().at(seen++).event.after.text;
            ASSERT_TRUE(start);
            EXPECT_TRUE(text.starts_with(*start));
            EXPECT_EQ(well_formed_utf8(*start), *start);
            EXPECT_GT(code_points(*start), domain::kEventTextCodePoints);
            EXPECT_LT(start->size(), 5 * domain::kEventTextCodePoints);
        }
}

TEST_F(IntakeTest, EventsKeepAShortTextWhole) {
    place.open();
    const std::string texts[] = {"", "é", "€", "𝄞", "plain", "ends with €", "ends with 𝄞"};
    for (std::size_t i = 0; i < std::size(texts); ++i) {
        ASSERT_TRUE(submit({sent_text(texts[i])}));
        EXPECT_EQ(place.events().at(i).event.after.text, texts[i]);
    }
}

// Asked before a body is read.
TEST_F(IntakeTest, ChecksWhoAndWhere) {
    auto& draft = place.school.add_assignment("draft");
    draft.published = false;
    place.school.add_class(id_of("another class"));
    place.school.add_assignment("elsewhere").class_id = id_of("another class");
    place.open();
    const auto& school = place.school;
    const auto check = [&](const Uuid& person, const Uuid& klass, const Uuid& assignment) {
        const auto admitted =
            run(place.intake->admit(school.actor(person), klass, assignment, std::nullopt));
        return admitted ? std::nullopt : std::optional(admitted.error().reason);
    };
    const auto here = school.class_id;
    const auto essay = school.assignment_id;
    EXPECT_EQ(check(school.student, here, essay), std::nullopt);
    EXPECT_EQ(check(school.tutor, here, essay), std::nullopt);
    EXPECT_EQ(check(school.teacher, here, essay), Reason::not_permitted);
    EXPECT_EQ(check(school.observer, here, essay), Reason::not_permitted);
    EXPECT_EQ(check(school.outsider, here, essay), Reason::not_found);
    EXPECT_EQ(check(school.student, id_of("nowhere"), essay), Reason::not_found);
    EXPECT_EQ(check(school.student, here, id_of("nothing")), Reason::not_found);
    EXPECT_EQ(check(school.student, here, id_of("assignment/draft")), Reason::not_found);
    EXPECT_EQ(check(school.student, here, id_of("assignment/elsewhere")), Reason::not_found);
    auto nobody = school.actor(school.student);
    nobody.person_id.reset();
    EXPECT_FALSE(run(place.intake->admit(nobody, here, essay, std::nullopt)));
}

// DESIGN 6: 503 before reading the body
TEST_F(IntakeTest, ChecksForRoom) {
    place.open({.waiting = 0});
    EXPECT_THROW((void)place.intake->seat(place.school.actor(place.school.student),
                                          place.school.assignment_id, place.clock.now(), {}),
                 Overloaded);
}

// Whose answer was lost is not to be told "later" at the deadline: their work is in.
TEST_F(IntakeTest, ARepeatNeedsNoRoom) {
    place.open();
    const auto& school = place.school;
    const auto student = school.actor(school.student);
    const auto key = service::replay_key(student, "submit", "k");
    ASSERT_TRUE(submit({sent_text("one")}, key));
    service::Committer full(place.store, place.clock, {.waiting = 0});
    service::Intake intake(place.store, place.blobs, full, place.clock);
    const auto admit = [&](std::optional<domain::ReplayKey> with) {
        return run(intake.admit(student, school.class_id, school.assignment_id, with));
    };
    EXPECT_TRUE(admit(key).value()->repeated);
    EXPECT_FALSE(admit(service::replay_key(student, "submit", "another")).value());
    EXPECT_THROW((void)intake.seat(student, school.assignment_id, kNow, std::nullopt), Overloaded);
}

// edlink.md 2.2: a repeat is known before its body is read
TEST_F(IntakeTest, KnowsARepeatBeforeItsBody) {
    place.open();
    const auto& school = place.school;
    const auto student = school.actor(school.student);
    const auto admit = [&](std::string_view key) {
        const auto admitted =
            run(place.intake->admit(student, school.class_id, school.assignment_id,
                                    service::replay_key(student, "submit", key)));
        EXPECT_TRUE(admitted);
        return *admitted;
    };
    EXPECT_FALSE(admit("k"));
    const auto first = submit({sent_text("one")}, service::replay_key(student, "submit", "k"));
    ASSERT_TRUE(first);
    EXPECT_FALSE(admit("another"));
    const auto again = admit("k");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(again->submission.facts.attempts, first->submission.facts.attempts);
    EXPECT_EQ(again->submission.state, SubmissionState::submitted);
    EXPECT_EQ(again->submission.attempts.at(0).attachments.at(0).text, "one");
}

// edlink.md 2.2: who used which key for what
TEST(ReplayKeys, AreApart) {
    const School school;
    const auto student = school.actor(school.student);
    auto elsewhere = student;
    elsewhere.account_id = id_of("another account");
    auto by_another_app = student;
    by_another_app.integration_id = id_of("another integration");
    auto by_itself = student;
    by_itself.integration_id.reset();
    const domain::ReplayKey keys[] = {
        service::replay_key(student, "submit", "k"),
        service::replay_key(student, "submit", "l"),
        service::replay_key(student, "submit", "K"),
        service::replay_key(student, "submit", ""),
        service::replay_key(student, "reclaim", "k"),
        service::replay_key(school.actor(school.other), "submit", "k"),
        service::replay_key(elsewhere, "submit", "k"),
        service::replay_key(by_another_app, "submit", "k"),
        service::replay_key(by_itself, "submit", "k"),
    };
    for (std::size_t i = 0; i < std::size(keys); ++i)
        for (std::size_t j = 0; j < std::size(keys); ++j)
            EXPECT_EQ(keys[i] == keys[j], i == j) << i << " " << j;
    EXPECT_EQ(service::replay_key(student, "submit", "k"), keys[0]);
}

}  // namespace
}  // namespace handin::test
