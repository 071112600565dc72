// Work that somebody hands in for a student (tabula.md 3.3, 4.2 to 4.4), whoever has asked before
// whether they may.
#include <gtest/gtest.h>

#include <algorithm>

#include "domain/desk.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Reason;
using domain::Resubmission;

domain::Actor api_user(const School& school) {
    return {.kind = domain::Token::Kind::application,
            .account_id = school.account_id,
            .person_id = {},
            .integration_id = {},
            .integration_number = {},
            .api_user_id = id_of("api user")};
}

domain::Submit for_student(const School& school, const Uuid& person,
                           Attachments attachments = list(a_file())) {
    auto command = submit_of(school, person, std::move(attachments));
    command.actor = api_user(school);
    command.origin = domain::Origin::tabula;
    command.policy = {.files_only = true,
                      .distinct_names = true,
                      .replace_only_on_time = true,
                      .declared = domain::Declarations{}};
    command.on_behalf = domain::OnBehalf{};
    return command;
}

std::vector<Reason> reasons_of(const Outcome& outcome) {
    std::vector<Reason> reasons;
    if (!outcome)
        for (const auto& refusal : outcome.error())
            reasons.push_back(refusal.reason);
    std::ranges::sort(reasons);
    return reasons;
}

struct Row {
    const char* name;
    bool existing;
    bool again;   // allowResubmission
    bool closed;  // the due date has passed
    bool within;  // an extension
    bool late;    // allowLateSubmissions
    std::vector<Reason> refused;
    bool is_late = false;
    bool authorised = false;
};

// tabula.md 4.2 "Acceptance matrix", line by line
const Row kMatrix[] = {
    {"1", false, true, false, false, true, {}},
    {"2", false, true, true, true, false, {}, false, true},
    {"3", false, true, true, false, true, {}, true},
    {"4", false, true, true, false, false, {Reason::closed}},
    {"5", true, false, false, false, true, {Reason::already_submitted}},
    {"6", true, false, true, false, false, {Reason::closed, Reason::already_submitted}},
    {"7", true, true, false, false, true, {}},
    {"8", true, true, true, true, true, {}, false, true},
    {"9", true, true, true, false, true, {Reason::late_again}},
    {"10", true, true, true, false, false, {Reason::closed}},
};

TEST(OnBehalf, AcceptanceMatrix) {
    for (const auto& row : kMatrix) {
        SCOPED_TRACE(row.name);
        Desk desk;
        const auto student = desk.school.student;
        if (row.existing) {
            ASSERT_TRUE(desk.run(for_student(desk.school, student)));
        }
        auto& assignment = desk.school.assignment();
        assignment.due_at = row.closed ? kNow - 1min : kNow + 1min;
        assignment.rules.late_allowed = row.late;
        assignment.resubmission = row.again ? Resubmission::open : Resubmission::none;
        desk.forget();
        auto extended =
            desk.row(student).value_or(domain::untouched(assignment, student, desk.school.founded));
        if (row.within) {
            extended.marking.extension =
                domain::Extension{.id = id_of("extension"),
                                  .assignment_id = assignment.id,
                                  .person_id = student,
                                  .state = domain::Extension::State::approved,
                                  .until = kNow + 1h};
            desk.put(extended);
        }
        const auto outcome = desk.run(for_student(desk.school, student));
        auto wanted = row.refused;
        std::ranges::sort(wanted);
        EXPECT_EQ(reasons_of(outcome), wanted);
        if (!outcome) continue;
        EXPECT_EQ(outcome->submission.attempts.size(), row.existing ? 2U : 1U);
        EXPECT_EQ(outcome->flags.late, row.is_late);
        EXPECT_EQ(outcome->flags.authorised_late, row.authorised);
        EXPECT_EQ(outcome->changes.events.size(), 1U);
    }
}

// What was taken back through another API is no work that there is (DESIGN 5.1a).
TEST(OnBehalf, AfterAReclaimThereIsNothingToReplace) {
    Desk desk;
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.reclaim(desk.school.student));
    desk.school.assignment().due_at = kNow - 1min;
    desk.forget();
    EXPECT_TRUE(desk.run(for_student(desk.school, desk.school.student)));
}

