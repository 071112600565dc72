#include "service/access.hpp"

#include "base/hash.hpp"
#include "service/standing.hpp"

namespace handin::service {

using domain::Token;

task<std::expected<domain::Actor, AuthFailure>> Access::find(std::string_view token,
                                                             std::optional<Token::Kind> wanted) {
    const auto hash = sha256(token);
    if (local_ && local_->token_hash == hash &&
        wanted.value_or(Token::Kind::admin) == Token::Kind::admin)
        co_return domain::Actor{.kind = Token::Kind::admin,
                                .account_id = {},
                                .person_id = {},
                                .integration_id = {},
                                .integration_number = {}};
    const auto bearer =
        co_await store::glance(&store_, [&](store::Reader& reader) { return reader.bearer(hash); });
    if (!bearer || bearer->token.kind != wanted.value_or(bearer->token.kind) ||
        (!wanted && bearer->token.kind == Token::Kind::refresh))
        co_return std::unexpected(AuthFailure::unknown);
    if (bearer->token.expired(clock_.now())) co_return std::unexpected(AuthFailure::expired);
    const auto& integration = bearer->integration;
    if (integration && !integration->usable())
        co_return std::unexpected(AuthFailure::integration_disabled);
    co_return domain::Actor{
        .kind = bearer->token.kind,
        .account_id = bearer->token.account_id,
        .person_id = bearer->token.person_id,
        .integration_id = bearer->token.integration_id,
        .integration_number = integration ? std::optional(integration->number) : std::nullopt,
        .api_user_id = bearer->token.api_user_id,
        .token_id = bearer->token.id()};
}

task<std::expected<domain::Actor, AuthFailure>> Access::authenticate(std::string_view token,
                                                                     Token::Kind wanted) {
    return find(token, wanted);
}

task<std::expected<domain::Actor, AuthFailure>> Access::authenticate(std::string_view token) {
    return find(token, std::nullopt);
}

task<std::optional<domain::Permit>> Access::permit(domain::Actor actor,
                                                   domain::Permission permission, Where where) {
    co_return co_await store::glance(
        &store_, [&](store::Reader& reader) -> std::optional<domain::Permit> {
            auto target = target_of(reader, actor, where);
            if (!target) return std::nullopt;
            return domain::check(standing_of(reader, actor, where.class_id), permission,
                                 std::move(*target));
        });
}

}  // namespace handin::service
