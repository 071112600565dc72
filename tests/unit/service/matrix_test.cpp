// Who may do what, through the use cases themselves: every role, and some grants and denials, in
// their own class and in another one. Prints the matrix (docs/access.md).
#include <cstdio>
#include <map>

#include "service/assignments.hpp"
#include "service/coursework_place.hpp"
#include "service/receipts.hpp"

namespace handin::test {
namespace {

using domain::Grant;
using domain::Role;

// One column a use case.
const std::vector<std::string> kColumns{"class",        "list", "assignment", "own work",
                                        "other's work", "file", "receipt",    "hand in",
                                        "reclaim",      "mark", "set"};

// What somebody may, in the order of the columns: '+' yes, '.' no.
struct Row {
    std::string who;
    std::vector<Role> roles;
    std::string expected;
    std::vector<Grant> grants = {};
};

Grant grant(std::string permission, Grant::Scope scope, const Uuid& on, bool allow = true) {
    return {.id = {},
            .holder = Grant::Holder::person,
            .holder_id = {},
            .permission = std::move(permission),
            .allow = allow,
            .scope = scope,
            .scope_id = on};
}

std::vector<Row> rows(const School& school) {
    using enum Grant::Scope;
    const auto& here = school.class_id;
    return {
        {"student", {Role::student}, "++++...++.."},
        {"teacher", {Role::teacher}, "+++.+++..++"},
        {"ta", {Role::ta}, "+++.+++..++"},
        {"designer", {Role::designer}, "+++.+++..++"},
        {"administrator", {Role::administrator}, "+++.+++..++"},
        {"district administrator", {Role::district_administrator}, "+++.+++..++"},
        {"staff", {Role::staff}, "+++........"},
        {"aide", {Role::aide}, "+++........"},
        {"observer", {Role::observer}, "+++........"},
        {"parent", {Role::parent}, "+++........"},
        {"guardian", {Role::guardian}, "+++........"},
        {"member", {Role::member}, "+++........"},
        {"nobody", {}, "..........."},
        {"student and teacher", {Role::student, Role::teacher}, "+++++++++++"},
        {"student, denied to hand in here",
         {Role::student},
         "++++.......",
         {grant("Submission.Create", klass, here, false)}},
        {"student, denied to hand in elsewhere",
         {Role::student},
         "++++...++..",
         {grant("Submission.Create", klass, id_of("elsewhere"), false)}},
        {"student, denied the class by department",
         {Role::student},
         ".......++..",
         {grant("Module.Read", department, id_of("department"), false)}},
        {"teacher, denied others' work in the school",
         {Role::teacher},
         "+++......++",
         {grant("Submission.Read", account, school.account_id, false)}},
        {"observer, granted others' work",
         {Role::observer},
         "+++.+++....",
         {grant("Submission.Read", department, id_of("department"))}},
        {"observer, granted and denied it",
         {Role::observer},
         "+++........",
         {grant("Submission.Read", department, id_of("department")),
          grant("Submission.Read", klass, here, false)}},
        {"nobody, granted class and work",
         {},
         "+++.+++....",
         {grant("Module.Read", klass, here), grant("Submission.Read", klass, here)}},
        {"observer, granted marking",
         {Role::observer},
         "+++......+.",
         {grant("Feedback.Manage", klass, here)}},
        {"observer, granted marking of one student",
         {Role::observer},
         "+++......+.",
         {grant("Feedback.Manage", person, school.student)}},
        {"teacher, denied marking there",
         {Role::teacher},
         "+++.+++...+",
         {grant("Feedback.Manage", assignment, school.assignment_id, false)}},
        {"teacher, denied marking of one student",
         {Role::teacher},
         "+++.+++...+",
         {grant("Feedback.Manage", person, school.student, false)}},
        {"nobody, granted the class and marking",
         {},
         "+++......+.",
         {grant("Module.Read", klass, here),
          grant("Feedback.Manage", department, id_of("department"))}},
        {"observer, granted setting",
         {Role::observer},
         "+++.......+",
         {grant("Assignment.Create", department, id_of("department"))}},
        {"teacher, denied setting",
         {Role::teacher},
         "+++.+++..+.",
         {grant("Assignment.Create", klass, here, false)}},
        {"nobody, granted another school's",
         {},
         "...........",
         {grant("Module.Read", account, id_of("elsewhere")),
          grant("Submission.Read", account, id_of("elsewhere"))}},
    };
}

class MatrixTest : public CourseworkTest {
 protected:
    void SetUp() override {
        auto& school = place.school;
        school.add_class(id_of("another class"));
        school.rows.classes.back().department_id = id_of("another department");
        for (auto& row : table_) {
            person_[row.who] = school.add_person("matrix/" + row.who, {});
            for (const auto role : row.roles)
                school.enroll(school.class_id, person_[row.who], role);
            for (auto each : row.grants) {
                each.id = uuid_v7(kNow);
                each.holder_id = person_[row.who];
                school.rows.grants.push_back(std::move(each));
            }
        }
        auto& elsewhere = school.add_assignment("elsewhere");
        elsewhere.class_id = id_of("another class");
        school.enroll(id_of("another class"), school.student, Role::student);
        place.open();
    }

