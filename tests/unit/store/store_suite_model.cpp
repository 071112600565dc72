// What the model adds to rows: marking, rules, late policies, comments, groups.
#include <algorithm>

#include "store/store_suite.hpp"

namespace handin::test {
namespace {

// tabula.md S10
TEST_P(StoreSuite, KeepsWhoHandsInWithoutBeingAStudent) {
    domain::Changes changes;
    const auto here = id_of("here");
    for (const auto* name : {"a", "b", "c"})
        changes.participants.push_back({here, id_of(name)});
    changes.participants.push_back({here, id_of("a")});  // once all the same
    changes.participants.push_back({id_of("elsewhere"), id_of("d")});
    commit(changes);
    commit(changes);
    std::vector<Uuid> wanted{id_of("a"), id_of("b"), id_of("c")};
    std::ranges::sort(wanted);
    store().read_now([&](store::Reader& reader) {
        EXPECT_EQ(reader.participants(here, {.after = {}, .limit = 10}), wanted);
        EXPECT_EQ(reader.participants(here, {.after = wanted[0], .limit = 1}),
                  std::vector{wanted[1]});
        EXPECT_TRUE(reader.participants(id_of("nowhere"), {.after = {}, .limit = 10}).empty());
    });
}

TEST_P(StoreSuite, ADisabilityIsPartOfAPerson) {
    auto& person = school_.rows.people.front();
    person.disability = domain::Disability::reportable;
    commit(school_.rows);
    store().read_now([&](store::Reader& reader) {
        EXPECT_TRUE(same(reader.person(person.id).value(), person));
    });
    domain::Changes changes;
    changes.people = {person};
    changes.people.front().disability = domain::Disability::not_reportable;
    commit(changes);
    store().read_now([&](store::Reader& reader) {
        const std::vector names{person.university_id};
        const auto found = reader.administration().people(person.account_id,
                                                          store::PersonName::university_id, names);
        ASSERT_EQ(found.size(), 1U);
        EXPECT_EQ(found.front().disability, domain::Disability::not_reportable);
    });
}

using namespace std::chrono_literals;
using namespace std::string_literals;
using domain::Changes;
using domain::DateChange;
using domain::NewGrade;
using store::Reader;

// What text columns must bear: quotes, a NUL, code points of every length.
const std::string kOdd = "a'b\"c\\%_;--\0é€𝄞\r\n\t"s;

domain::Marking full_marking() {
    domain::Marking marking;
    marking.grade = domain::Grade{.entered = {0.1, kOdd},
                                  .counted = {1.0 / 3, "B"},
                                  .attempt = 7,
                                  .grader = domain::Grader{id_of("grader"), 12},
                                  .graded_at = kNow + 1us};
    marking.excused = true;
    marking.posted_at = kNow + 2us;
    marking.returned = domain::Return{3, kNow + 3us};
    marking.late_status = domain::LateStatus::extended;
    marking.late_by = 90s;
    marking.extra_attempts = 4;
    marking.dates = {.open = DateChange::to(std::nullopt),
                     .due = DateChange::to(kNow + 4us),
                     .close = DateChange{}};
    marking.extension = domain::Extension{.id = id_of("extension"),
                                          .assignment_id = id_of("assignment/essay"),
                                          .person_id = id_of("person/student"),
                                          .state = domain::Extension::State::more_info_received,
                                          .requested_at = kNow + 5us,
                                          .requested_until = kNow + 6us,
                                          .until = kNow + 7us,
                                          .reason = kOdd,
                                          .reviewer_comment = "no"};
    marking.comments = {id_of("one"), id_of("two")};
    marking.last_said = key_of("words");
    return marking;
}

TEST_P(StoreSuite, KeepsAMarkingWhole) {
    commit(school_.rows);
    auto changes = next_attempt(school_.student);
    auto& submission = changes.submissions.at(0);
    submission.marking = full_marking();
    submission.marked_replays = {{key_of("first"), full_marking()}, {key_of("second"), {}}};
    submission.marked_replays[0].marking.excused = false;
    submission.marked_replays[0].marking.comments.clear();
    submission.marked_replays[0].comments = 2;
    submission.marked_replays[1].by_mark = true;
    commit(changes);
    ASSERT_TRUE(row(school_.student));
    EXPECT_TRUE(same(*row(school_.student), submission));

    auto next = submission;  // an update takes another way than an insert
    next.version += 1;
    next.marking.grade->grader.reset();
    next.marking.extension.reset();
    next.marked_replays.clear();
    Changes update;
    update.submissions = {next};
    commit(update);
    EXPECT_TRUE(same(*row(school_.student), next));

    next.version += 1;
    next.marking = {};
    update.submissions = {next};
    commit(update);
    reopen();
    EXPECT_TRUE(same(*row(school_.student), next));
    domain::Keys keys;
    keys.submissions = {next.id};
    EXPECT_TRUE(same(load(keys).submissions.at(next.id).value(), next));
}

TEST_P(StoreSuite, KeepsRulesAndLatePolicies) {
    domain::AssignmentRules rules;
    rules.grading = domain::GradingType::letter_grade;
    rules.scheme.steps = {{kOdd, 66.6}, {"F", 0}};
    rules.posting = domain::PostPolicy::manual;
    rules.groups = {.set_id = id_of("set"), .grade_individually = true};
    rules.marking = domain::Anonymity::anonymous;
    rules.word_count = {.minimum = 1, .maximum = 2'000, .conventions = kOdd};
    rules.late_allowed = false;
    rules.again_only_on_time = true;
    school_.assignment().rules = rules;
    school_.klass().late_policy = {.missing_enabled = true,
                                   .missing_deduction = 99.9,
                                   .late_enabled = true,
                                   .late_deduction = 0.1,
                                   .interval = domain::LatePolicy::Interval::hour,
                                   .minimum_enabled = true,
                                   .minimum_percent = 40};
    school_.add_class(id_of("plain class"));
    const auto plain = school_.add_assignment("plain").id;
    commit(school_.rows);
    domain::Keys keys;
    keys.assignments = {school_.assignment_id, plain};
    keys.classes = {school_.class_id, id_of("plain class")};
    const auto state = load(keys);
    store().read_now([&](Reader& reader) {
        for (const auto& id : keys.assignments) {
            EXPECT_TRUE(same(*reader.assignment(id), school_.assignment(id)));
            EXPECT_TRUE(same(*state.assignments.at(id), school_.assignment(id)));
        }
        EXPECT_TRUE(same(*reader.klass(school_.class_id), school_.klass()));
        EXPECT_TRUE(same(*state.classes.at(school_.class_id), school_.klass()));
        EXPECT_EQ(reader.klass(id_of("plain class"))->late_policy, domain::LatePolicy{});
    });
}

domain::Assignment full_assignment(const School& school) {
    auto full = school.rows.assignments.front();
    full.title = kOdd;
    full.published = false;
    full.locked = true;
    full.due_at = kNow + 5us;
    full.points_possible = 1.0 / 3;
    full.max_attempts = 4;
    full.everybody = false;
    full.assignees = {id_of("somebody")};
    full.updated_at = kNow + 6us;
    full.rules.posting = domain::PostPolicy::manual;
    full.details = {
        .plain_description = kOdd,
        .materials = {{.title = kOdd, .url = "https://u"}, {.description = "d", .text = kOdd}},
        .section_ids = {id_of("s1"), id_of("s2")},
        .category_id = id_of("c"),
        .session_id = id_of("s"),
        .module_id = id_of("m"),
        .rubric_id = id_of("r"),
        .parent_id = id_of("p"),
        .extras = {{"api", kOdd}, {"other", "{}"}}};
    full.keys = {key_of("one"), key_of("two")};
    return full;
}

TEST_P(StoreSuite, ChangesAnAssignment) {
    commit(school_.rows);
    const auto before = school_.assignment();
    auto changed = full_assignment(school_);
    Changes changes;
    for (int i = 0; i < 2; ++i) {  // from nothing to everything, and back
        changes.assignments = {changed};
        commit(changes);
        reopen();
        store().read_now([&](Reader& reader) {
            EXPECT_TRUE(same(*reader.assignment(changed.id), changed));
            EXPECT_EQ(reader.assignments(school_.class_id, {.after = {}, .limit = 10}),
                      std::vector{changed});
        });
        domain::Keys keys;
        keys.assignments = {changed.id};
        EXPECT_TRUE(same(load(keys).assignments.at(changed.id).value(), changed));
        changed = before;
    }
}

// Nobody finds it; who would make it again must.
TEST_P(StoreSuite, ADeletedAssignmentIsFoundByWritersOnly) {
    const auto kept = school_.add_assignment("kept").id;
    commit(school_.rows);
    auto gone = school_.rows.assignments.front();
    store().read_now([&](Reader& reader) { EXPECT_TRUE(reader.assignment(gone.id)); });
    gone.deleted_at = kNow;
    Changes changes;
    changes.assignments = {gone};
    commit(changes);
    store().read_now([&](Reader& reader) {
        EXPECT_FALSE(reader.assignment(gone.id));
        const auto rest = reader.assignments(school_.class_id, {.after = {}, .limit = 10});
        ASSERT_EQ(rest.size(), 1U);
        EXPECT_EQ(rest[0].id, kept);
    });
    domain::Keys keys;
    keys.assignments = {gone.id};
    EXPECT_TRUE(same(load(keys).assignments.at(gone.id).value(), gone));
}

TEST_P(StoreSuite, KnowsTheLastNumberOfAnAssignment) {
    commit(school_.rows);
    domain::Keys keys;
    keys.last_assignments = {school_.account_id, id_of("elsewhere")};
    EXPECT_EQ(load(keys).last_assignments.at(school_.account_id), school_.assignment().number);
    EXPECT_EQ(load(keys).last_assignments.at(id_of("elsewhere")), 0);
    school_.add_assignment("two").number = 9'000'000;
    Changes changes;
    changes.assignments = {school_.rows.assignments.back()};
    commit(changes);
    EXPECT_EQ(load(keys).last_assignments.at(school_.account_id), 9'000'000);
}

TEST_P(StoreSuite, KeepsCategories) {
    commit(school_.rows);
    const auto category = [&](const char* name) {
        return domain::Category{.id = id_of(name),
                                .class_id = school_.class_id,
                                .title = kOdd,
                                .created_at = kNow,
                                .updated_at = kNow};
    };
    auto first = category("one");
    const auto second = category("two");
    Changes changes;
    changes.categories = {first, second};
    EXPECT_TRUE(domain::touches_roster(changes));
    commit(changes);
    first.title = "changed";
    first.weight = 1.0 / 3;
    first.drop_lowest = 2;
    first.position = 3;
    first.updated_at = kNow + 1us;
    changes.categories = {first};
    commit(changes);
    const auto ids = [&](store::Page page) {
        std::vector<Uuid> found;
        store().read_now([&](Reader& reader) {
            for (const auto& each : reader.administration().categories(school_.class_id, page))
                found.push_back(each.id);
        });
        return found;
    };
    std::vector all{first.id, second.id};
    std::ranges::sort(all);
    EXPECT_EQ(ids({.after = {}, .limit = 10}), all);
    EXPECT_EQ(ids({.after = all[0], .limit = 10}), std::vector{all[1]});
    EXPECT_EQ(ids({.after = {}, .limit = 1}), std::vector{all[0]});
    store().read_now([&](Reader& reader) {
        auto& admin = reader.administration();
        EXPECT_TRUE(same(admin.category(first.id).value(), first));
        EXPECT_TRUE(same(admin.category(second.id).value(), second));
        EXPECT_FALSE(admin.category(id_of("none")));
        EXPECT_TRUE(admin.categories(id_of("elsewhere"), {.after = {}, .limit = 10}).empty());
    });
    Changes removal;
    removal.removed_categories = {second.id};
    EXPECT_TRUE(domain::touches_roster(removal));
    commit(removal);
    EXPECT_EQ(ids({.after = {}, .limit = 10}), std::vector{first.id});
}

TEST_P(StoreSuite, KeepsComments) {
    commit(school_.rows);
    auto first = decide(comment_of(school_, school_.student, school_.student, kOdd));
    commit(first);
    auto command = mark_of(school_, school_.student);
    command.comment = domain::NewComment{.id = uuid_v7(kNow), .text = "draft", .draft = true};
    auto second = decide(command);
    second.comments.at(0).attempt = 3;
    second.comments.at(0).hidden = true;
    second.comments.at(0).group_id = id_of("group");
    second.comments.at(0).edited_at = kNow + 1us;
    second.comments.at(0).author_id.reset();
    commit(second);
    reopen();
    store().read_now([&](Reader& reader) {
        auto ids = row(school_.student)->marking.comments;
        ASSERT_EQ(ids.size(), 2U);
        auto found = reader.comments(ids);
        EXPECT_TRUE(same(found.at(0), first.comments.at(0)));
        EXPECT_TRUE(same(found.at(1), second.comments.at(0)));
        std::ranges::reverse(ids);
        found = reader.comments(ids);
        EXPECT_EQ(found.at(0).text, "draft");
        EXPECT_TRUE(reader.comments({}).empty());
        EXPECT_THROW(reader.comments(std::vector{id_of("none")}), std::runtime_error);
    });
}

TEST_P(StoreSuite, KnowsWhoIsInWhichGroup) {
    domain::Group group{
        .id = id_of("group"), .set_id = id_of("set"), .number = 5, .name = kOdd, .members = {}};
    group.members = {school_.student, school_.other};
    std::ranges::sort(group.members);
    school_.rows.groups = {group};
    commit(school_.rows);
    domain::Keys keys;
    keys.groups = {{group.set_id, school_.student},
                   {group.set_id, school_.other},
                   {group.set_id, school_.tutor},
                   {id_of("another set"), school_.student}};
    const auto state = load(keys);
    EXPECT_EQ(state.groups.at(keys.groups[0]), group);
    EXPECT_EQ(state.groups.at(keys.groups[1]), group);
    EXPECT_FALSE(state.groups.at(keys.groups[2]));
    EXPECT_FALSE(state.groups.at(keys.groups[3]));
    store().read_now([&](Reader& reader) {
        for (const auto& key : keys.groups)
            EXPECT_EQ(reader.group(key.set_id, key.person_id), state.groups.at(key));
    });
}

// A whole command on the real rows: graded together, told together, in one commit.
TEST_P(StoreSuite, AGroupIsMarkedInOneCommit) {
    domain::Group group{.id = id_of("group"), .set_id = id_of("set"), .number = 5};
    group.members = {school_.student, school_.other};
    std::ranges::sort(group.members);
    school_.rows.groups = {group};
    school_.assignment().rules.groups.set_id = group.set_id;
    commit(school_.rows);
    const auto handed_in = next_attempt(school_.student);
    commit(handed_in);
    store().read_now([&](Reader& reader) {  // everybody with an attempt of their own
        for (std::size_t i = 0; i < 2; ++i)
            EXPECT_TRUE(same(*reader.attempt(handed_in.attempts.at(i).id), handed_in.attempts[i]));
    });
    auto command = mark_of(school_, school_.student);
    command.grade = NewGrade{.text = "8"};
    command.comment = domain::NewComment{.id = uuid_v7(kNow), .text = "both", .to_group = true};
    const auto changes = decide(command);
    commit(changes);
    EXPECT_EQ(row(school_.student)->marking.grade->counted.score, 8);
    EXPECT_EQ(row(school_.other)->marking.grade->counted.score, 8);
    EXPECT_EQ(row(school_.other)->marking.comments.size(), 1U);
    const auto stored = events();
    ASSERT_EQ(stored.size(), 2 + changes.events.size());
    for (std::size_t i = 0; i < changes.events.size(); ++i)
        EXPECT_TRUE(same(stored[i + 2].event, changes.events[i]));
}

}  // namespace
}  // namespace handin::test
