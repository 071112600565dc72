// What those who grade do to a submission: grades, returns, dates, attempts, posting.
#include <gtest/gtest.h>

#include "domain/comment.hpp"
#include "domain/dates.hpp"
#include "domain/desk.hpp"
#include "domain/marking.hpp"
#include "domain/scene.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::DateChange;
using domain::LateStatus;
using domain::NewGrade;
using domain::Reason;
using domain::SubmissionState;

class Marking : public ::testing::Test {
 protected:
    Desk desk;

    domain::MarkSubmission mark() const { return mark_of(desk.school, desk.school.student); }
    domain::MarkSubmission grade(const std::string& text) const {
        auto command = mark();
        command.grade = NewGrade{.text = text};
        return command;
    }
    domain::Submission row() const { return *desk.row(desk.school.student); }
    domain::Marking marking() const { return row().marking; }
};

TEST_F(Marking, AGradeNamesTheAttemptItJudges) {
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.run(grade("8.5")));
    const auto first = *marking().grade;
    EXPECT_EQ(first.attempt, 1U);
    EXPECT_EQ(first.entered, (domain::Judgement{8.5, "8.5"}));
    EXPECT_EQ(first.counted, first.entered);
    EXPECT_EQ(first.grader->id, desk.school.teacher);
    EXPECT_EQ(first.grader->number, desk.school.person(desk.school.teacher).number);
    EXPECT_EQ(first.graded_at, desk.now);
    EXPECT_EQ(canvas_state_of(row()), domain::CanvasState::graded);

    // canvas-live-events.md 4.4: a resubmission keeps the grade, which judges the work before
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(*marking().grade, first);
    EXPECT_EQ(canvas_state_of(row()), domain::CanvasState::submitted);
    auto again = grade("9");
    again.grade->attempt = 1;
    ASSERT_TRUE(desk.run(again));
    EXPECT_EQ(marking().grade->attempt, 1U);
    EXPECT_EQ(canvas_state_of(row()), domain::CanvasState::submitted);
}

// canvas-live-events.md 4.3, by a class's policy: 10 % a day of 10 points
TEST_F(Marking, LatenessCostsPoints) {
    desk.school.klass().late_policy = {.late_enabled = true, .late_deduction = 10};
    desk.school.assignment().due_at = kNow - 25h;
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.run(grade("9")));
    EXPECT_EQ(marking().grade->entered.score, 9);
    EXPECT_EQ(marking().grade->counted, (domain::Judgement{7, "7"}));

    // Words about lateness are over the dates, and the score follows (4.2, 4.3 "recomputed").
    auto late = mark();
    late.late = domain::NewLateStatus{LateStatus::late, 1s};
    ASSERT_TRUE(desk.run(late));
    EXPECT_EQ(marking().grade->counted.score, 8);
    late.late = domain::NewLateStatus{LateStatus::none};
    ASSERT_TRUE(desk.run(late));
    EXPECT_EQ(marking().grade->counted.score, 9);
    late.late = domain::NewLateStatus{};
    ASSERT_TRUE(desk.run(late));
    EXPECT_EQ(marking().grade->counted.score, 7);

    // More time given afterwards takes the deduction back.
    auto extend = mark();
    extend.dates = domain::NewDates{.due = DateChange::to(kNow)};
    ASSERT_TRUE(desk.run(extend));
    EXPECT_EQ(marking().grade->counted.score, 9);
    EXPECT_EQ(marking().grade->entered.score, 9);

    // 4.4: words about lateness were about the work before.
    late.late = domain::NewLateStatus{LateStatus::late, 1s};
    ASSERT_TRUE(desk.run(late));
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_FALSE(marking().late_status);
    EXPECT_EQ(marking().late_by, 0s);
}

// 4.3 "missing"
TEST_F(Marking, MissingByWordScoresAsTheClassSays) {
    desk.school.klass().late_policy = {.missing_enabled = true, .missing_deduction = 75};
    auto missing = mark();
    missing.late = domain::NewLateStatus{LateStatus::missing};
    ASSERT_TRUE(desk.run(missing));
    EXPECT_EQ(marking().grade->counted.score, 2.5);
    EXPECT_EQ(canvas_state_of(row()), domain::CanvasState::graded);
    EXPECT_TRUE(flags_of(row(), desk.school.assignment(), desk.now).missing);
}

