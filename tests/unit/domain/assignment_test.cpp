// Setting, changing and taking away assignments (edlink.md 2.4, 3.4, 4.1; canvas-live-events.md
// 2.3, 2.8; tabula.md 3.9).
#include <limits>

#include "domain/assignment_changes.hpp"
#include "domain/desk.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::AssignmentFields;
using domain::ChangeAssignment;
using domain::Event;
using domain::Reason;
using Kind = ChangeAssignment::Kind;

class AssignmentTest : public testing::Test {
 protected:
    ChangeAssignment command(Kind kind, AssignmentFields fields = {}) {
        return {.kind = kind,
                .actor = desk.school.actor(desk.school.teacher),
                .origin = domain::Origin::edlink,
                .class_id = desk.school.class_id,
                .assignment_id = kind == Kind::create ? id_of("new") : desk.school.assignment_id,
                .event_id = uuid_v7(kNow),
                .replay_key = {},
                .request = request_facts(),
                .fields = std::move(fields)};
    }
    Outcome create(AssignmentFields fields) {
        if (!fields.title) fields.title = "New";
        return desk.run(command(Kind::create, std::move(fields)));
    }
    Outcome update(AssignmentFields fields) {
        return desk.run(command(Kind::update, std::move(fields)));
    }

    Desk desk;
};

TEST_F(AssignmentTest, IsMadeWithItsEvent) {
    const auto outcome =
        create({.title = "Essay two",
                .description = "<p>Go</p>",
                .due_at = kNow + 48h,
                .points_possible = 20,
                .kinds = domain::AttachmentKinds::of({domain::AttachmentKind::link}),
                .grading = domain::GradingType::percent,
                .extras = {{"api", "{}"}}});
    ASSERT_TRUE(outcome);
    const auto& made = outcome->assignment.value();
    EXPECT_EQ(made.id, id_of("new"));
    EXPECT_EQ(made.class_id, desk.school.class_id);
    EXPECT_EQ(made.number, desk.school.assignment().number + 1);
    EXPECT_EQ(made.title, "Essay two");
    EXPECT_EQ(made.due_at, kNow + 48h);
    EXPECT_EQ(made.rules.grading, domain::GradingType::percent);
    EXPECT_EQ(made.details.extras.at("api"), "{}");
    EXPECT_TRUE(made.published);
    EXPECT_TRUE(made.everybody);
    EXPECT_EQ(made.created_at, kNow);
    ASSERT_EQ(outcome->changes.assignments.size(), 1U);
    EXPECT_EQ(outcome->changes.assignments[0], made);

    ASSERT_EQ(outcome->changes.events.size(), 1U);
    const auto& event = outcome->changes.events[0];
    EXPECT_EQ(event.kind, Event::Kind::assignment_created);
    EXPECT_EQ(event.assignment_id, made.id);
    EXPECT_EQ(event.assignment_number, made.number);
    EXPECT_EQ(event.submission_id, made.id);
    EXPECT_EQ(event.class_number, desk.school.klass().number);
    EXPECT_EQ(event.actor.value().role, domain::Role::teacher);
    EXPECT_EQ(event.request.user_agent, "test/1");
    EXPECT_EQ(event.assignment.value().title, "Essay two");
    EXPECT_EQ(event.assignment->kinds, made.kinds.bits);
    EXPECT_FALSE(event.assignment->deleted);
}

TEST_F(AssignmentTest, NumbersGoOnWithinABatch) {
    const auto first = create({});
    auto second = command(Kind::create, {.title = "Second"});
    second.assignment_id = id_of("second");
    const auto outcome = desk.run(std::move(second));
    ASSERT_TRUE(first && outcome);
    EXPECT_EQ(outcome->assignment->number, first->assignment->number + 1);
}

TEST_F(AssignmentTest, ChangesOnlyWhatItIsTold) {
    const auto before = desk.school.assignment();
    const auto outcome = update({.title = "Other", .locked = true});
    ASSERT_TRUE(outcome);
    auto expected = before;
    expected.title = "Other";
    expected.locked = true;
    expected.updated_at = kNow;
    EXPECT_EQ(outcome->assignment.value(), expected);
    ASSERT_EQ(outcome->changes.events.size(), 1U);
    EXPECT_EQ(outcome->changes.events[0].kind, Event::Kind::assignment_updated);
    // What comes after it in the same batch is judged by it.
    EXPECT_EQ(reasons(desk.submit(desk.school.student)), std::vector{Reason::locked});
}

// canvas-live-events.md 2.1: a save that changes nothing emits nothing.
TEST_F(AssignmentTest, WhatChangesNothingTellsNothing) {
    const auto outcome = update({.title = desk.school.assignment().title});
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->unchanged);
    EXPECT_TRUE(outcome->changes.events.empty());
}

