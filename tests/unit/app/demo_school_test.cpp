// The demo school (DESIGN 7).
#include "app/demo/demo.hpp"

#include <argon2.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "app/secret_file.hpp"
#include "base/hash.hpp"
#include "domain/state.hpp"
#include "store/sqlite/sqlite_store.hpp"
#include "support/fake_clock.hpp"
#include "support/same.hpp"
#include "support/temporary_folder.hpp"

namespace handin::test {
namespace {

namespace json = boost::json;
using app::DemoSize;
using app::make_demo_school;
using domain::AssignmentState;
using domain::Role;
using domain::Token;

constexpr DemoSize kSmall{.students = 5, .classes = 3};
constexpr auto kUrl = "http://127.0.0.1:8080";

const domain::Token* token_of(const domain::Changes& rows, const json::value& text) {
    const auto hash = sha256(text.as_string());
    for (const auto& token : rows.tokens)
        if (token.hash == hash) return &token;
    return nullptr;
}

TEST(DemoSchool, IsTheSameEveryTimeButForItsSecrets) {
    auto one = make_demo_school(kSmall, kUrl, kNow).rows;
    auto two = make_demo_school(kSmall, kUrl, kNow).rows;
    EXPECT_FALSE(same(one.tokens, two.tokens));
    EXPECT_NE(one.integrations[0].client_secret_hash, two.integrations[0].client_secret_hash);
    for (auto* rows : {&one, &two}) {
        rows->tokens.clear();
        rows->integrations[0].client_secret_hash = {};
        rows->api_users[0].password_hash.clear();
        rows->accounts[0].public_token.clear();
        rows->accounts[0].lti_guid.clear();
    }
    EXPECT_TRUE(same(one, two));
}

TEST(DemoSchool, HasSoManyStudentsInItsFirstClass) {
    for (const std::uint32_t students : {1U, 2U, 30U}) {
        const auto school = make_demo_school({students, 3}, kUrl, kNow);
        const auto main = school.rows.classes.at(0).id;
        std::size_t enrolled = 0, teachers = 0;
        for (const auto& each : school.rows.enrollments) {
            if (each.class_id != main) continue;
            ++(each.role == Role::student ? enrolled : teachers);
        }
        EXPECT_EQ(enrolled, students);
        EXPECT_EQ(teachers, 1U);
        EXPECT_EQ(school.rows.people.size(), students + 1);
        EXPECT_EQ(school.rows.classes.size(), 3U);
        std::set<std::string> logins, university_ids;
        std::set<std::int64_t> numbers;
        for (const auto& person : school.rows.people) {
            logins.insert(person.login);
            university_ids.insert(person.university_id);
            numbers.insert(person.number);
            EXPECT_THAT(person.university_id, testing::MatchesRegex("[0-9]{7}"));  // tabula.md 1.1
            EXPECT_NE(person.sis_id, "");
        }
        EXPECT_EQ(logins.size(), students + 1);
        EXPECT_EQ(university_ids.size(), students + 1);
        EXPECT_EQ(numbers.size(), students + 1);
    }
}

// "open, due in 14 days, takes file, link and text, any number of attempts, 10 points"
TEST(DemoSchool, MainAssignment) {
    const auto rows = make_demo_school(kSmall, kUrl, kNow).rows;
    const auto& main = rows.assignments.at(0);
    EXPECT_EQ(main.class_id, rows.classes.at(0).id);
    EXPECT_EQ(state_of(main, kNow), AssignmentState::open);
    EXPECT_EQ(main.due_at, kNow + std::chrono::days(14));
    EXPECT_EQ(main.kinds.bits, 0b111U);
    EXPECT_FALSE(main.max_attempts);
    EXPECT_EQ(main.resubmission, domain::Resubmission::open);
    EXPECT_EQ(main.points_possible, 10);
    EXPECT_TRUE(main.everybody);
    // Through Edlink a resubmission first needs a reclaim; Canvas and Tabula simply submit again.
    const auto& account = rows.accounts.at(0);
    EXPECT_TRUE(account.must_reclaim_first(domain::Origin::edlink));
    EXPECT_FALSE(account.must_reclaim_first(domain::Origin::canvas));
    EXPECT_FALSE(account.must_reclaim_first(domain::Origin::tabula));
}

TEST(DemoSchool, OtherAssignmentsCoverThePolicies) {
    const auto school = make_demo_school(kSmall, kUrl, kNow);
    const auto& names = school.summary.at("edlink").at("assignments").as_object();
    const auto named = [&](const char* name) -> const domain::Assignment& {
        const auto id = Uuid::parse(names.at(name).as_string()).value();
        return *std::ranges::find(school.rows.assignments, id, &domain::Assignment::id);
    };
    EXPECT_EQ(state_of(named("closed"), kNow), AssignmentState::locked);
    EXPECT_EQ(state_of(named("not_open"), kNow), AssignmentState::scheduled);
    EXPECT_LT(named("late").due_at, kNow);
    EXPECT_EQ(state_of(named("late"), kNow), AssignmentState::open);
    EXPECT_EQ(state_of(named("locked"), kNow), AssignmentState::locked);
    EXPECT_EQ(named("one_attempt").max_attempts, 1);
    EXPECT_EQ(named("once").resubmission, domain::Resubmission::none);
    EXPECT_FALSE(named("link_only").kinds.has(domain::AttachmentKind::file));
    EXPECT_EQ(state_of(named("draft"), kNow), AssignmentState::draft);
    EXPECT_TRUE(named("nothing").kinds.empty());
    EXPECT_EQ(named("individuals").assignees.size(), 1U);
    std::set<std::int64_t> numbers;
    for (const auto& assignment : school.rows.assignments)
        EXPECT_TRUE(numbers.insert(assignment.number).second);
}

TEST(DemoSchool, SummaryNamesTheSameStudentsThroughEveryApi) {
    const auto school = make_demo_school(kSmall, kUrl, kNow);
    const auto& rows = school.rows;
    const auto& edlink = school.summary.at("edlink").as_object();
    const auto& canvas = school.summary.at("canvas").as_object();
    const auto& tabula = school.summary.at("tabula").as_object();
    EXPECT_EQ(school.summary.at("base_url"), kUrl);

    const auto* admin = token_of(rows, school.summary.at("admin_token"));
    ASSERT_NE(admin, nullptr);
    EXPECT_EQ(admin->kind, Token::Kind::admin);
    const auto* integration = token_of(rows, edlink.at("integration_token"));
    ASSERT_NE(integration, nullptr);
    EXPECT_EQ(integration->kind, Token::Kind::integration);
    EXPECT_EQ(sha256(edlink.at("client_secret").as_string()),
              rows.integrations.at(0).client_secret_hash);
    EXPECT_EQ(edlink.at("client_id"), json::string_view(rows.integrations.at(0).client_id));

    const auto& main = rows.assignments.at(0);
    EXPECT_EQ(edlink.at("assignment_id"), json::string_view(main.id.str()));
    EXPECT_EQ(tabula.at("assignment_id"), json::string_view(main.id.str()));
    EXPECT_EQ(canvas.at("assignment_id"), main.number);
    EXPECT_EQ(edlink.at("class_id"), json::string_view(rows.classes.at(0).id.str()));
    EXPECT_EQ(canvas.at("course_id"), rows.classes.at(0).number);

    for (std::size_t i = 0; i < kSmall.students; ++i) {
        const auto& student = edlink.at("students").at(i);
        const auto id = Uuid::parse(student.at("person_id").as_string()).value();
        const auto& person = *std::ranges::find(rows.people, id, &domain::Person::id);
        const auto* access = token_of(rows, student.at("access_token"));
        const auto* refresh = token_of(rows, student.at("refresh_token"));
        const auto* by_canvas = token_of(rows, canvas.at("students").at(i).at("token"));
        ASSERT_TRUE(access && refresh && by_canvas);
        EXPECT_EQ(access->person_id, id);
        EXPECT_EQ(refresh->person_id, id);
        EXPECT_EQ(by_canvas->person_id, id);
        EXPECT_EQ(refresh->kind, Token::Kind::refresh);
        EXPECT_EQ(access->refresh_hash, refresh->hash);
        EXPECT_FALSE(access->expires_at || by_canvas->expires_at);  // "do not expire"
        EXPECT_EQ(canvas.at("students").at(i).at("user_id"), person.number);
        EXPECT_EQ(tabula.at("university_ids").at(i), json::string_view(person.university_id));
    }
    // "teacher has the same keys as a student"
    EXPECT_EQ(edlink.at("teacher").as_object().size(),
              edlink.at("students").at(0).as_object().size());

    const auto& user = rows.api_users.at(0);
    const auto& password = tabula.at("password").as_string();
    EXPECT_EQ(argon2id_verify(user.password_hash.c_str(), password.data(), password.size()),
              ARGON2_OK);
    std::set<std::string> granted;
    for (const auto& grant : rows.grants)
        granted.insert(grant.permission);
    EXPECT_TRUE(granted.contains("Submission.CreateOnBehalfOf"));
}

class EnsureDemoSchool : public testing::Test {
 protected:
    void ensure(const DemoSize& size = kSmall) {
        app::ensure_demo_school(store_, folder_.path(), size, kUrl, kNow);
    }