TEST_F(Marking, ExcusingTakesTheScoreAndIsTakenBackByAGrade) {
    ASSERT_TRUE(desk.run(grade("8")));
    auto excuse = mark();
    excuse.grade = NewGrade{.kind = NewGrade::Kind::excused};
    const auto excused = desk.run(excuse);
    ASSERT_TRUE(excused);
    EXPECT_TRUE(excused->flags.excused);
    EXPECT_TRUE(marking().grade->counted.empty());
    EXPECT_TRUE(is_grading_complete(row()));
    ASSERT_TRUE(desk.run(grade("5")));
    EXPECT_FALSE(marking().excused);
    EXPECT_EQ(marking().grade->counted.score, 5);
    excuse.grade->kind = NewGrade::Kind::not_excused;
    ASSERT_TRUE(desk.run(excuse));
    EXPECT_EQ(marking().grade->counted.score, 5);
    excuse.grade->kind = NewGrade::Kind::excused;
    ASSERT_TRUE(desk.run(excuse));
    excuse.grade->kind = NewGrade::Kind::not_excused;
    ASSERT_TRUE(desk.run(excuse));
    EXPECT_FALSE(marking().excused);
}

struct FlagCase {
    const char* row;
    bool late_by_dates, excused_before;
    std::optional<LateStatus> before;
    domain::WantedFlags wanted;
    bool excused;
    std::optional<LateStatus> after;
};

// edlink.md 3.1, 6.1: one flag, excused before missing before late; what is so already stays
const FlagCase kFlags[] = {
    {"none, and none", false, false, {}, {}, false, {}},
    {"late by dates, echoed", true, false, {}, {.late = true}, false, {}},
    {"late by dates, taken away", true, false, {}, {}, false, LateStatus::none},
    {"on time, late by word", false, false, {}, {.late = true}, false, LateStatus::late},
    {"late by word, echoed",
     false,
     false,
     LateStatus::late,
     {.late = true},
     false,
     LateStatus::late},
    {"late by word, taken away", false, false, LateStatus::late, {}, false, LateStatus::none},
    {"missing by word", false, false, {}, {.missing = true}, false, LateStatus::missing},
    {"missing before late",
     true,
     false,
     {},
     {.missing = true, .late = true},
     false,
     LateStatus::missing},
    {"excused before all", true, false, {}, {.excused = true, .missing = true}, true, {}},
    {"excused, echoed", true, true, {}, {.excused = true}, true, {}},
    {"no longer excused", true, true, {}, {.late = true}, false, {}},
    {"nor late", true, true, {}, {}, false, LateStatus::none},
};

TEST(MarkingFlags, Table) {
    for (const auto& c : kFlags) {
        Desk desk;
        if (c.late_by_dates) desk.school.assignment().due_at = kNow - 1h;
        auto row = desk.submit(desk.school.student)->submission;
        row.marking.excused = c.excused_before;
        row.marking.late_status = c.before;
        desk.put(row);
        auto command = mark_of(desk.school, desk.school.student);
        command.flags = c.wanted;
        const auto outcome = desk.run(command);
        ASSERT_TRUE(outcome) << c.row;
        EXPECT_EQ(outcome->submission.marking.excused, c.excused) << c.row;
        EXPECT_EQ(outcome->submission.marking.late_status, c.after) << c.row;
    }
}

// The same PATCH again leaves it as it is.
TEST_F(Marking, ExcusedBesideAGradeStaysExcused) {
    auto command = grade("8");
    command.flags = domain::WantedFlags{.excused = true};
    for (int i = 0; i < 3; ++i) {
        const auto outcome = desk.run(command);
        ASSERT_TRUE(outcome);
        EXPECT_EQ(outcome->unchanged, i > 0);
        EXPECT_TRUE(marking().excused);
        EXPECT_TRUE(marking().grade->counted.empty());
    }
}

