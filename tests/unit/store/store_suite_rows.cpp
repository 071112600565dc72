// Rosters, tokens and settings: written, loaded, read.
#include "store/store_suite.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using domain::Changes;
using domain::Keys;
using domain::Role;
using domain::Token;

// What text columns must bear: quotes, a NUL, code points of every length, nothing at all.
const std::string kOdd = "a'b\"c\\%_;--\0é€𝄞\r\n\t"s;

Token token(std::string_view name, Token::Kind kind, std::optional<Uuid> integration) {
    return {.hash = sha256(name),
            .account_id = id_of("account"),
            .kind = kind,
            .person_id = {},
            .integration_id = integration,
            .refresh_hash = {},
            .created_at = kNow,
            .expires_at = {}};
}

// Names that load() has to answer, present or not.
Keys every_key(const School& school) {
    Keys keys;
    keys.accounts = {school.account_id};
    keys.classes = {school.class_id};
    keys.people = {school.student};
    keys.assignments = {school.assignment_id};
    keys.submissions = {domain::submission_id(school.assignment_id, school.student)};
    keys.memberships = {{school.class_id, school.student}};
    keys.tokens = {sha256("token")};
    keys.client_ids = {"client"};
    return keys;
}

// DESIGN 5.1: what is not there is known not to be there
TEST_P(StoreSuite, LoadsAbsentRowsAsNothing) {
    const auto state = load(every_key(school_));
    EXPECT_FALSE(state.accounts.at(school_.account_id));
    EXPECT_FALSE(state.classes.at(school_.class_id));
    EXPECT_FALSE(state.people.at(school_.student));
    EXPECT_FALSE(state.assignments.at(school_.assignment_id));
    EXPECT_FALSE(
        state.submissions.at(domain::submission_id(school_.assignment_id, school_.student)));
    EXPECT_FALSE(state.memberships.at({school_.class_id, school_.student}));
    EXPECT_FALSE(state.tokens.at(sha256("token")));
    EXPECT_FALSE(state.clients.at("client"));
}

