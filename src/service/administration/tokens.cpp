#include "base/hash.hpp"
#include "base/json_writer.hpp"
#include "base/random.hpp"
#include "service/administration/administration.hpp"
#include "service/administration/listed.hpp"
#include "service/administration/named.hpp"

namespace handin::service {
namespace {

using domain::Reason;
using domain::Token;

constexpr std::size_t kLongestName = 200;  // bytes

std::string_view kind_name(Token::Kind kind) {
    switch (kind) {
        case Token::Kind::access:
            return "person";
        case Token::Kind::refresh:
            return "refresh";
        case Token::Kind::integration:
            return "integration";
        case Token::Kind::admin:
            return "admin";
        case Token::Kind::application:
            break;
    }
    return "application";
}

std::string detail_of(const Token& token) {
    std::string detail;
    ObjectWriter out(detail);
    out.plain("kind", kind_name(token.kind));
    out.text("name", token.name);
    if (token.person_id) out.plain("person", token.person_id->str());
    if (token.integration_id) out.plain("integration", token.integration_id->str());
    if (token.api_user_id) out.plain("api_user", token.api_user_id->str());
    if (token.expires_at) out.plain("expires_at", iso_millis(*token.expires_at));
    out.end();
    return detail;
}

// Whose it is; the account is that of the owner.
std::expected<void, domain::Refusals> set_owner(store::Reader& reader, const NewToken& wanted,
                                                Token& token) {
    if (wanted.kind == NewToken::Kind::admin) {
        token.kind = Token::Kind::admin;
        if (wanted.owner.empty()) return {};
        return named::refused(Reason::invalid_value, "owner", "An admin token is of nobody.");
    }
    if (wanted.kind == NewToken::Kind::integration) {
        const auto found = named::integration(reader, wanted.owner);
        if (!found) return std::unexpected(found.error());
        token.kind = Token::Kind::integration;
        token.integration_id = found->id;
        token.account_id = found->account_id;
        return {};
    }
    const auto account = named::account(reader, wanted.account);
    if (!account) return std::unexpected(account.error());
    token.account_id = account->id;
    if (wanted.kind == NewToken::Kind::application) {
        const auto found = named::api_user(reader, account->id, wanted.owner);
        if (!found) return std::unexpected(found.error());
        token.kind = Token::Kind::application;
        token.api_user_id = found->id;
        return {};
    }
    const auto found = named::person(reader, account->id, wanted.owner);
    if (!found) return std::unexpected(found.error());
    token.kind = Token::Kind::access;
    token.person_id = found->id;
    return {};
}

}  // namespace

task<Administered<Issued<Token>>> Administration::create_token(Operator by, NewToken wanted) {
    if (wanted.name.size() > kLongestName)
        co_return named::refused(Reason::invalid_value, "name", "At most 200 bytes.");
    const auto now = clock_.now();
    if (wanted.expires_at && *wanted.expires_at <= now)
        co_return named::refused(Reason::invalid_value, "expires_at", "It is over already.");
    auto secret = random_token();
    Token token{.hash = sha256(secret),
                .account_id = {},
                .kind = Token::Kind::access,
                .person_id = {},
                .integration_id = {},
                .refresh_hash = {},
                .created_at = now,
                .expires_at = wanted.expires_at,
                .name = wanted.name};
    const auto done =
        co_await change(&by, "token.create", [&](store::Reader& reader) -> Administered<Plan> {
            if (auto owned = set_owner(reader, wanted, token); !owned)
                return std::unexpected(std::move(owned.error()));
            Plan plan{.account_id = token.account_id,
                      .target = token.id().str(),
                      .detail = detail_of(token)};
            plan.changes.tokens.push_back(token);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return Issued<Token>{std::move(token), std::move(secret)};
}

task<Administered<Token>> Administration::revoke_token(Operator by, Uuid id) {
    Token token;
    const auto done =
        co_await change(&by, "token.revoke", [&](store::Reader& reader) -> Administered<Plan> {
            auto found = reader.administration().token(id);
            if (!found)
                return named::refused(Reason::not_found, "token", "There is no token of that id.");
            token = std::move(*found);
            Plan plan{
                .account_id = token.account_id, .target = id.str(), .detail = detail_of(token)};
            plan.changes.removed_tokens.push_back(token.hash);
            return plan;
        });
    if (!done) co_return std::unexpected(done.error());
    co_return token;
}

task<Listed<Token>> Administration::tokens(Operator /*by*/, store::TokenFilter filter, Page page) {
    co_return co_await listed(&store_, page, [&](store::AdminReader& reader, const Page& more) {
        return reader.tokens(filter, more);
    });
}

}  // namespace handin::service