// Flags are about what the command makes of the submission, not about what it was.
TEST_F(Marking, FlagsAreJudgedByWhatElseTheCommandDoes) {
    auto& school = desk.school;
    school.assignment().due_at = kNow - 1h;
    ASSERT_TRUE(desk.submit(school.student));
    auto more_time = mark();
    more_time.dates = domain::NewDates{.due = DateChange::to(kNow + 1h)};
    more_time.flags = domain::WantedFlags{};
    ASSERT_TRUE(desk.run(more_time));
    EXPECT_FALSE(marking().late_status);  // it is on time anyway

    auto less_time = mark();
    less_time.dates = domain::NewDates{.due = DateChange{}};
    less_time.flags = domain::WantedFlags{};
    const auto outcome = desk.run(less_time);
    ASSERT_TRUE(outcome);
    EXPECT_EQ(marking().late_status, LateStatus::none);  // else it would be late
    EXPECT_FALSE(outcome->flags.late);

    // Who is graded is not missing any more, unless somebody says so.
    const auto grade_other = [&](bool missing) {
        auto command = mark_of(school, school.other);
        command.grade = NewGrade{.text = "3"};
        command.flags = domain::WantedFlags{.missing = missing};
        const auto done = desk.run(command);
        EXPECT_TRUE(done);
        EXPECT_EQ(done->flags.missing, missing);
        return done->submission.marking.late_status;
    };
    EXPECT_FALSE(grade_other(false));
    EXPECT_EQ(grade_other(true), LateStatus::missing);
}

// canvas-live-events.md 2.3 "grade cleared": the state stays
TEST_F(Marking, ClearingAGrade) {
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.run(grade("8")));
    ASSERT_TRUE(desk.run(grade("")));
    EXPECT_TRUE(marking().grade->counted.empty());
    EXPECT_EQ(canvas_state_of(row()), domain::CanvasState::graded);
    EXPECT_FALSE(is_grading_complete(row()));
}

// canvas-live-events.md 4.6 "posted_at = graded_at unless manual"
TEST_F(Marking, Posting) {
    ASSERT_TRUE(desk.run(grade("8")));
    const auto first = desk.now;
    EXPECT_EQ(marking().posted_at, first);
    desk.now += 1h;
    ASSERT_TRUE(desk.run(grade("9")));
    EXPECT_EQ(marking().posted_at, first);

    auto post = mark();
    post.post = false;
    ASSERT_TRUE(desk.run(post));
    EXPECT_FALSE(marking().posted_at);
    desk.school.assignment().rules.posting = domain::PostPolicy::manual;
    desk.forget();
    ASSERT_TRUE(desk.run(grade("9.5")));
    EXPECT_FALSE(marking().posted_at);
    post.post = true;
    ASSERT_TRUE(desk.run(post));
    EXPECT_EQ(marking().posted_at, desk.now);
}

// edlink.md 3.6, 6.2 "a separate return step to publish a grade"
TEST_F(Marking, ReturningShowsTheGradeAndEndsWithTheNextAttempt) {
    desk.school.assignment().rules.posting = domain::PostPolicy::manual;
    auto give_back = grade("7");
    give_back.give_back = true;
    ASSERT_TRUE(desk.submit(desk.school.student));
    const auto returned = desk.run(give_back);
    ASSERT_TRUE(returned);
    EXPECT_EQ(state_of(returned->submission), SubmissionState::returned);
    EXPECT_EQ(marking().posted_at, desk.now);
    EXPECT_EQ(reasons(desk.reclaim(desk.school.student)), std::vector{Reason::nothing_to_reclaim});
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(state_of(row()), SubmissionState::submitted);

    // A second return of the same is no change.
    auto plain = mark();
    plain.give_back = true;
    ASSERT_TRUE(desk.run(plain));
    const auto version = row().version;
    const auto again = desk.run(plain);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->changes.events.empty());
    EXPECT_TRUE(again->changes.submissions.empty());
    EXPECT_EQ(row().version, version);
}

// edlink.md 3.6 "attempt limit"
TEST_F(Marking, ExtraAttempts) {
    desk.school.assignment().max_attempts = 1;
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::attempts_used_up});
    auto more = mark();
    more.extra_attempts = 1;
    ASSERT_TRUE(desk.run(more));
    EXPECT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::attempts_used_up});
}

TEST_F(Marking, DatesOfOnesOwn) {
    auto& assignment = desk.school.assignment();
    assignment.due_at = kNow - 2h;
    assignment.close_at = kNow - 1h;
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::closed});
    auto extend = mark();
    extend.dates = domain::NewDates{.due = DateChange::to(kNow + 1h)};
    ASSERT_TRUE(desk.run(extend));
    EXPECT_EQ(marking().dates.close, DateChange::to(kNow + 1h));  // goes along
    const auto outcome = desk.submit(desk.school.student);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->flags.late);
    EXPECT_EQ(reasons(desk.submit(desk.school.other)), std::vector{Reason::closed});

    extend.dates = domain::NewDates{.due = DateChange{}};  // as the assignment has it
    const auto back = desk.run(extend);
    ASSERT_TRUE(back);
    EXPECT_EQ(marking().dates, domain::OwnDates{});
    EXPECT_TRUE(back->flags.late);
}