TEST_P(StoreSuite, LoadsAndReadsWhatWasCommitted) {
    auto& person = school_.rows.people.front();
    person.first_name = kOdd;
    person.last_name = "";
    auto& klass = school_.klass();
    klass.name = kOdd;
    klass.description = std::string(100'000, 'x');
    auto& account = school_.account();
    account.name = kOdd;
    account.reclaim_first = 0b10110;
    auto& integration = school_.rows.integrations.front();
    integration.name = kOdd;
    integration.state = domain::Integration::State::paused;
    school_.rows.tokens.push_back({.hash = sha256("token"),
                                   .account_id = school_.account_id,
                                   .kind = Token::Kind::refresh,
                                   .person_id = school_.student,
                                   .integration_id = school_.integration_id,
                                   .refresh_hash = sha256("parent"),
                                   .created_at = kNow + 1us,
                                   .expires_at = kNow + 2us});
    commit(school_.rows);

    const auto state = load(every_key(school_));
    EXPECT_TRUE(same(state.accounts.at(school_.account_id).value(), account));
    EXPECT_TRUE(same(state.classes.at(school_.class_id).value(), klass));
    EXPECT_TRUE(same(state.people.at(school_.student).value(), person));
    EXPECT_TRUE(same(state.assignments.at(school_.assignment_id).value(), school_.assignment()));
    EXPECT_TRUE(same(state.clients.at("client").value(), integration));
    EXPECT_TRUE(same(state.tokens.at(sha256("token")).value(), school_.rows.tokens.front()));

    store().read_now([&](store::Reader& reader) {
        EXPECT_TRUE(same(reader.account(school_.account_id).value(), account));
        EXPECT_TRUE(same(reader.klass(school_.class_id).value(), klass));
        EXPECT_TRUE(same(reader.person(school_.student).value(), person));
        EXPECT_TRUE(same(reader.assignment(school_.assignment_id).value(), school_.assignment()));
        const auto unknown = id_of("unknown");
        EXPECT_FALSE(reader.account(unknown));
        EXPECT_FALSE(reader.klass(unknown));
        EXPECT_FALSE(reader.person(unknown));
        EXPECT_FALSE(reader.assignment(unknown));
        EXPECT_FALSE(reader.submission(unknown));
        EXPECT_FALSE(reader.membership(school_.class_id, unknown));
        EXPECT_FALSE(reader.attempt_of(unknown));
    });
}

TEST_P(StoreSuite, KeepsWhatStateHasAlready) {
    commit(school_.rows);
    domain::State state;
    auto mine = school_.assignment();
    mine.title = "as an earlier command of the batch left it";
    state.assignments[mine.id] = mine;
    writer().load(every_key(school_), state);
    writer().abandon();
    EXPECT_EQ(state.assignments.at(mine.id)->title, mine.title);
    EXPECT_TRUE(state.classes.at(school_.class_id));
}

TEST_P(StoreSuite, LoadsAKeyThatIsNamedTwice) {
    commit(school_.rows);
    auto keys = every_key(school_);
    keys.people = {school_.student, school_.student, school_.other, school_.student};
    EXPECT_EQ(load(keys).people.size(), 2U);
}

TEST_P(StoreSuite, AssignmentsWithEverythingAndWithNothing) {
    auto& full = school_.add_assignment("full");
    full.title = kOdd;
    full.description = kOdd;
    full.published = false;
    full.locked = true;
    full.display_at = kNow + 1us;
    full.open_at = kNow + 2us;
    full.due_at = kNow + 3us;
    full.close_at = Time(-5us);  // before 1970
    full.points_possible = 12.75;
    full.kinds = domain::AttachmentKinds::of({domain::AttachmentKind::link});
    full.max_attempts = 3;
    full.resubmission = domain::Resubmission::after_reclaim;
    full.everybody = false;
    full.assignees = {school_.student, school_.other};
    auto& bare = school_.add_assignment("bare");
    bare.title = "";
    bare.description = "";
    bare.points_possible.reset();
    bare.kinds = {};
    bare.resubmission = domain::Resubmission::none;
    commit(school_.rows);
    for (const auto& expected : school_.rows.assignments) {
        const auto found =
            ask([&](store::Reader& reader) { return reader.assignment(expected.id); });
        EXPECT_TRUE(same(found.value(), expected)) << expected.title;
    }
}

// edlink.md 1.3: what counts is the roles of the caller in that class
TEST_P(StoreSuite, MembershipIsAllRolesSinceTheFirst) {
    auto& enrollments = school_.rows.enrollments;
    for (auto& each : enrollments)
        if (each.person_id == school_.tutor)
            each.created_at = each.role == Role::student ? kNow - 2h : kNow - 3h;
    school_.add_class(id_of("another"));
    school_.enroll(id_of("another"), school_.tutor, Role::designer);
    commit(school_.rows);

    const auto membership = ask(
        [&](store::Reader& reader) { return reader.membership(school_.class_id, school_.tutor); });
    ASSERT_TRUE(membership);
    domain::Roles both;
    both.add(Role::student);
    both.add(Role::teacher);
    EXPECT_EQ(membership->roles.bits, both.bits);
    EXPECT_EQ(membership->since, kNow - 3h);

    Keys keys;
    keys.memberships = {{school_.class_id, school_.tutor}, {school_.class_id, school_.outsider}};
    const auto state = load(keys);
    EXPECT_TRUE(same(*state.memberships.at({school_.class_id, school_.tutor}), *membership));
    EXPECT_FALSE(state.memberships.at({school_.class_id, school_.outsider}));
}

// edlink.md 3.5: roles[] and departments of a person, over all classes
TEST_P(StoreSuite, AffiliationIsTakenOverAllClasses) {
    school_.add_class(id_of("another"));
    school_.rows.classes.back().department_id = id_of("another department");
    school_.enroll(id_of("another"), school_.student, Role::ta);
    school_.add_class(id_of("third"));  // in the first department
    school_.enroll(id_of("third"), school_.student, Role::student);
    commit(school_.rows);
    store().read_now([&](store::Reader& reader) {
        const auto found = reader.affiliation(school_.student);
        domain::Roles both;
        both.add(Role::student);
        both.add(Role::ta);
        EXPECT_EQ(found.roles.bits, both.bits);
        auto departments = found.department_ids;
        std::ranges::sort(departments);
        std::vector expected{id_of("department"), id_of("another department")};
        std::ranges::sort(expected);
        EXPECT_EQ(departments, expected);
        EXPECT_TRUE(reader.affiliation(school_.outsider).roles.empty());
        EXPECT_TRUE(reader.affiliation(school_.outsider).department_ids.empty());
    });
}

TEST_P(StoreSuite, BearersComeWithTheirIntegration) {
    school_.rows.integrations.front().state = domain::Integration::State::disabled;
    school_.rows.tokens = {token("of an app", Token::Kind::access, school_.integration_id),
                           token("of nobody", Token::Kind::admin, {}),
                           token("of a lost one", Token::Kind::access, id_of("lost"))};
    commit(school_.rows);
    store().read_now([&](store::Reader& reader) {
        const auto app = reader.bearer(sha256("of an app"));
        ASSERT_TRUE(app);
        EXPECT_TRUE(same(app->token, school_.rows.tokens[0]));
        ASSERT_TRUE(app->integration);
        EXPECT_TRUE(same(*app->integration, school_.rows.integrations.front()));
        const auto admin = reader.bearer(sha256("of nobody"));
        ASSERT_TRUE(admin);
        EXPECT_TRUE(same(admin->token, school_.rows.tokens[1]));
        EXPECT_FALSE(admin->integration);
        EXPECT_FALSE(reader.bearer(sha256("of a lost one"))->integration);
        EXPECT_FALSE(reader.bearer(sha256("of a stranger")));

        EXPECT_TRUE(same(reader.token(sha256("of an app")).value(), school_.rows.tokens[0]));
        EXPECT_FALSE(reader.token(sha256("of a stranger")));
        EXPECT_TRUE(same(reader.client("client").value(), school_.rows.integrations.front()));
        EXPECT_FALSE(reader.client("stranger"));
    });
}

TEST_P(StoreSuite, TellsWhetherThereIsAnything) {
    const auto look = [&] {
        return ask([](store::Reader& r) {
            return std::vector{r.has_account(), r.has_token(Token::Kind::admin),
                               r.has_token(Token::Kind::access)};
        });
    };
    EXPECT_EQ(look(), (std::vector{false, false, false}));
    Changes changes;
    changes.tokens = {token("admin", Token::Kind::admin, {})};
    commit(changes);
    EXPECT_EQ(look(), (std::vector{false, true, false}));
    commit(school_.rows);
    EXPECT_EQ(look(), (std::vector{true, true, false}));
}

// DESIGN 7: whatever was acknowledged before is in the next read, whatever an engine may keep.
TEST_P(StoreSuite, SeesRosterChangesAtOnce) {
    const auto look = [&] {
        return ask([&](store::Reader& r) {
            const auto membership = r.membership(school_.class_id, school_.student);
            const auto outsider = r.membership(school_.class_id, school_.outsider);
            return std::vector<std::uint32_t>{r.account(school_.account_id) ? 1U : 0U,
                                              r.klass(school_.class_id) ? 1U : 0U,
                                              r.assignment(id_of("assignment/later")) ? 1U : 0U,
                                              membership ? membership->roles.bits : 0U,
                                              outsider ? outsider->roles.bits : 0U,
                                              r.bearer(sha256("new")) ? 1U : 0U};
        });
    };
    constexpr auto bit = [](Role role) { return 1U << static_cast<unsigned>(role); };
    using Seen = std::vector<std::uint32_t>;
    const auto student = bit(Role::student);
    EXPECT_EQ(look(), (Seen{0, 0, 0, 0, 0, 0}));
    commit(school_.rows);
    EXPECT_EQ(look(), (Seen{1, 1, 0, student, 0, 0}));
    EXPECT_EQ(look(), (Seen{1, 1, 0, student, 0, 0}));

    School more;
    more.rows = {};
    more.enroll(school_.class_id, school_.student, Role::ta);
    more.enroll(school_.class_id, school_.outsider, Role::observer);
    commit(more.rows);
    EXPECT_EQ(look(), (Seen{1, 1, 0, student | bit(Role::ta), bit(Role::observer), 0}));
    Keys keys;
    keys.memberships = {{school_.class_id, school_.student}};
    EXPECT_EQ(load(keys).memberships.at(keys.memberships[0])->roles.bits, student | bit(Role::ta));

    more.rows = {};
    more.add_assignment("later").number += 1;  // than that of the class
    commit(more.rows);
    EXPECT_EQ(look()[2], 1U);
    keys.assignments = {id_of("assignment/later")};
    EXPECT_TRUE(load(keys).assignments.at(keys.assignments[0]));

    Changes tokens;
    tokens.tokens = {token("new", Token::Kind::access, {})};
    commit(tokens);
    EXPECT_EQ(look()[5], 1U);
}

// One after the other, each asked for in vain before it is there.
TEST_P(StoreSuite, SeesNewTokensAndPeopleAtOnce) {
    commit(school_.rows);
    for (int i = 0; i < 3; ++i) {
        const auto name = "late " + std::to_string(i);
        const auto has_token = [&](store::Reader& r) { return r.bearer(sha256(name)).has_value(); };
        EXPECT_FALSE(ask(has_token));
        Changes issued;
        issued.tokens.push_back(token(name, Token::Kind::access, std::nullopt));
        commit(issued);
        EXPECT_TRUE(ask(has_token));

        const auto id = id_of("person/" + name);
        const auto has_person = [&](store::Reader& r) { return r.person(id).has_value(); };
        EXPECT_FALSE(ask(has_person));
        school_.rows = {};
        school_.add_person(name, {});
        school_.rows.people.back().number = 100 + i;
        commit(school_.rows);
        EXPECT_TRUE(ask(has_person));
    }
}

// A key that signs cursors is made once: who comes second gets the first one's.
TEST_P(StoreSuite, SettingsStayAsTheyWereFirst) {
    const auto setting = [&](std::string_view name) {
        return ask([&](store::Reader& reader) { return reader.setting(name); });
    };
    EXPECT_FALSE(setting("key"));
    Changes changes;
    changes.settings = {{.name = "key", .value = kOdd}, {.name = "empty", .value = ""}};
    commit(changes);
    EXPECT_EQ(setting("key"), kOdd);
    EXPECT_EQ(setting("empty"), "");
    changes.settings = {{.name = "key", .value = "second"}};
    commit(changes);
    EXPECT_EQ(setting("key"), kOdd);
}

// edlink.md 1.1: many tokens may be live at once, and EXPIRED_TOKEN can be told for a while
TEST_P(StoreSuite, ANewAccessTokenClearsLongExpiredOnesOfItsRefreshToken) {
    const auto access = [](std::string_view name, std::string_view refresh, Time created) {
        auto made = token(name, Token::Kind::access, id_of("integration"));
        made.refresh_hash = sha256(refresh);
        made.created_at = created;
        made.expires_at = created + 1h;
        return made;
    };
    Changes changes;
    changes.tokens = {access("live", "r", kNow - 1min), access("expired", "r", kNow - 20h),
                      access("long expired", "r", kNow - 48h), access("other", "s", kNow - 48h),
                      token("refresh", Token::Kind::refresh, id_of("integration"))};
    changes.tokens.push_back(access("unlimited", "r", kNow - 48h));
    changes.tokens.back().expires_at.reset();
    commit(changes);
    const auto there = [&](std::string_view name) {
        Keys keys;
        keys.tokens = {sha256(name)};
        return load(keys).tokens.at(keys.tokens[0]).has_value();
    };
    EXPECT_TRUE(there("long expired"));
    changes.tokens = {access("new", "r", kNow)};
    commit(changes);
    EXPECT_FALSE(there("long expired"));
    for (const auto* name : {"expired", "live", "other", "refresh", "unlimited", "new"})
        EXPECT_TRUE(there(name)) << name;
}

}  // namespace
}  // namespace handin::test
