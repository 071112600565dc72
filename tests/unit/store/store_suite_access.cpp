// Who has access: what administrators write, list and take back.
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

using domain::Changes;
using domain::Grant;
using domain::Token;
using store::AdminReader;
using store::Page;

Token token(std::string_view name, Token::Kind kind = Token::Kind::access) {
    return {.hash = sha256(name),
            .account_id = id_of("account"),
            .kind = kind,
            .person_id = {},
            .integration_id = {},
            .refresh_hash = {},
            .created_at = kNow,
            .expires_at = {},
            .name = std::string(name)};
}

Grant grant(std::string_view name, const Uuid& holder) {
    return {.id = id_of(name),
            .holder = Grant::Holder::person,
            .holder_id = holder,
            .permission = std::string(name),
            .allow = false,
            .scope = Grant::Scope::assignment,
            .scope_id = id_of("scope")};
}

domain::AuditEntry entry(int number, const std::string& action) {
    return {.id = uuid_v7(kNow + std::chrono::milliseconds(number)),
            .at = kNow,
            .account_id = id_of("account"),
            .actor_id = id_of("actor"),
            .actor = "somebody",
            .client_ip = "192.0.2.1",
            .request_id = "request",
            .action = action,
            .target = "target " + std::to_string(number % 2),
            .detail = R"({"a":"ü"})"};
}

template <class Row>
std::vector<Uuid> ids(const std::vector<Row>& rows) {
    std::vector<Uuid> ids;
    for (const auto& row : rows)
        if constexpr (requires { row.id(); })
            ids.push_back(row.id());
        else
            ids.push_back(row.id);
    return ids;
}

// Everything of a list, `limit` rows at a time.
template <class Ask>
std::vector<Uuid> walk(std::size_t limit, Ask ask) {
    std::vector<Uuid> all;
    for (Page page{.after = {}, .limit = limit};;) {
        const auto part = ids(ask(page));
        all.insert(all.end(), part.begin(), part.end());
        if (part.size() < limit) return all;
        page.after = part.back();
    }
}

// DESIGN 5.3: tokens are stored hashed; docs/access.md: with one go those that came from it
TEST_P(StoreSuite, ATokenIsGoneAtOnceWithThoseThatCameFromIt) {
    auto refresh = token("refresh", Token::Kind::refresh);
    auto child = token("child");
    child.refresh_hash = refresh.hash;
    school_.rows.tokens = {refresh, child, token("other")};
    commit(school_.rows);
    const auto there = [&](std::string_view name) {
        return ask([&](store::Reader& reader) { return reader.bearer(sha256(name)).has_value(); });
    };
    EXPECT_TRUE(there("refresh") && there("child") && there("other"));
    Changes changes;
    changes.removed_tokens = {refresh.hash};
    commit(changes);
    EXPECT_FALSE(there("refresh"));
    EXPECT_FALSE(there("child"));
    EXPECT_TRUE(there("other"));
    reopen();
    EXPECT_FALSE(there("child"));
}

TEST_P(StoreSuite, ListsTokensByTheirIds) {
    auto application = token("application", Token::Kind::application);
    application.api_user_id = id_of("user");
    auto of_person = token("of a person");
    of_person.person_id = school_.student;
    auto derived = token("derived");
    derived.refresh_hash = sha256("refresh");
    school_.rows.tokens = {application, of_person, derived, token("admin", Token::Kind::admin)};
    commit(school_.rows);
    const auto list = [&](store::TokenFilter filter, std::size_t limit = 10) {
        return walk(limit, [&](const Page& page) {
            return ask([&](store::Reader& r) { return r.administration().tokens(filter, page); });
        });
    };
    std::vector expected{application.id(), of_person.id(), token("admin").id()};
    std::ranges::sort(expected);
    for (const std::size_t limit : {1U, 2U, 3U, 10U})
        EXPECT_EQ(list({}, limit), expected);
    EXPECT_EQ(list({.kind = Token::Kind::application}), std::vector{application.id()});
    EXPECT_EQ(list({.owner_id = school_.student}), std::vector{of_person.id()});
    EXPECT_EQ(list({.owner_id = id_of("user")}), std::vector{application.id()});
    store().read_now([&](store::Reader& reader) {
        auto& admin = reader.administration();
        EXPECT_TRUE(same(admin.token(application.id()).value(), application));
        EXPECT_TRUE(same(admin.token(derived.id()).value(), derived));
        EXPECT_FALSE(admin.token(id_of("unknown")));
        EXPECT_FALSE(admin.token(Uuid{}));
    });
}