// tabula.md 4.2 R4 and R6, 4.4
TEST_F(Marking, AnExtensionOpensWhatIsClosed) {
    auto& assignment = desk.school.assignment();
    assignment.due_at = kNow - 1h;
    assignment.rules.late_allowed = false;
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::closed});
    auto extend = mark();
    extend.dates =
        domain::NewDates{.extension = domain::Extension{.id = id_of("extension"),
                                                        .assignment_id = assignment.id,
                                                        .person_id = desk.school.student,
                                                        .state = domain::Extension::State::approved,
                                                        .until = kNow + 1s}};
    ASSERT_TRUE(desk.run(extend));
    const auto outcome = desk.submit(desk.school.student);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->flags.late);
    EXPECT_TRUE(outcome->flags.authorised_late);
}

// tabula.md 4.2 R6
TEST_F(Marking, LateWorkAgainIsRefusedWhereTheAssignmentSaysSo) {
    auto& assignment = desk.school.assignment();
    assignment.due_at = kNow - 1h;
    assignment.rules.again_only_on_time = true;
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::late_again});
}

struct Refused {
    const char* row;
    void (*arrange)(Desk&, domain::MarkSubmission&);
    Reason reason;
    const char* field;
};

const Refused kRefused[] = {
    {"a student", [](Desk& d, auto& c) { c.actor = d.school.actor(d.school.student); },
     Reason::not_permitted, ""},
    {"an observer", [](Desk& d, auto& c) { c.actor = d.school.actor(d.school.observer); },
     Reason::not_permitted, ""},
    {"an outsider", [](Desk& d, auto& c) { c.actor = d.school.actor(d.school.outsider); },
     Reason::not_found, "class_id"},
    {"an administrator's token",
     [](Desk&, auto& c) {
         c.actor.person_id.reset();
         c.actor.kind = domain::Token::Kind::admin;
     },
     Reason::not_permitted, ""},
    {"another school", [](Desk&, auto& c) { c.actor.account_id = id_of("elsewhere"); },
     Reason::not_found, "class_id"},
    {"no such assignment", [](Desk&, auto& c) { c.assignment_id = id_of("none"); },
     Reason::not_found, "assignment_id"},
    {"a teacher's work", [](Desk& d, auto& c) { c.person_id = d.school.teacher; },
     Reason::not_found, "submission_id"},
    {"not assigned", [](Desk& d, auto&) { d.school.assignment().everybody = false; },
     Reason::not_found, "submission_id"},
    {"canvas 4.5: no grade", [](Desk&, auto& c) { c.grade = NewGrade{.text = "splendid"}; },
     Reason::grade_not_valid, "grade"},
    {"canvas 4.5: not graded",
     [](Desk& d, auto& c) {
         d.school.assignment().rules.grading = domain::GradingType::not_graded;
         c.grade = NewGrade{.text = "1"};
     },
     Reason::not_graded, "grade"},
    {"no such attempt", [](Desk&, auto& c) { c.grade = NewGrade{.text = "1", .attempt = 1}; },
     Reason::no_such_attempt, "attempt"},
    {"fewer than none", [](Desk&, auto& c) { c.extra_attempts = -1; }, Reason::number_not_valid,
     "extra_attempts"},
    {"more than there can be", [](Desk&, auto& c) { c.extra_attempts = 501; },
     Reason::number_not_valid, "extra_attempts"},
    {"early by word", [](Desk&, auto& c) { c.late = {LateStatus::late, -1s}; },
     Reason::number_not_valid, "seconds_late"},
    {"due before it is taken",
     [](Desk&, auto& c) {
         c.dates = domain::NewDates{.open = DateChange::to(kNow), .due = DateChange::to(kNow - 1s)};
     },
     Reason::dates_not_valid, "dates"},
    {"closed before it is due",
     [](Desk&, auto& c) {
         c.dates =
             domain::NewDates{.due = DateChange::to(kNow), .close = DateChange::to(kNow - 1s)};
     },
     Reason::dates_not_valid, "dates"},
    {"an extension without an end",
     [](Desk&, auto& c) {
         c.dates = domain::NewDates{
             .extension = domain::Extension{.state = domain::Extension::State::approved}};
     },
     Reason::dates_not_valid, "extension"},
    {"edlink 3.6: return from created", [](Desk&, auto& c) { c.give_back = true; },
     Reason::nothing_to_return, ""},
    {"an empty comment", [](Desk&, auto& c) { c.comment = domain::NewComment{.text = " "}; },
     Reason::comment_empty, "comment"},
    {"too long a comment",
     [](Desk&, auto& c) {
         c.comment = domain::NewComment{.text = std::string(domain::kCommentBytes + 1, 'x')};
     },
     Reason::comment_too_long, "comment"},
};