TEST_F(AssignmentTest, UpdatesOfOneMomentHaveAnOrder) {
    const auto first = update({.title = "A"});
    const auto second = update({.title = "B"});
    ASSERT_TRUE(first && second);
    EXPECT_GT(second->changes.events[0].submission_version,
              first->changes.events[0].submission_version);
}

TEST_F(AssignmentTest, TakenAwayItIsGoneForEverybody) {
    ASSERT_TRUE(desk.submit(desk.school.student));
    const auto outcome = desk.run(command(Kind::remove));
    ASSERT_TRUE(outcome);
    EXPECT_TRUE(outcome->assignment->deleted_at);
    ASSERT_EQ(outcome->changes.events.size(), 1U);
    EXPECT_EQ(outcome->changes.events[0].kind, Event::Kind::assignment_updated);
    EXPECT_TRUE(outcome->changes.events[0].assignment->deleted);
    const std::vector gone{Reason::not_found};
    EXPECT_EQ(reasons(desk.submit(desk.school.other)), gone);
    EXPECT_EQ(reasons(desk.reclaim(desk.school.student)), gone);
    EXPECT_EQ(reasons(update({.title = "Back"})), gone);
    EXPECT_EQ(reasons(desk.run(command(Kind::remove))), gone);
    EXPECT_EQ(reasons(desk.run(mark_of(desk.school, desk.school.student))), gone);
}

TEST_F(AssignmentTest, AKeyIsAnsweredOnce) {
    auto first = command(Kind::create, {.title = "Keyed"});
    first.replay_key = key_of("k");
    auto again = first;
    again.fields.title = "Another";  // edlink.md 2.2: the body is not compared
    ASSERT_TRUE(desk.run(first));
    const auto repeat = desk.run(again);
    ASSERT_TRUE(repeat);
    EXPECT_TRUE(repeat->repeated);
    EXPECT_EQ(repeat->assignment->title, "Keyed");

    auto change = command(Kind::update, {.title = "Changed"});
    change.replay_key = key_of("u");
    EXPECT_FALSE(desk.run(change)->repeated);
    EXPECT_TRUE(desk.run(change)->repeated);
    auto remove = command(Kind::remove);
    remove.replay_key = key_of("d");
    EXPECT_FALSE(desk.run(remove)->repeated);
    EXPECT_TRUE(desk.run(remove)->repeated);
}

TEST_F(AssignmentTest, RemembersItsMakingAndTheLatestChanges) {
    auto make = command(Kind::create, {.title = "Keyed"});
    make.replay_key = key_of("make");
    ASSERT_TRUE(desk.run(make));
    const auto change = [&](int n) {
        auto next = command(Kind::update, {.title = "Title " + std::to_string(n)});
        next.assignment_id = make.assignment_id;
        next.replay_key = key_of("change " + std::to_string(n));
        return desk.run(next).value().repeated;
    };
    for (int n = 0; n < 60; ++n)
        EXPECT_FALSE(change(n));
    EXPECT_TRUE(change(59));
    EXPECT_TRUE(desk.run(make)->repeated);
    EXPECT_EQ(desk.state.assignments.at(make.assignment_id)->keys.size(), domain::kMostChangeKeys);
}

TEST_F(AssignmentTest, AnIdIsGivenOnce) {
    auto taken = command(Kind::create, {.title = "New"});
    taken.assignment_id = desk.school.assignment_id;
    EXPECT_EQ(reasons(desk.run(taken)), std::vector{Reason::already_there});
}

// edlink.md 1.3
TEST_F(AssignmentTest, WhoMay) {
    struct Case {
        Uuid who;
        std::vector<Reason> refused;
    };
    const auto& school = desk.school;
    for (const auto& [who, refused] :
         {Case{school.teacher, {}}, Case{school.ta, {}}, Case{school.tutor, {}},
          Case{school.student, {Reason::not_permitted}},
          Case{school.observer, {Reason::not_permitted}},
          Case{school.outsider, {Reason::not_found}}}) {
        auto change = command(Kind::update, {.title = "By " + who.str()});
        change.actor = school.actor(who);
        EXPECT_EQ(reasons(desk.run(change)), refused) << school.person(who).login;
    }
    auto change = command(Kind::update, {.title = "Granted"});
    change.actor = school.actor(school.outsider);
    change.granted = true;
    EXPECT_TRUE(desk.run(change));
    change.actor.person_id.reset();
    change.actor.kind = domain::Token::Kind::integration;
    change.granted = false;
    change.fields.title = "By an integration";
    const auto outcome = desk.run(change);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->changes.events[0].actor);
    change.actor.kind = domain::Token::Kind::application;
    EXPECT_EQ(reasons(desk.run(change)), std::vector{Reason::not_permitted});
    change.granted = true;
    change.actor.account_id = id_of("elsewhere");
    EXPECT_EQ(reasons(desk.run(change)), std::vector{Reason::not_found});
}

