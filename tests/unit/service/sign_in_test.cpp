// Tokens: who they name, and how one more is made (edlink.md 1.1, 1.2).
#include "service/sign_in.hpp"

#include <gtest/gtest.h>

#include "service/service_place.hpp"
#include "support/same.hpp"

namespace handin::test {
namespace {

using namespace std::chrono_literals;
using domain::Reason;
using domain::Token;
using service::AuthFailure;

class SignInTest : public testing::Test {
 protected:
    void add(const std::string& token, Token::Kind kind, std::optional<Time> expires = {}) {
        place.school.rows.tokens.push_back({.hash = sha256(token),
                                            .account_id = place.school.account_id,
                                            .kind = kind,
                                            .person_id = place.school.student,
                                            .integration_id = place.school.integration_id,
                                            .refresh_hash = {},
                                            .created_at = place.school.founded,
                                            .expires_at = expires});
    }

    void open(service::CommitterLimits limits = {}) {
        place.open(limits);
        access.emplace(place.store, place.clock);
        sign_in.emplace(place.store, *place.committer, place.clock);
    }

    // By that token.
    domain::Actor as_student(const std::string& token) {
        auto actor = place.school.actor(place.school.student);
        std::ranges::copy_n(sha256(token).begin(), 16, actor.token_id.bytes.begin());
        return actor;
    }

    // Nothing: the token is good.
    std::optional<AuthFailure> failure(const std::string& token,
                                       Token::Kind wanted = Token::Kind::access) {
        const auto actor = run(access->authenticate(token, wanted));
        return actor ? std::nullopt : std::optional(actor.error());
    }

    ServicePlace place;
    std::optional<service::Access> access;
    std::optional<service::SignIn> sign_in;
};

TEST_F(SignInTest, ATokenIsWhoItWasGivenTo) {
    add("token", Token::Kind::access);
    open();
    const auto actor = run(access->authenticate("token", Token::Kind::access));
    ASSERT_TRUE(actor);
    EXPECT_TRUE(same(*actor, as_student("token")));
}

TEST_F(SignInTest, ATokenWithoutAnIntegrationIsGood) {
    add("token", Token::Kind::admin);
    auto& token = place.school.rows.tokens.back();
    token.integration_id.reset();
    token.person_id.reset();
    open();
    const auto actor = run(access->authenticate("token", Token::Kind::admin));
    ASSERT_TRUE(actor);
    EXPECT_EQ(actor->kind, Token::Kind::admin);
    EXPECT_FALSE(actor->person_id || actor->integration_id || actor->integration_number);
}

TEST_F(SignInTest, UnknownTokens) {
    add("token", Token::Kind::access);
    open();
    for (const std::string token : {"", "Token", "token ", "other"})
        EXPECT_EQ(failure(token), AuthFailure::unknown) << token;
}

// edlink.md 1.1: the wrong kind of token for the tree is no token
TEST_F(SignInTest, TheWrongKind) {
    constexpr std::array kinds{Token::Kind::access, Token::Kind::refresh, Token::Kind::integration,
                               Token::Kind::admin};
    for (const auto kind : kinds)
        add(std::to_string(static_cast<int>(kind)), kind);
    open();
    for (const auto kind : kinds)
        for (const auto wanted : kinds)
            EXPECT_EQ(failure(std::to_string(static_cast<int>(kind)), wanted),
                      kind == wanted ? std::nullopt : std::optional(AuthFailure::unknown));
}

TEST_F(SignInTest, Expiry) {
    add("token", Token::Kind::access, kNow + 1h);
    add("for ever", Token::Kind::access);
    open();
    EXPECT_EQ(failure("token"), std::nullopt);
    place.clock.set(kNow + 1h - 1us);
    EXPECT_EQ(failure("token"), std::nullopt);
    place.clock.set(kNow + 1h);
    EXPECT_EQ(failure("token"), AuthFailure::expired);
    place.clock.set(kNow + 1000h);
    EXPECT_EQ(failure("for ever"), std::nullopt);
}

// edlink.md 1.1: works only while the integration is active or paused
TEST_F(SignInTest, DisabledIntegration) {
    add("token", Token::Kind::access);
    add("expired", Token::Kind::access, kNow);
    place.school.rows.integrations.front().state = domain::Integration::State::disabled;
    open();
    EXPECT_EQ(failure("token"), AuthFailure::integration_disabled);
    EXPECT_EQ(failure("expired"), AuthFailure::expired);
}

TEST_F(SignInTest, PausedIntegration) {
    add("token", Token::Kind::access);
    place.school.rows.integrations.front().state = domain::Integration::State::paused;
    open();
    EXPECT_EQ(failure("token"), std::nullopt);
}

// edlink.md 1.2, 7.3.6
TEST_F(SignInTest, RefreshMakesOneMoreAccessToken) {
    add("refresh", Token::Kind::refresh);
    open();
    std::vector<std::string> made;
    for (int i = 0; i < 3; ++i) {
        const auto token = run(sign_in->refresh("client", "secret", "refresh"));
        ASSERT_TRUE(token);
        EXPECT_EQ(token->expires_in, 3600s);
        EXPECT_GE(token->token.size(), 40U);
        for (const auto& earlier : made) {
            EXPECT_NE(earlier, token->token);
            EXPECT_EQ(failure(earlier), std::nullopt);  // stays good
        }
        made.push_back(token->token);
        EXPECT_EQ(failure(token->token), std::nullopt);
    }
    EXPECT_TRUE(
        same(*run(access->authenticate(made[0], Token::Kind::access)), as_student(made[0])));
    place.clock.advance(1h);
    EXPECT_EQ(failure(made[0]), AuthFailure::expired);
    EXPECT_TRUE(run(sign_in->refresh("client", "secret", "refresh")));
}

TEST_F(SignInTest, RefreshRefusals) {
    add("refresh", Token::Kind::refresh);
    add("access", Token::Kind::access);
    open();
    const auto refused = [&](const char* client, const char* secret, const char* token) {
        const auto answer = run(sign_in->refresh(client, secret, token));
        return answer ? std::nullopt : std::optional(answer.error().at(0).reason);
    };
    EXPECT_EQ(refused("client", "secret", "refresh"), std::nullopt);
    EXPECT_EQ(refused("other", "secret", "refresh"), Reason::invalid_client);
    EXPECT_EQ(refused("client", "Secret", "refresh"), Reason::invalid_client);
    EXPECT_EQ(refused("client", "", "refresh"), Reason::invalid_client);
    EXPECT_EQ(refused("", "", ""), Reason::invalid_client);
    EXPECT_EQ(refused("client", "secret", "access"), Reason::invalid_token);
    EXPECT_EQ(refused("client", "secret", ""), Reason::invalid_token);
}

// Anybody can send these: they must not wait in the students' queue.
TEST_F(SignInTest, WhatIsRefusedWaitsForNobody) {
    add("refresh", Token::Kind::refresh);
    open({.waiting = 0});  // has room for nothing
    const auto guess = run(sign_in->refresh("client", "guess", "refresh"));
    ASSERT_FALSE(guess);
    EXPECT_EQ(guess.error().at(0).reason, Reason::invalid_client);
    EXPECT_THROW((void)run(sign_in->refresh("client", "secret", "refresh")), service::Overloaded);
}

}  // namespace
}  // namespace handin::test