TEST(MarkingRefusals, Table) {
    for (const auto& c : kRefused) {
        Desk desk;
        auto command = mark_of(desk.school, desk.school.student);
        c.arrange(desk, command);
        const auto outcome = desk.run(command);
        EXPECT_EQ(reasons(outcome), std::vector{c.reason}) << c.row;
        EXPECT_EQ(fields(outcome), std::vector<std::string>{c.field}) << c.row;
        EXPECT_FALSE(desk.row(desk.school.student)) << c.row;
    }
}

// edlink.md 3.6: who has taken the work back has nothing to be given
TEST(MarkingRefusals, ReturnOfReclaimedWork) {
    Desk desk;
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.reclaim(desk.school.student));
    auto command = mark_of(desk.school, desk.school.student);
    command.give_back = true;
    EXPECT_EQ(reasons(desk.run(command)), std::vector{Reason::nothing_to_return});
}

// edlink.md 1.3: an integration grades without a role; nobody is named as the grader
TEST_F(Marking, ByAnIntegration) {
    auto command = grade("6");
    command.actor.kind = domain::Token::Kind::integration;
    command.actor.person_id.reset();
    ASSERT_TRUE(desk.run(command));
    EXPECT_FALSE(marking().grade->grader);
}

// DESIGN 10.2: a repeat is answered as the first time, whatever has happened since.
TEST_F(Marking, Repeats) {
    ASSERT_TRUE(desk.submit(desk.school.student));
    auto first = grade("6");
    first.replay_key = key_of("first");
    const auto answer = desk.run(first);
    ASSERT_TRUE(answer);
    auto second = grade("7");
    second.replay_key = key_of("second");
    second.extra_attempts = 2;
    ASSERT_TRUE(desk.run(second));
    ASSERT_TRUE(desk.submit(desk.school.student));

    const auto again = desk.run(first);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->repeated);
    EXPECT_TRUE(same(again->changes, domain::Changes{}));
    EXPECT_EQ(again->submission.marking, answer->submission.marking);
    EXPECT_EQ(again->submission.attempts, answer->submission.attempts);
    EXPECT_EQ(desk.run(second)->submission.marking.extra_attempts, 2);

    // Forgotten together with their keys.
    desk.now += std::chrono::days(31);
    ASSERT_TRUE(desk.submit(desk.school.student));
    EXPECT_TRUE(row().replays.empty());
    EXPECT_TRUE(row().marked_replays.empty());
}

// Rows stay small, however much is said with keys: how many comments there were tells which.
TEST_F(Marking, RepeatsRememberHowManyCommentsThereWere) {
    const auto say = [&](int nth) {
        auto command = mark();
        command.comment = domain::NewComment{.id = id_of("c" + std::to_string(nth)),
                                             .text = "comment " + std::to_string(nth)};
        command.replay_key = key_of("say " + std::to_string(nth));
        return desk.run(command);
    };
    std::vector<domain::Submission> answers;
    for (int nth = 0; nth < 5; ++nth) {
        const auto answer = say(nth);
        ASSERT_TRUE(answer);
        answers.push_back(answer->submission);
    }
    for (int nth = 0; nth < 5; ++nth) {
        const auto again = say(nth);
        ASSERT_TRUE(again && again->repeated);
        EXPECT_EQ(again->submission.marking, answers[static_cast<std::size_t>(nth)].marking);
    }
    for (const auto& each : row().marked_replays)
        EXPECT_TRUE(each.marking.comments.empty());
}

