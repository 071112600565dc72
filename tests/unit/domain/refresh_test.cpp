// Refresh tokens (edlink.md 1.1, 1.2, 7.3.6).
#include <gtest/gtest.h>

#include "domain/desk.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Integration;
using domain::Reason;
using domain::RefreshAccess;
using domain::Token;

class Refresh : public testing::Test {
 protected:
    Refresh() {
        desk.school.rows.tokens.push_back({.hash = sha256("refresh"),
                                           .account_id = desk.school.account_id,
                                           .kind = Token::Kind::refresh,
                                           .person_id = desk.school.student,
                                           .integration_id = desk.school.integration_id,
                                           .refresh_hash = {},
                                           .created_at = desk.school.founded,
                                           .expires_at = {}});
    }

    static RefreshAccess command(std::string_view access = "access") {
        return {.client_id = "client",
                .client_secret_hash = sha256("secret"),
                .refresh_hash = sha256("refresh"),
                .access_hash = sha256(access)};
    }

    Token& token() { return desk.school.rows.tokens.front(); }
    Integration& integration() { return desk.school.rows.integrations.front(); }

    Desk desk;
};

TEST_F(Refresh, MakesAnAccessTokenForAnHour) {
    const auto outcome = desk.run(command());
    ASSERT_TRUE(outcome);
    const Token expected{.hash = sha256("access"),
                         .account_id = desk.school.account_id,
                         .kind = Token::Kind::access,
                         .person_id = desk.school.student,
                         .integration_id = desk.school.integration_id,
                         .refresh_hash = sha256("refresh"),
                         .created_at = kNow,
                         .expires_at = kNow + 3600s};
    ASSERT_TRUE(outcome->token);
    EXPECT_TRUE(same(*outcome->token, expected));
    ASSERT_EQ(outcome->changes.tokens.size(), 1U);  // nothing is revoked: 7.3.6
    EXPECT_TRUE(same(outcome->changes.tokens[0], expected));
    EXPECT_TRUE(outcome->changes.events.empty());
}

TEST_F(Refresh, WorksAsOftenAsOneLikes) {
    for (int i = 0; i < 3; ++i)
        EXPECT_TRUE(desk.run(command("access " + std::to_string(i)))) << i;
}

TEST_F(Refresh, AccessTokensExpireAtTheirTime) {
    const auto made = *desk.run(command())->token;
    EXPECT_FALSE(made.expired(kNow + 3600s - 1us));
    EXPECT_TRUE(made.expired(kNow + 3600s));
    EXPECT_FALSE(token().expired(kNow + std::chrono::years(100)));  // never: 1.1
}

TEST_F(Refresh, Refusals) {
    struct Case {
        const char* name;
        std::function<void(RefreshAccess&)> arrange;
        Reason reason;
    };
    const Case cases[] = {
        {"client unknown", [](auto& c) { c.client_id = "another"; }, Reason::invalid_client},
        {"wrong secret", [](auto& c) { c.client_secret_hash = sha256("guess"); },
         Reason::invalid_client},
        {"no secret", [](auto& c) { c.client_secret_hash = {}; }, Reason::invalid_client},
        {"disabled", [&](auto&) { integration().state = Integration::State::disabled; },
         Reason::integration_disabled},
        {"wrong secret of a disabled one: nothing is told",
         [&](auto& c) {
             integration().state = Integration::State::disabled;
             c.client_secret_hash = sha256("guess");
         },
         Reason::invalid_client},
        {"token unknown", [](auto& c) { c.refresh_hash = sha256("guess"); }, Reason::invalid_token},
        {"an access token", [&](auto&) { token().kind = Token::Kind::access; },
         Reason::invalid_token},
        {"an integration token", [&](auto&) { token().kind = Token::Kind::integration; },
         Reason::invalid_token},
        {"of another application", [&](auto&) { token().integration_id = id_of("another"); },
         Reason::invalid_token},
        {"of no application", [&](auto&) { token().integration_id.reset(); },
         Reason::invalid_token},
        {"expired", [&](auto&) { token().expires_at = kNow; }, Reason::invalid_token},
    };
    const auto rows = desk.school.rows;
    for (const auto& c : cases) {
        desk.school.rows = rows;
        desk.state = {};
        auto refresh = command();
        c.arrange(refresh);
        const auto outcome = desk.run(refresh);
        EXPECT_EQ(reasons(outcome), std::vector{c.reason}) << c.name;
    }
}

// edlink.md 1.1: an integration works while it is active or paused
TEST_F(Refresh, PausedIntegrationsWork) {
    integration().state = Integration::State::paused;
    EXPECT_TRUE(desk.run(command()));
}

}  // namespace
}  // namespace handin::test
