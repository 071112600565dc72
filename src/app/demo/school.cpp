#include "app/demo/school.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <span>
#include <vector>

#include "app/demo/assignments.hpp"
#include "base/encoding.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "service/password.hpp"

namespace handin::app {
namespace {

namespace json = boost::json;
using domain::Role;
using domain::Token;

constexpr Uuid kDemoSpace{{0x0d, 0xe3, 0x0d, 0xe3, 0x68, 0x61, 0x4e, 0x64, 0xa9, 0x6e, 0x64, 0x65,
                           0x6d, 0x6f, 0x00, 0x01}};
constexpr auto kTimeZone = "Europe/London";
constexpr std::int64_t kFirstUniversityId = 1'000'001;  // 7 digits (tabula.md 1.1)

constexpr std::array kFirstNames{"Ada",    "Alan",    "Barbara", "Claude", "Donald", "Edsger",
                                 "Emmy",   "Evelyn",  "Grace",   "Hedy",   "John",   "Katherine",
                                 "Leslie", "Niklaus", "Radia",   "Tony"};
constexpr std::array kLastNames{"Adeyemi", "Bauer",     "Castillo", "Demir",  "Evans",
                                "Fischer", "Garcia",    "Haddad",   "Ivanov", "Jensen",
                                "Khan",    "Lindqvist", "Moreau",   "Nowak",  "Okafor",
                                "Park",    "Rossi",     "Singh",    "Tanaka"};

Uuid demo_id(std::string_view name) {
    return uuid_v5(kDemoSpace, name);
}

class Builder {
 public:
    Builder(const DemoSize& size, Time now)
        : size_(size), now_(now), since_(now - std::chrono::days(60)) {}

    DemoSchool build(const std::string& base_url);

 private:
    void add_account();
    domain::Person add_person(const std::string& login, std::string first, std::string last);
    Uuid add_class(std::uint32_t index);
    void fill_class(std::uint32_t index, std::span<const Uuid> students, const Uuid& teacher);
    void enroll(const Uuid& class_id, const Uuid& person_id, Role role);
    // Adds a token and returns it in clear.
    std::string add_token(Token::Kind kind, const std::optional<Uuid>& person,
                          const std::optional<Uuid>& integration,
                          const std::optional<Digest256>& refresh = std::nullopt);
    json::object edlink_tokens(const domain::Person& person);
    json::object tabula_user();
    void grant(const Uuid& user, std::string_view permission);

