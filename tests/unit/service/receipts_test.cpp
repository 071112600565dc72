// Who may have the receipt of an attempt.
#include "service/receipts.hpp"

#include <gtest/gtest.h>

#include "service/service_place.hpp"

namespace handin::test {
namespace {

class ReceiptsTest : public testing::Test {
 protected:
    ReceiptsTest() {
        // A second class, whose teacher has nothing to do with the first.
        place.school.add_class(id_of("another class"));
        stranger = place.school.add_person("stranger", {});
        place.school.enroll(id_of("another class"), stranger, domain::Role::teacher);
        place.open();
        const auto outcome =
            hand_in(place, {.person = place.school.student, .attachments = {sent_file("work")}});
        attempt = outcome->submission.attempts.at(0).id;
    }

    bool finds(const domain::Actor& actor) {
        return run(service::Receipts(place.store).find(actor, attempt)).has_value();
    }

    ServicePlace place;
    Uuid stranger;
    Uuid attempt;
};

TEST_F(ReceiptsTest, IsForTheStudentAndThoseWhoTeach) {
    const auto& school = place.school;
    for (const auto& person : {school.student, school.teacher, school.ta, school.tutor})
        EXPECT_TRUE(finds(school.actor(person)));
    for (const auto& person : {school.other, school.observer, school.outsider, stranger})
        EXPECT_FALSE(finds(school.actor(person)));
}

TEST_F(ReceiptsTest, IsForTheAdministratorOfTheInstallation) {
    domain::Actor admin;
    admin.kind = domain::Token::Kind::admin;
    EXPECT_TRUE(finds(admin));
    domain::Actor nobody;  // an application without a person
    nobody.account_id = place.school.account_id;
    EXPECT_FALSE(finds(nobody));
}

TEST_F(ReceiptsTest, IsOfOnesOwnAccount) {
    auto actor = place.school.actor(place.school.student);
    actor.account_id = id_of("another account");
    EXPECT_FALSE(finds(actor));
}

TEST_F(ReceiptsTest, TellsWhereTheAttemptBelongs) {
    const auto found =
        run(service::Receipts(place.store).find(place.school.actor(place.school.student), attempt));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->account_id, place.school.account_id);
    EXPECT_EQ(found->class_id, place.school.class_id);
    EXPECT_EQ(found->assignment_id, place.school.assignment_id);
    EXPECT_EQ(found->person_id, place.school.student);
    EXPECT_EQ(found->attempt.attachments.size(), 1U);
    EXPECT_FALSE(found->batch);  // this place has no key
}

}  // namespace
}  // namespace handin::test
