#include "service/sign_in.hpp"

#include "base/hash.hpp"
#include "base/random.hpp"

namespace handin::service {

task<std::expected<AccessToken, domain::Refusals>> SignIn::refresh(std::string_view client_id,
                                                                   std::string_view client_secret,
                                                                   std::string_view refresh_token) {
    auto token = random_token();
    auto outcome = co_await committer_.execute(
        domain::RefreshAccess{.client_id = std::string(client_id),
                              .client_secret_hash = sha256(client_secret),
                              .refresh_hash = sha256(refresh_token),
                              .access_hash = sha256(token)});
    if (!outcome) co_return std::unexpected(std::move(outcome.error()));
    const auto& made = *outcome->token;
    co_return AccessToken{std::move(token), std::chrono::duration_cast<std::chrono::seconds>(
                                                *made.expires_at - made.created_at)};
}

}  // namespace handin::service