TEST_F(AssignmentTest, WhatCannotBe) {
    struct Case {
        std::string_view what;
        AssignmentFields fields;
        Reason reason;
        std::string field;
    };
    const auto& school = desk.school;
    const auto text = [](std::size_t bytes) { return std::string(bytes, 'x'); };
    const std::vector<Case> cases{
        {"no title", {.title = ""}, Reason::invalid_value, "title"},
        {"long title", {.title = text(1001)}, Reason::invalid_value, "title"},
        {"long description",
         {.description = text(512 * 1024 + 1)},
         Reason::invalid_value,
         "description"},
        {"long plain description",
         {.plain_description = text(512 * 1024 + 1)},
         Reason::invalid_value,
         "plain_description"},
        {"negative points", {.points_possible = -1.0}, Reason::number_not_valid, "points_possible"},
        {"no number",
         {.points_possible = std::numeric_limits<double>::quiet_NaN()},
         Reason::number_not_valid,
         "points_possible"},
        {"no attempts", {.max_attempts = 0}, Reason::number_not_valid, "max_attempts"},
        {"many attempts", {.max_attempts = 501}, Reason::number_not_valid, "max_attempts"},
        {"due before open",
         {.open_at = kNow, .due_at = kNow - 1s},
         Reason::dates_not_valid,
         "due_at"},
        {"closed before open",
         {.open_at = kNow, .close_at = kNow - 1s},
         Reason::dates_not_valid,
         "close_at"},
        {"closed before due",
         {.due_at = kNow, .close_at = kNow - 1s},
         Reason::dates_not_valid,
         "close_at"},
        {"for nobody", {.everybody = false}, Reason::assignees_not_valid, "assignees"},
        {"for a teacher",
         {.everybody = false, .assignees = std::vector{school.teacher}},
         Reason::assignees_not_valid,
         "assignees"},
        {"for somebody else's student",
         {.everybody = false, .assignees = std::vector{school.student, school.outsider}},
         Reason::assignees_not_valid,
         "assignees"},
        {"too much material",
         {.materials = std::vector<domain::Material>(51)},
         Reason::invalid_value,
         "materials"},
        {"a long material",
         {.materials = std::vector<domain::Material>{{.text = text(64 * 1024 + 1)}}},
         Reason::invalid_value,
         "materials"},
        {"extras", {.extras = {{"x", text(64 * 1024)}}}, Reason::invalid_value, "extras"},
        {"words",
         {.word_count = domain::WordCountRule{.minimum = 5, .maximum = 4}},
         Reason::number_not_valid,
         "word_count"},
    };
    for (const auto& each : cases) {
        const auto outcome = update(each.fields);
        EXPECT_EQ(reasons(outcome), std::vector{each.reason}) << each.what;
        EXPECT_EQ(fields(outcome), std::vector{each.field}) << each.what;
    }
    EXPECT_EQ(update({.title = "", .points_possible = -1.0}).error().size(), 2U);
}

TEST_F(AssignmentTest, ForSomeOnly) {
    const auto& school = desk.school;
    const auto outcome = update(
        {.everybody = false, .assignees = std::vector{school.other, school.student, school.other}});
    ASSERT_TRUE(outcome);
    std::vector expected{school.other, school.student};
    std::ranges::sort(expected);
    EXPECT_EQ(outcome->assignment->assignees, expected);
    EXPECT_EQ(reasons(desk.submit(school.tutor)), std::vector{Reason::not_found});
    EXPECT_TRUE(desk.submit(school.student));
    EXPECT_TRUE(update({.everybody = true})->assignment->assignees.empty());
    EXPECT_TRUE(desk.submit(school.tutor));
}

// What was said without markup does not outlive what it was said about.
TEST_F(AssignmentTest, APlainDescriptionBelongsToItsDescription) {
    const auto plain = [&](AssignmentFields fields) {
        return update(std::move(fields))->assignment->details.plain_description;
    };
    EXPECT_EQ(plain({.description = "<b>One</b>", .plain_description = "One"}), "One");
    EXPECT_EQ(plain({.title = "Same"}), "One");
    EXPECT_EQ(plain({.description = "<b>Two</b>"}), "");
}

}  // namespace
}  // namespace handin::test