// S10: who is no student of the class hands in all the same, and is remembered.
TEST(OnBehalf, NotEnrolled) {
    Desk desk;
    for (const auto& person : {desk.school.outsider, desk.school.teacher}) {
        const auto outcome = desk.run(for_student(desk.school, person));
        ASSERT_TRUE(outcome);
        ASSERT_EQ(outcome->changes.participants.size(), 1U);
        EXPECT_EQ(outcome->changes.participants.front().person_id, person);
    }
    const auto outcome = desk.run(for_student(desk.school, desk.school.student));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->changes.participants.empty());
}

TEST(OnBehalf, OnlyWithLeave) {
    Desk desk;
    auto command = for_student(desk.school, desk.school.student);
    command.on_behalf.reset();
    EXPECT_EQ(reasons_of(desk.run(command)), std::vector{Reason::not_permitted});
}

TEST(OnBehalf, OfAnotherSchoolNobodyIsThere) {
    Desk desk;
    auto command = for_student(desk.school, desk.school.student);
    command.actor.account_id = id_of("another school");
    EXPECT_EQ(reasons_of(desk.run(command)), std::vector{Reason::not_found});
}

struct WorkCase {
    const char* name;
    domain::FileRules files;
    domain::WordCountRule words;
    domain::Disability disability;
    domain::Declarations declared;
    std::vector<std::string> titles;
    std::vector<Reason> refused;
};

TEST(OnBehalf, AllThatIsWrongWithTheWork) {
    const domain::FileRules two{.most = 2, .types = {"txt"}, .bytes = 3};
    const domain::WordCountRule words{.minimum = 3, .maximum = 10};
    constexpr auto none = domain::Disability::none;
    constexpr auto reportable = domain::Disability::reportable;
    const WorkCase cases[] = {
        {"nothing asked", {}, {}, none, {}, {"a", "b"}, {}},
        {"F1", two, {}, none, {}, {}, {Reason::nothing_attached}},
        {"F2", {.most = 1}, {}, none, {}, {"a", "b"}, {Reason::files_too_many}},
        {"F4", {.minimum = 2}, {}, none, {}, {"a"}, {Reason::files_too_few}},
        {"F5", {}, {}, none, {}, {"a.doc", "A.doc"}, {Reason::file_name_twice}},
        // "hello\n" has more than 3 bytes
        {"F6, F8",
         two,
         {},
         none,
         {},
         {"a.doc"},
         {Reason::file_type_not_taken, Reason::file_too_big}},
        {"R8", {}, words, none, {}, {"a"}, {Reason::word_count_missing}},
        {"R9", {}, words, none, {.word_count = 11}, {"a"}, {Reason::word_count_out_of_range}},
        {"W3", {}, words, none, {.word_count = 10}, {"a"}, {}},
        {"W5", {}, {}, none, {.word_count = 3000}, {"a"}, {}},
        {"R10", {}, {}, reportable, {}, {"a"}, {Reason::disability_not_chosen}},
        {"R10 said", {}, {}, reportable, {.use_disability = false}, {"a"}, {}},
        {"S9",
         two,
         words,
         reportable,
         {},
         {},
         {Reason::nothing_attached, Reason::word_count_missing, Reason::disability_not_chosen}},
    };
    for (const auto& c : cases) {
        SCOPED_TRACE(c.name);
        Desk desk;
        desk.school.assignment().rules.files = c.files;
        desk.school.assignment().rules.word_count = c.words;
        for (auto& person : desk.school.rows.people)
            person.disability = c.disability;
        Attachments attachments;
        for (const auto& title : c.titles)
            attachments.emplace_back(a_file()).attachment.title = title;
        auto command = for_student(desk.school, desk.school.student, std::move(attachments));
        command.policy.declared = c.declared;
        const auto outcome = desk.run(command);
        auto wanted = c.refused;
        std::ranges::sort(wanted);
        EXPECT_EQ(reasons_of(outcome), wanted);
        if (!outcome) continue;
        const auto note = note_on(outcome->submission.marking.notes, 1);
        EXPECT_EQ(note.declared.word_count, c.words.asked() ? c.declared.word_count : std::nullopt);
        EXPECT_EQ(note.declared.use_disability, c.declared.use_disability);
    }
}