    DemoSize size_;
    Time now_;
    Time since_;  // since when the school has been there
    domain::Changes rows_;
    Uuid account_id_ = demo_id("account");
    Uuid department_id_ = demo_id("department");
    Uuid integration_id_ = demo_id("integration");
    std::string client_secret_ = random_token();
    std::int64_t next_assignment_ = 1;
};

void Builder::add_account() {
    domain::Account account{.id = account_id_,
                            .number = 1,
                            .shard = 1,
                            .name = "Demo School",
                            .public_token = random_token().substr(0, 40),
                            .lti_guid = "",
                            .reclaim_first = 1U << static_cast<unsigned>(domain::Origin::edlink)};
    account.lti_guid = account.public_token + ".demo.handin";
    rows_.accounts.push_back(account);
    rows_.departments.push_back({.id = department_id_,
                                 .account_id = account_id_,
                                 .code = "cs",
                                 .name = "Computer Science"});
    rows_.integrations.push_back({.id = integration_id_,
                                  .account_id = account_id_,
                                  .number = 1,
                                  .name = "Demo application",
                                  .client_id = integration_id_.str(),
                                  .client_secret_hash = sha256(client_secret_),
                                  .state = domain::Integration::State::active,
                                  .created_at = since_});
}

domain::Person Builder::add_person(const std::string& login, std::string first, std::string last) {
    const auto number = static_cast<std::int64_t>(rows_.people.size()) + 1;
    const auto id = demo_id("person/" + login);
    return rows_.people.emplace_back(
        domain::Person{.id = id,
                       .account_id = account_id_,
                       .number = number,
                       .first_name = std::move(first),
                       .last_name = std::move(last),
                       .email = login + "@demo.example",
                       .login = login,
                       .sis_id = fmt::format("sis-{}", login),
                       .university_id = std::to_string(kFirstUniversityId + number - 1),
                       .lti_user_id = hex(id.bytes),
                       .time_zone = kTimeZone,
                       .created_at = since_,
                       .updated_at = since_});
}

Uuid Builder::add_class(std::uint32_t index) {
    const auto code = fmt::format("cs{}", 101 + index);
    const auto id = demo_id("class/" + code);
    rows_.classes.push_back(
        {.id = id,
         .account_id = account_id_,
         .department_id = department_id_,
         .number = std::int64_t{index} + 1,
         .name = index == 0 ? "Programming for Everybody" : fmt::format("Seminar {}", index),
         .description = "A class of the demo school.",
         .sis_id = "sis-" + code,
         .module_code = code,
         .time_zone = kTimeZone,
         .created_at = since_,
         .updated_at = since_});
    return id;
}

void Builder::enroll(const Uuid& class_id, const Uuid& person_id, Role role) {
    rows_.enrollments.push_back({.id = uuid_v5(class_id, person_id.bytes),
                                 .class_id = class_id,
                                 .person_id = person_id,
                                 .role = role,
                                 .created_at = since_});
}

std::string Builder::add_token(Token::Kind kind, const std::optional<Uuid>& person,
                               const std::optional<Uuid>& integration,
                               const std::optional<Digest256>& refresh) {
    auto token = random_token();
    rows_.tokens.push_back({.hash = sha256(token),
                            .account_id = account_id_,
                            .kind = kind,
                            .person_id = person,
                            .integration_id = integration,
                            .refresh_hash = refresh,
                            .created_at = since_,
                            .expires_at = std::nullopt});
    return token;
}

json::object Builder::edlink_tokens(const domain::Person& person) {
    const auto refresh = add_token(Token::Kind::refresh, person.id, integration_id_);
    const auto access = add_token(Token::Kind::access, person.id, integration_id_, sha256(refresh));
    return {{"person_id", person.id.str()}, {"access_token", access}, {"refresh_token", refresh}};
}

void Builder::grant(const Uuid& user, std::string_view permission) {
    rows_.grants.push_back({.id = uuid_v5(user, permission),
                            .holder = domain::Grant::Holder::api_user,
                            .holder_id = user,
                            .permission = std::string(permission),
                            .allow = true,
                            .scope = domain::Grant::Scope::department,
                            .scope_id = department_id_});
}

json::object Builder::tabula_user() {
    const std::string username = "demo-tabula-api";
    const auto password = random_token();
    const auto id = demo_id("api_user/" + username);
    rows_.api_users.push_back({.id = id,
                               .account_id = account_id_,
                               .username = username,
                               .password_hash = service::hash_password(password),
                               .created_at = since_});
    for (const auto* permission :
         {"Submission.CreateOnBehalfOf", "Submission.Read", "Module.ManageAssignments",
          "Submission.ViewPlagiarismStatus", "Extension.Read"})
        grant(id, permission);
    return {{"username", username}, {"password", password}};
}

void Builder::fill_class(std::uint32_t index, std::span<const Uuid> students, const Uuid& teacher) {
    const auto class_id = add_class(index);
    enroll(class_id, teacher, Role::teacher);
    for (std::size_t i = 0; i < students.size(); ++i)
        // The first class has everybody; the second all but the first student.
        if (index == 0 || (index == 1 ? i != 0 : i % index == 0))
            enroll(class_id, students[i], Role::student);
    rows_.assignments.push_back(main_assignment(class_id, next_assignment_++, now_));
}

DemoSchool Builder::build(const std::string& base_url) {
    add_account();
    json::object summary{
        {"base_url", base_url},
        {"admin_token", add_token(Token::Kind::admin, std::nullopt, std::nullopt)}};
    const auto teacher = add_person("teacher", "Margaret", "Hamilton");
    std::vector<Uuid> students;
    json::array edlink;
    json::array canvas;
    json::array university_ids;
    for (std::uint32_t i = 0; i < size_.students; ++i) {
        const auto student =
            add_person(fmt::format("student{}", i + 1), kFirstNames[i % kFirstNames.size()],
                       kLastNames[i % kLastNames.size()]);
        students.push_back(student.id);
        edlink.push_back(edlink_tokens(student));
        canvas.push_back(json::object{{"user_id", student.number},
                                      {"token", add_token(Token::Kind::access, student.id, {})}});
        university_ids.emplace_back(student.university_id);
    }
    // Who hands in for the last student must say whether markers are to know of it (tabula.md R10).
    rows_.people.back().disability = domain::Disability::reportable;
    for (std::uint32_t i = 0; i < size_.classes; ++i)
        fill_class(i, students, teacher.id);

    const auto& main = rows_.assignments.front();
    const auto& chosen = students[std::min<std::size_t>(1, students.size() - 1)];
    json::object others;
    for (auto& [name, assignment] :
         policy_assignments(main.class_id, next_assignment_, chosen, now_)) {
        others[name] = assignment.id.str();
        rows_.assignments.push_back(std::move(assignment));
    }
    const auto& first = rows_.assignments.front();
    summary["edlink"] = json::object{
        {"client_id", integration_id_.str()},
        {"client_secret", client_secret_},
        {"integration_token", add_token(Token::Kind::integration, std::nullopt, integration_id_)},
        {"class_id", first.class_id.str()},
        {"assignment_id", first.id.str()},
        {"students", std::move(edlink)},
        {"teacher", edlink_tokens(teacher)},
        {"assignments", std::move(others)}};
    if (size_.classes > 1)
        summary["edlink"].as_object()["other_class_id"] = rows_.classes[1].id.str();
    auto tabula = tabula_user();
    tabula["module_code"] = rows_.classes.front().module_code;
    tabula["assignment_id"] = first.id.str();
    tabula["university_ids"] = std::move(university_ids);
    summary["tabula"] = std::move(tabula);
    summary["canvas"] =
        json::object{{"course_id", rows_.classes.front().number},
                     {"assignment_id", first.number},
                     {"teacher_token", add_token(Token::Kind::access, teacher.id, {})},
                     {"students", std::move(canvas)}};
    return {.rows = std::move(rows_), .summary = std::move(summary)};
}

}  // namespace

DemoSchool make_demo_school(const DemoSize& size, const std::string& base_url, Time now) {
    return Builder(size, now).build(base_url);
}

}  // namespace handin::app