// Those who grade cannot make a row grow without bound, nor push out what the student has done.
TEST_F(Marking, RemembersTheLastKeysOnly) {
    ASSERT_TRUE(desk.run(grade("6")));
    auto submit = submit_of(desk.school, desk.school.student);
    submit.replay_key = key_of("submit");
    const auto handed_in = desk.run(submit);
    ASSERT_TRUE(handed_in);
    const auto press = [&](std::size_t nth) {
        auto command = nth % 2 == 0 ? grade("7") : mark();  // also those that change nothing
        command.replay_key = key_of(std::to_string(nth));
        const auto outcome = desk.run(command);
        return outcome && outcome->repeated;
    };
    for (std::size_t nth = 0; nth <= domain::kMostMarkKeys; ++nth)
        EXPECT_FALSE(press(nth));
    EXPECT_EQ(row().replays.size(), domain::kMostMarkKeys + 1);
    EXPECT_EQ(row().marked_replays.size(), domain::kMostMarkKeys + 1);
    EXPECT_TRUE(press(domain::kMostMarkKeys));
    EXPECT_TRUE(press(1));
    const auto again = desk.run(submit);
    ASSERT_TRUE(again && again->repeated);
    EXPECT_EQ(again->submission.marking, handed_in->submission.marking);
    EXPECT_FALSE(press(0));  // the oldest has gone
    EXPECT_FALSE(press(1));
}

// A repeat of a submit shows no grade that was given later.
TEST_F(Marking, RepeatedSubmitsShowWhatWasThen) {
    auto submit = submit_of(desk.school, desk.school.student);
    submit.replay_key = key_of("submit");
    ASSERT_TRUE(desk.run(submit));
    ASSERT_TRUE(desk.run(grade("6")));
    const auto again = desk.run(submit);
    ASSERT_TRUE(again && again->repeated);
    EXPECT_EQ(again->submission.marking, domain::Marking{});
}

// Work that was never handed in can be marked; a repeat shows that, too.
TEST_F(Marking, RepeatsWithoutWork) {
    auto command = grade("6");
    command.replay_key = key_of("k");
    ASSERT_TRUE(desk.run(command));
    EXPECT_FALSE(desk.run(command)->submission.submitted_at);
}

// DESIGN 10.2: a late repeat of what changed nothing must not undo what came between.
TEST_F(Marking, AKeyIsRememberedAlsoWhereNothingChanges) {
    ASSERT_TRUE(desk.submit(desk.school.student));
    auto clear = grade("");
    const auto without_key = desk.run(clear);
    ASSERT_TRUE(without_key);
    EXPECT_TRUE(without_key->unchanged);
    clear.replay_key = key_of("clear");
    const auto first = desk.run(clear);
    ASSERT_TRUE(first);
    EXPECT_FALSE(first->unchanged);
    EXPECT_TRUE(first->changes.events.empty());
    ASSERT_TRUE(desk.run(grade("8")));
    const auto again = desk.run(clear);
    ASSERT_TRUE(again && again->repeated);
    EXPECT_EQ(marking().grade->counted.score, 8);
}

TEST_F(Marking, DatesSayNothingOfEarlierWork) {
    desk.school.klass().late_policy = {.late_enabled = true, .late_deduction = 10};
    desk.school.assignment().due_at = kNow - 25h;
    ASSERT_TRUE(desk.submit(desk.school.student));
    ASSERT_TRUE(desk.run(grade("9")));
    ASSERT_TRUE(desk.submit(desk.school.student));
    auto extend = mark();
    extend.dates = domain::NewDates{.due = DateChange::to(kNow + 1h)};
    ASSERT_TRUE(desk.run(extend));
    EXPECT_EQ(marking().grade->counted.score, 7);
}

// What is given back without a grade keeps the grade that comes later from being seen.
TEST_F(Marking, ReturningPostsOnlyAGradeThatThereIs) {
    desk.school.assignment().rules.posting = domain::PostPolicy::manual;
    ASSERT_TRUE(desk.submit(desk.school.student));
    auto give_back = mark();
    give_back.give_back = true;
    ASSERT_TRUE(desk.run(give_back));
    EXPECT_FALSE(marking().posted_at);
    ASSERT_TRUE(desk.run(grade("3")));
    EXPECT_FALSE(marking().posted_at);
}

TEST(NthId, CountsUpwards) {
    const auto first = *Uuid::parse("01000000-0000-7000-8000-0000000000ff");
    EXPECT_EQ(domain::nth_id(first, 0), first);
    EXPECT_EQ(domain::nth_id(first, 1).str(), "01000000-0000-7000-8000-000000000100");
    EXPECT_EQ(domain::nth_id(first, 0x10000).str(), "01000000-0000-7000-8000-0000000100ff");
}

}  // namespace
}  // namespace handin::test