    // Whether the tokens in demo.json are those in the store.
    bool demo_json_is_good() {
        const auto demo = json::parse(app::read_text(folder_.path() / "demo.json").value());
        bool known = false;
        store_.read_now([&](store::Reader& reader) {
            known = reader.bearer(sha256(demo.at("admin_token").as_string())).has_value();
        });
        return known;
    }

    TemporaryFolder folder_;
    store::sqlite::SqliteStore store_{folder_.path() / "handin.db"};
};

TEST_F(EnsureDemoSchool, MakesItOnce) {
    ensure();
    const auto first = app::read_text(folder_.path() / "demo.json");
    ASSERT_TRUE(first);
    EXPECT_TRUE(demo_json_is_good());
    ensure();
    ensure({.students = 9, .classes = 1});
    EXPECT_EQ(app::read_text(folder_.path() / "demo.json"), first);
}

// As after a kill between the transaction and the name of the file.
TEST_F(EnsureDemoSchool, FinishesWhatAStopHasLeft) {
    ensure();
    const auto text = app::read_text(folder_.path() / "demo.json");
    std::filesystem::rename(folder_.path() / "demo.json", folder_.path() / "demo.json.draft");
    ensure();
    EXPECT_EQ(app::read_text(folder_.path() / "demo.json"), text);
    EXPECT_TRUE(demo_json_is_good());
}

// As after a kill before the transaction: that draft names tokens nobody has.
TEST_F(EnsureDemoSchool, DoesNotTrustADraftWithoutASchool) {
    app::write_secret(folder_.path() / "demo.json.draft", R"({"admin_token":"nobody's"})");
    ensure();
    EXPECT_TRUE(demo_json_is_good());
}

TEST_F(EnsureDemoSchool, RefusesAnotherSchool) {
    domain::Changes changes;
    changes.accounts.push_back(
        {.id = uuid_v4(), .name = "a real one", .public_token = {}, .lti_guid = {}});
    const domain::Changes* const all[] = {&changes};
    store_.writer()->commit(all);
    EXPECT_THROW(ensure(), std::runtime_error);
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "demo.json"));
}

TEST_F(EnsureDemoSchool, SaysThatItsTokensAreLost) {
    ensure();
    std::filesystem::remove(folder_.path() / "demo.json");
    EXPECT_THROW(ensure(), std::runtime_error);
}

TEST_F(EnsureDemoSchool, TellsHowToTryIt) {
    EXPECT_EQ(app::demo_guide(folder_.path(), kUrl), "");
    ensure();
    const auto guide = app::demo_guide(folder_.path(), kUrl);
    const auto demo = json::parse(app::read_text(folder_.path() / "demo.json").value());
    std::size_t curls = 0;
    for (std::size_t at = 0; (at = guide.find("\ncurl ", at)) != std::string::npos; ++at)
        ++curls;
    EXPECT_EQ(curls, 4U);
    EXPECT_THAT(guide, testing::HasSubstr(std::string(demo.at("admin_token").as_string())));
    EXPECT_THAT(guide,
                testing::HasSubstr(std::string(demo.at("edlink").at("class_id").as_string())));
}

}  // namespace
}  // namespace handin::test