    // What somebody may in a class: a '+' or '.' a column.
    std::string ask(const Uuid& who, const Uuid& class_id, const Uuid& assignment_id,
                    const service::Accepted& others) {
        const auto actor = school().actor(who);
        const auto& attempt = others.submission.attempts.front();
        service::Receipts receipts(place.store);
        const auto mark = [](bool allowed) { return allowed ? '+' : '.'; };
        std::string may;
        may += mark(run(coursework().klass(actor, class_id)).has_value());
        may += mark(run(coursework().assignments(actor, class_id, {{}, 10})).has_value());
        may += mark(run(coursework().assignment(actor, class_id, assignment_id)).has_value());
        const auto own = domain::submission_id(assignment_id, who);
        may += mark(run(coursework().submission(actor, class_id, assignment_id, own)).has_value());
        const auto& theirs = others.submission.facts.id;
        const auto one = run(coursework().submission(actor, class_id, assignment_id, theirs));
        const auto all = run(coursework().submissions(actor, class_id, assignment_id, {{}, 100}));
        const bool lists = all && std::ranges::any_of(all->items, [&](const auto& item) {
                               return item.facts.id == theirs;
                           });
        EXPECT_EQ(one.has_value(), lists);  // one by one, or in a list: the same
        may += mark(one.has_value());
        may += mark(run(coursework().file(actor, class_id, {}, {},
                                          attempt.attachments.front().attachment.id))
                        .has_value());
        may += mark(run(receipts.find(actor, attempt.id)).has_value());
        may += mark(
            run(place.intake->admit(actor, class_id, assignment_id, std::nullopt)).has_value());
        const auto reclaimed = run(place.intake->reclaim(actor, {.origin = domain::Origin::edlink,
                                                                 .class_id = class_id,
                                                                 .assignment_id = assignment_id,
                                                                 .received_at = kNow,
                                                                 .replay_key = {},
                                                                 .request = request_facts()}));
        // Nothing to take back yet: who may is told so.
        may += mark(reclaimed ||
                    reclaimed.error().front().reason == domain::Reason::nothing_to_reclaim);
        auto command = mark_of(school(), Uuid{});
        command.class_id = class_id;
        command.assignment_id = assignment_id;
        command.grade = domain::NewGrade{.text = "8"};
        may += mark(run(place.marking->mark(actor, theirs, std::move(command))).has_value());
        service::Assignments assignments(place.store, *place.committer, place.clock);
        may += mark(!run(assignments.admit(actor, domain::ChangeAssignment::Kind::create, class_id,
                                           std::nullopt)));
        return may;
    }

    std::vector<Row> table_ = rows(place.school);
    std::map<std::string, Uuid> person_;
};

TEST_F(MatrixTest, EveryRoleEveryUseCaseOwnAndOtherClass) {
    const auto here = submit(school().student);
    ASSERT_TRUE(here);
    std::printf("%-44s", "");
    for (const auto& column : kColumns)
        std::printf("%13s", column.c_str());
    std::printf("   other class\n");
    for (const auto& row : table_) {
        SCOPED_TRACE(row.who);
        const auto& who = person_[row.who];
        const auto own = ask(who, school().class_id, school().assignment_id, *here);
        std::printf("%-44s", row.who.c_str());
        for (const char c : own)
            std::printf("%13c", c);
        EXPECT_EQ(own, row.expected);
        // The work of the first class, asked for by way of the other one; with its receipt, which
        // is of no class.
        const auto other = ask(who, id_of("another class"), id_of("assignment/elsewhere"), *here);
        std::printf("   %s\n", other.c_str());
        const auto receipt = kColumns.size() - 5;
        for (std::size_t i = 0; i < other.size(); ++i)
            EXPECT_EQ(other[i], i == receipt ? own[i] : '.') << kColumns[i];
    }
}

}  // namespace
}  // namespace handin::test