TEST_P(StoreSuite, GrantsComeAndGo) {
    school_.rows.grants = {grant("one", school_.student), grant("two", school_.student),
                           grant("three", school_.teacher)};
    commit(school_.rows);
    const auto of = [&](const Uuid& holder) {
        auto found = ids(ask([&](store::Reader& r) { return r.grants_of(holder); }));
        std::ranges::sort(found);
        return found;
    };
    std::vector both{id_of("one"), id_of("two")};
    std::ranges::sort(both);
    EXPECT_EQ(of(school_.student), both);
    EXPECT_EQ(of(school_.outsider), std::vector<Uuid>());
    store().read_now([&](store::Reader& reader) {
        auto& admin = reader.administration();
        EXPECT_TRUE(same(admin.grant(id_of("one")).value(), school_.rows.grants[0]));
        EXPECT_FALSE(admin.grant(id_of("unknown")));
        EXPECT_EQ(admin.grants({}, {{}, 10}).size(), 3U);
        EXPECT_EQ(ids(admin.grants(school_.teacher, {{}, 10})), std::vector{id_of("three")});
    });
    Changes changes;
    changes.removed_grants = {id_of("one")};
    commit(changes);
    EXPECT_EQ(of(school_.student), std::vector{id_of("two")});
    changes = {};
    changes.grants = {grant("four", school_.outsider)};
    commit(changes);
    EXPECT_EQ(of(school_.outsider), std::vector{id_of("four")});
}

TEST_P(StoreSuite, TheAuditOnlyGrows) {
    Changes changes;
    for (int i = 0; i < 5; ++i)
        changes.audit.push_back(entry(i, i < 3 ? "token.create" : "grant.add"));
    commit(changes);
    const auto list = [&](store::AuditFilter filter, std::size_t limit) {
        return walk(limit, [&](const Page& page) {
            return ask([&](store::Reader& r) { return r.administration().audit(filter, page); });
        });
    };
    for (const std::size_t limit : {1U, 2U, 5U, 10U})
        EXPECT_EQ(list({}, limit), ids(changes.audit));
    EXPECT_EQ(list({.action = "grant.add"}, 10),
              (std::vector{changes.audit[3].id, changes.audit[4].id}));
    EXPECT_EQ(list({.action = "grant.add", .target = "target 1"}, 10),
              std::vector{changes.audit[3].id});
    const auto first = ask([](store::Reader& r) { return r.administration().audit({}, {{}, 1}); });
    EXPECT_TRUE(same(first.at(0), changes.audit[0]));
    EXPECT_ANY_THROW(commit(changes));  // nobody writes over an entry
}

TEST_P(StoreSuite, ApiUsersAndIntegrationsAreListedAndChanged) {
    school_.rows.api_users = {{.id = id_of("user"),
                               .account_id = school_.account_id,
                               .username = "robot",
                               .password_hash = "hash",
                               .created_at = kNow}};
    commit(school_.rows);
    auto changed = school_.rows.integrations[0];
    changed.name = "New name";
    changed.state = domain::Integration::State::disabled;
    changed.client_secret_hash = sha256("new");
    Changes changes;
    changes.integrations = {changed};
    commit(changes);
    store().read_now([&](store::Reader& reader) {
        auto& admin = reader.administration();
        EXPECT_TRUE(same(admin.integration(changed.id).value(), changed));
        EXPECT_TRUE(same(reader.client("client").value(), changed));
        EXPECT_EQ(ids(admin.integrations({{}, 10})), std::vector{changed.id});
        EXPECT_TRUE(same(admin.api_user(id_of("user")).value(), school_.rows.api_users[0]));
        EXPECT_TRUE(admin.api_user_named(school_.account_id, "robot"));
        EXPECT_FALSE(admin.api_user_named(id_of("elsewhere"), "robot"));
        EXPECT_FALSE(admin.api_user_named(school_.account_id, "Robot"));
        EXPECT_EQ(admin.api_users({{}, 10}).size(), 1U);
        EXPECT_EQ(admin.accounts().size(), 1U);
    });
    changes = {};
    changes.removed_api_users = {id_of("user")};
    commit(changes);
    EXPECT_FALSE(ask([&](store::Reader& r) { return r.administration().api_user(id_of("user")); }));
}

