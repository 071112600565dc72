#include "service/access.hpp"

#include "base/hash.hpp"

namespace handin::service {

task<std::expected<domain::Actor, AuthFailure>> Access::authenticate(std::string_view token,
                                                                     domain::Token::Kind wanted) {
    const auto hash = sha256(token);
    const auto bearer =
        co_await store::glance(&store_, [&](store::Reader& reader) { return reader.bearer(hash); });
    if (!bearer || bearer->token.kind != wanted) co_return std::unexpected(AuthFailure::unknown);
    if (bearer->token.expired(clock_.now())) co_return std::unexpected(AuthFailure::expired);
    const auto& integration = bearer->integration;
    if (integration && !integration->usable())
        co_return std::unexpected(AuthFailure::integration_disabled);
    co_return domain::Actor{
        .kind = bearer->token.kind,
        .account_id = bearer->token.account_id,
        .person_id = bearer->token.person_id,
        .integration_id = bearer->token.integration_id,
        .integration_number = integration ? std::optional(integration->number) : std::nullopt};
}

}  // namespace handin::service