// What an API that asks for no such thing hands in is not refused for want of it; files are files.
TEST(OnBehalf, OtherApisAreAskedForFilesOnly) {
    Desk desk;
    auto& rules = desk.school.assignment().rules;
    rules.word_count = {.minimum = 3};
    rules.files = {.types = {"pdf"}};
    for (auto& person : desk.school.rows.people)
        person.disability = domain::Disability::reportable;
    EXPECT_EQ(reasons_of(desk.submit(desk.school.student)),
              std::vector{Reason::file_type_not_taken});
    rules.files = {};
    desk.forget();
    EXPECT_TRUE(desk.submit(desk.school.student));
}

// tabula.md 4.4: a deadline of its own takes the place of the due date.
TEST(OnBehalf, ADeadlineOfItsOwn) {
    Desk desk;
    desk.school.assignment().due_at = kNow + 24h;
    auto command = for_student(desk.school, desk.school.student);
    command.submitted_at = kNow;
    command.on_behalf->deadline = kNow - 2min;
    const auto outcome = desk.run(command);
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->flags.late);
    EXPECT_EQ(outcome->submission.submitted_at, kNow);
}

// A repeat is answered with what was declared then.
TEST(OnBehalf, ARepeatAfterAnotherAttempt) {
    Desk desk;
    desk.school.assignment().rules.word_count = {.minimum = 1};
    const auto with = [&](std::int64_t words, const char* key) {
        auto command = for_student(desk.school, desk.school.student);
        command.policy.declared->word_count = words;
        command.replay_key = key_of(key);
        return desk.run(command);
    };
    ASSERT_TRUE(with(150, "first"));
    ASSERT_TRUE(with(200, "second"));
    const auto again = with(150, "first");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    ASSERT_EQ(again->submission.marking.notes.size(), 1U);
    EXPECT_EQ(note_on(again->submission.marking.notes, 1).declared.word_count, 150);
}

// --- notes ---------------------------------------------------------------------------------------

domain::NoteAttempt note_of(const School& school, const Uuid& person, const Uuid& attempt) {
    return {.actor = api_user(school),
            .class_id = school.class_id,
            .assignment_id = school.assignment_id,
            .person_id = person,
            .attempt_id = attempt};
}

TEST(NoteAttempt, IsOfTheAttemptThatCounts) {
    Desk desk;
    const auto student = desk.school.student;
    ASSERT_TRUE(desk.run(for_student(desk.school, student)));
    const auto first = desk.row(student)->attempts.back();
    auto note = note_of(desk.school, student, first);
    note.plagiarism = domain::Plagiarism::suspected;
    note.downloaded = true;
    note.reports = {{id_of("file"), {.overlap = 38}}};
    const auto noted = desk.run(note);
    ASSERT_TRUE(noted);
    EXPECT_TRUE(noted->changes.events.empty());
    const auto said = note_on(desk.row(student)->marking.notes, 1);
    EXPECT_TRUE(is_suspected(said.plagiarism));
    EXPECT_TRUE(said.downloaded);
    ASSERT_EQ(said.reports.size(), 1U);
    EXPECT_EQ(domain::similarity_of(said.reports.front().report.overlap), 2);

    EXPECT_TRUE(desk.run(note)->unchanged) << "the same again is no news";
    note.reports.clear();
    note.removed_reports = {id_of("file")};
    ASSERT_TRUE(desk.run(note));
    EXPECT_TRUE(note_on(desk.row(student)->marking.notes, 1).reports.empty());

    // A new attempt has none of it, and of the old one nothing is said any more.
    ASSERT_TRUE(desk.run(for_student(desk.school, student)));
    EXPECT_TRUE(note_on(desk.row(student)->marking.notes, 2).empty());
    EXPECT_EQ(reasons_of(desk.run(note)), std::vector{Reason::no_such_attempt});
}

TEST(AttemptNotes, AreKeptInOrderAndWithoutEmptyOnes) {
    domain::AttemptNotes notes;
    put_note(notes, {.attempt = 3, .downloaded = true});
    put_note(notes, {.attempt = 1, .downloaded = true});
    put_note(notes, {.attempt = 2});
    ASSERT_EQ(notes.size(), 2U);
    EXPECT_EQ(notes.front().attempt, 1U);
    EXPECT_TRUE(note_on(notes, 2).empty());
    put_note(notes, {.attempt = 1});
    EXPECT_EQ(notes.size(), 1U);
}

}  // namespace
}  // namespace handin::test