// OneRoster: people and classes are known by their SIS ids, and change
TEST_P(StoreSuite, TheRosterIsFoundByItsNamesAndChanged) {
    school_.klass().late_policy.late_enabled = true;
    const auto late_policy = school_.klass().late_policy;
    commit(school_.rows);
    using store::PersonName;
    const std::string names[] = {"student", "teacher", "nobody"};
    const std::string sis[] = {"sis-student", "", "sis-nobody"};
    const std::string university[] = {"1000002", ""};
    const std::string classes[] = {"sis-class-11", "", "none"};
    store().read_now([&](store::Reader& reader) {
        auto& admin = reader.administration();
        auto found = ids(admin.people(school_.account_id, PersonName::login, names));
        std::vector expected{school_.student, school_.teacher};
        std::ranges::sort(found);
        std::ranges::sort(expected);
        EXPECT_EQ(found, expected);
        EXPECT_EQ(ids(admin.people(school_.account_id, PersonName::sis_id, sis)),
                  std::vector{school_.student});
        EXPECT_EQ(ids(admin.people(school_.account_id, PersonName::university_id, university)),
                  std::vector{school_.other});
        EXPECT_TRUE(admin.people(id_of("elsewhere"), PersonName::login, names).empty());
        EXPECT_EQ(ids(admin.classes(school_.account_id, std::span(classes))),
                  std::vector{school_.class_id});
        EXPECT_EQ(ids(admin.classes(school_.account_id, Page{{}, 10})),
                  std::vector{school_.class_id});
        EXPECT_EQ(admin.departments(school_.account_id).size(), 1U);
        const auto numbers = admin.last_numbers(school_.account_id);
        EXPECT_EQ(numbers.person, 7);
        EXPECT_EQ(numbers.klass, 11);
        EXPECT_EQ(numbers.integration, 5);
        EXPECT_EQ(admin.last_numbers(id_of("elsewhere")).person, 0);
        const Uuid of[] = {school_.class_id, school_.class_id};
        const Uuid who[] = {school_.tutor, school_.outsider};
        EXPECT_EQ(admin.enrollments(of, who).size(), 2U);  // two roles of one
        EXPECT_EQ(admin.enrollments_of(school_.class_id).size(), school_.rows.enrollments.size());
    });
    auto person = school_.person(school_.student);
    person.first_name = "Renamed";
    person.login = "renamed";
    person.updated_at = kNow;
    auto klass = school_.klass();
    klass.name = "Renamed";
    klass.department_id = id_of("other department");
    klass.updated_at = kNow;
    klass.late_policy = {};  // a roster says nothing of it, so it stays
    Changes changes;
    changes.people = {person};
    changes.classes = {klass};
    for (const auto& each : school_.rows.enrollments)
        if (each.person_id == school_.tutor && each.role == domain::Role::student)
            changes.removed_enrollments.push_back(each);
    commit(changes);
    store().read_now([&](store::Reader& reader) {
        EXPECT_TRUE(same(reader.person(school_.student).value(), person));
        klass.late_policy = late_policy;
        EXPECT_TRUE(same(reader.klass(school_.class_id).value(), klass));
        const auto roles = reader.membership(school_.class_id, school_.tutor).value().roles;
        EXPECT_FALSE(roles.has(domain::Role::student));
        EXPECT_TRUE(roles.has(domain::Role::teacher));
    });
}

// A plan is carried out only on the roster that it was made on.
TEST_P(StoreSuite, APlanHoldsForOneRoster) {
    commit(school_.rows);
    const auto generation = [&] {
        return ask([](store::Reader& r) { return r.administration().roster_generation(); });
    };
    const auto known_to_writer = [&] {
        domain::Keys keys;
        keys.roster_generation = true;
        return load(keys).roster_generation;
    };
    const auto before = generation();
    EXPECT_EQ(known_to_writer(), before);
    Changes only_a_token;
    only_a_token.tokens = {token("new")};
    commit(only_a_token);
    EXPECT_EQ(generation(), before);
    Changes changes;
    changes.removed_tokens = {sha256("new")};
    commit(changes);
    EXPECT_NE(generation(), before);
    EXPECT_EQ(known_to_writer(), generation());
}

}  // namespace
}  // namespace handin::test
